"""What an asset is worth and what it has cost: only what is known counts, and what is not known is named (AST-09)."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.lib.depreciation import Plan, in_all
from praxis.lib.months import passed

_support = []


def _money(text):
    if not 0 <= float(text) <= 10_000:
        raise ValueError("Write the price of an hour, such as 45.")


HOUR = Setting("asset.support_hour", float, 0, "What an hour of support costs, for the cost of ownership of assets; 0: not counted", valid=_money)


def supports(run):
    """Decorator: `run(item ids) -> {id: minutes}` of work on them, from whoever knows."""
    _support.append(run)
    return run


def plan(asset):
    """How its price is spread, None while price, day of purchase or model are unknown."""
    product = asset.product
    if asset.cost is None or asset.bought_on is None or product is None:
        return None
    return Plan(asset.cost, asset.bought_on, product.life_months, (asset.cost * product.residual / 100).quantize(Decimal("0.01")), product.method, product.rate)


def missing(asset):
    """Names of the columns that its value cannot be told without."""
    return [n for n in ("cost", "bought_on", "product") if getattr(asset, f"{n}_id" if n == "product" else n) is None]


@dataclass
class Ownership:
    """The parts of what an asset has cost until a day; None is unknown."""

    years: Decimal
    running: Decimal | None
    hours: Decimal
    hour: Decimal
    rest: Decimal
    total: Decimal


def ownership(asset, day):
    """What it has cost in all, None while its price is unknown; `rest` is what it brought, or its book value as long as it is there."""
    made = plan(asset)
    if made is None:
        return None
    end = asset.disposed_on or day
    years = Decimal(max(1, passed(asset.bought_on, end))) / 12
    minutes = sum(run([asset.item_id]).get(asset.item_id, 0) for run in _support) if asset.item_id else 0
    hours, hour = Decimal(minutes) / 60, Decimal(str(HOUR(asset.organisation_id)))
    rest = (asset.proceeds or Decimal(0)) if asset.state == "disposed" else made.worth(day)
    running = asset.product.yearly
    return Ownership(years, running, hours, hour, rest, in_all(asset.cost, years, running or 0, hours / years, hour, rest))


def today():
    return timezone.localdate(now())
