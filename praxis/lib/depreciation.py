"""What a thing is still worth, and what it has cost in all (frameworks 3.6). Money is Decimal; months are whole ones of the calendar."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .months import after, passed

CENT = Decimal("0.01")
STRAIGHT, DECLINING, NONE = "straight", "declining", "none"


@dataclass(frozen=True)
class Plan:
    """How the price is spread: in equal parts over `months` down to `residual`, or by `rate` per cent of what is left each year."""

    cost: Decimal
    bought: date
    months: int
    residual: Decimal = Decimal(0)
    method: str = STRAIGHT
    rate: Decimal = Decimal(0)

    def __post_init__(self):
        if self.cost < 0 or not 0 <= self.residual <= self.cost or self.months < 1 or not 0 <= self.rate <= 100:
            raise ValueError("A price, a life of a month or more, a rest between nothing and the price, and a rate of at most 100 % are needed.")

    @property
    def monthly(self):
        """What a month costs, unrounded: (cost - residual) / months. None where it differs from month to month."""
        return (self.cost - self.residual) / self.months if self.method == STRAIGHT else None

    @property
    def over(self):
        """The day on which the life planned for it ends."""
        return after(self.bought, self.months)

    def worth(self, day):
        """The book value on a day, in cents; never below the residual, and the residual itself from the end of its life."""
        months = passed(self.bought, day)
        if self.method == NONE:
            return _cents(self.cost)
        if months >= self.months:
            return _cents(self.residual)
        if self.method == STRAIGHT:
            return _cents(self.cost - self.monthly * months)
        years, rest = divmod(months, 12)
        left = self.cost * (1 - self.rate / 100) ** years if years else self.cost  # Decimal has no 0 ** 0
        return _cents(max(self.residual, left * (1 - self.rate / 100 * rest / 12)))


def in_all(cost, years, yearly, support_hours, hour, residual):
    """Total cost of ownership: cost + years * (yearly + hours of support a year * price of one) - what is left of it."""
    return _cents(cost + years * (yearly + support_hours * hour) - residual)


def _cents(value):
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)
