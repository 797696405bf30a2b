"""Which numbers there are: practices declare them, everybody else reads them by key."""

from collections.abc import Callable
from dataclasses import dataclass

from praxis.kernel.kinds import registry
from praxis.lib.conditions import Group


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number about the records of a kind.

    Without more it counts those that fulfil `condition`, which is flat, so that a list can show them. With `of`, it is their
    share of those that fulfil `of`, in percent. With `amount`, a function `(rows) -> {record id: seconds}`, it is the median
    of these times, in hours. `over` names the time by which a record belongs to a period; without it the number is of now.
    """

    key: str
    label: str
    kind: str
    condition: Group
    group: str  # heading under which it is shown
    over: str = ""
    of: Group | None = None
    amount: Callable | None = None
    better: str = ""  # up or down; "" is neither
    daily: bool = False  # kept in the daily snapshot
    about: str = ""  # what it counts, where the label does not say it all

    @property
    def unit(self):
        return "%" if self.of else "h" if self.amount else ""

    @property
    def type(self):
        return registry[self.kind]


measures: dict[str, Measure] = {}


def measure(*declared):
    """Declare measures, in the order in which they are shown."""
    for one in declared:
        if one.key in measures:
            raise ValueError(f"the measure {one.key!r} is declared twice")
        measures[one.key] = one


def daily_of(kind):
    """The measures of a kind that the daily snapshot keeps."""
    return [m for m in measures.values() if m.kind == kind and m.daily]


def readable(actor):
    """The measures about kinds that this actor may list."""
    return [m for m in measures.values() if actor.has("measures.see") and actor.has(m.type.permission("see"))]
