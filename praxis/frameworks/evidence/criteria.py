"""A criterion and how records show it. Without records nothing is known, and what is not known is never green.

The texts are our own words for what the schemes that assess ITSM tools ask of a practice; `test` names the automatic test of the product,
the records come from the installation of whoever reads.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, Value, When

from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.records.models import Link

SHOWN, MOST_BAD = 3, 5
UNKNOWN, GAP, GOOD = "unknown", "gap", "shown"


@dataclass(frozen=True)
class Reading:
    """Who reads, and since when records count that are not standing."""

    actor: object
    since: datetime

    def rows(self, key, standing=False):
        """The records of a kind that the reader may see: opened in the period, or all of a kind that stands."""
        rows = registry[key].model.objects.visible_to(self.actor, f"{key}.see")
        return rows if standing else rows.filter(opened_at__gte=self.since)


@dataclass(frozen=True)
class Proof:
    """`hits` of `population` records hold; `good` and `bad` are some of either, newest first, `where` an address that shows what is no record."""

    population: int
    hits: int
    good: tuple = ()
    bad: tuple = ()
    where: str = ""

    @property
    def status(self):
        return UNKNOWN if not self.population else GOOD if self.hits == self.population else GAP


@dataclass(frozen=True)
class Criterion:
    """One line of the page. `screen` is the address on which the work is done, `help` a page of docs/practices, `test` a test of the product."""

    key: str
    practice: str
    text: str
    screen: str
    help: str
    test: str
    prove: Callable = field(repr=False)


PRACTICES = {}  # key -> label, in the order of the page
known = []


def practice(key, prefix, screen, help):
    """The short form in which a module writes its criteria: `add(text, test, proof)`, numbered in order."""
    def add(text, test, prove, screen=screen):
        number = sum(c.practice == key for c in known) + 1
        known.append(Criterion(f"{prefix}-{number:02}", key, text, screen, help, test, prove))

    return add


def each(kind, holds=None, among=None, standing=False):
    """Every record of the kind that is `among` has to hold; one that does not is a gap and is named. Both are Q or a callable that makes one."""

    def prove(reading):
        rows = reading.rows(kind, standing)
        if among is not None:
            rows = rows.filter(among() if callable(among) else among)
        test = holds() if callable(holds) else holds
        rows = rows.annotate(holds=Case(When(test, then=Value(True)), default=Value(False), output_field=BooleanField()))
        counted = rows.aggregate(population=Count("pk"), hits=Count("pk", filter=Q(holds=True)))
        if not counted["population"]:
            return Proof(0, 0)
        bad = tuple(rows.filter(holds=False).order_by("-pk")[:MOST_BAD]) if counted["hits"] < counted["population"] else ()
        return Proof(**counted, good=tuple(rows.filter(holds=True).order_by("-pk")[:SHOWN]), bad=bad)

    return prove


def some(kind, shows, standing=False):
    """The records of the kind that show it; while there is none, it is unknown: nobody has to use everything."""

    def prove(reading):
        rows = reading.rows(kind, standing).filter(shows() if callable(shows) else shows)
        found = rows.count()
        return Proof(found, found, tuple(rows.order_by("-pk")[:SHOWN]) if found else ())

    return prove


def rows_of(kind, model, where, among=None, reach=True):
    """Rows of the configuration, which have no page of their own but stand at `where`; those of all and of organisations in reach.

    What ships proves nothing by itself: while there is no record of the `kind` that it serves, it is unknown.
    """

    def prove(reading):
        if not reading.rows(kind, standing=True).exists():
            return Proof(0, 0)
        rows = model.objects.filter(among or Q())
        organisations = reading.actor.organisations()
        if reach and organisations is not None:
            rows = rows.filter(Q(organisation=None) | Q(organisation__in=organisations))
        found = rows.count()
        return Proof(found, found, where=where)

    return prove


def told(*names, **more):
    """Q: the log tells one of these things about the record."""
    return Q(Exists(Event.objects.filter(subject=OuterRef("pk"), name__in=names, **more)))


def linked(*types, **more):
    """Q: a link of one of these types, from either side."""
    return Q(Exists(Link.objects.filter(source=OuterRef("pk"), type__in=types, **more))) | Q(Exists(Link.objects.filter(target=OuterRef("pk"), type__in=types, **more)))


def has(model, column="record", **more):
    """Q: a row of another table names the record."""
    return Q(Exists(model.objects.filter(**{column: OuterRef("pk")}, **more)))
