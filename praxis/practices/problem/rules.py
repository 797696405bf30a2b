"""What a problem costs and whether its fix pays, on values alone (PRB-09)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

MONTH = timedelta(days=30)
WINDOW = 3  # months over which the monthly burn is averaged
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Spent:
    """What one incident took: minutes of staff, minutes that its users lost (None: unknown), and when it began."""

    at: object
    staff: int
    lost: int | None


@dataclass(frozen=True)
class Cost:
    """Money so far and a month; None is unknown, because a rate is not set. `blind` incidents have no known loss of their users."""

    staff: Decimal | None
    users: Decimal | None
    monthly: Decimal | None
    lost: int
    blind: int

    @property
    def total(self):
        known = [part for part in (self.staff, self.users) if part is not None]
        return sum(known) if known else None


def cost(spent, staff_rate, user_rate, at):
    """The Cost of these incidents at rates an hour; the month's burn is that of the last three months."""
    def money(rows):
        staff = _money(sum(s.staff for s in rows), staff_rate)
        users = _money(sum(s.lost or 0 for s in rows), user_rate)
        return staff, users

    staff, users = money(spent)
    lately = money([s for s in spent if at - WINDOW * MONTH < s.at <= at])
    known = [part for part in lately if part is not None]
    return Cost(staff, users, (sum(known) / WINDOW).quantize(CENT) if known else None, sum(s.lost or 0 for s in spent), sum(s.lost is None for s in spent))


def _money(minutes, rate):
    return (Decimal(minutes) * Decimal(str(rate)) / 60).quantize(CENT) if rate else None


def pays_back(fix_cost, monthly, at):
    """The day on which the fix has paid for itself, or None: unknown, or never at this rate."""
    if fix_cost is None or not monthly:
        return None
    days = Decimal(fix_cost) / monthly * 30
    return at + timedelta(days=float(days)) if days < 365 * 50 else None


def users_lost(began, ended, people):
    """Minutes that people lost in one incident, of which nobody knows more than when it began and ended and whom it hit; None where one is unknown."""
    return None if ended is None or not people else int((ended - began).total_seconds() // 60) * people


def check_tree(parent, own, parents):
    """Whether `parent` may be above `own`: no cause stands above itself. `parents` is {cause: the one above or None}."""
    while parent is not None:
        if parent == own:
            return False
        parent = parents.get(parent)
    return True


def proved(causes):
    """The ids of the causes that hold as roots: proved, and with nothing proved below them that would explain them further.

    `causes` is {id: (parent or None, confidence)}.
    """
    explained = {parent for parent, confidence in causes.values() if confidence == "proved"}
    return {pk for pk, (_parent, confidence) in causes.items() if confidence == "proved" and pk not in explained}


def holds(causes, gates):
    """Fault tree: {id: True, False or None} whether each cause occurred as far as is known.

    A leaf occurred if it is proved, not if it is refuted, else it is open. One above others needs all of them (gate "and") or one ("or");
    its own proof or refutation decides where what is below does not.
    """
    below, found = {}, {}
    for pk, (parent, _confidence) in causes.items():
        below.setdefault(parent, []).append(pk)

    def judge(pk):
        own = {"proved": True, "refuted": False}.get(causes[pk][1])
        parts = [judge(child) for child in below.get(pk, ())]
        if not parts:
            found[pk] = own
        elif gates.get(pk) == "and":
            found[pk] = False if False in parts else True if all(parts) else own
        else:
            found[pk] = True if True in parts else False if all(p is False for p in parts) else own
        return found[pk]

    for root in below.get(None, ()):
        judge(root)
    return found
