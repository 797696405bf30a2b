"""What if a promise or a calendar were another one: the clocks of past records, counted by both (SLM-08)."""

from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta

from praxis.kernel.now import now
from praxis.records.models import Record

from . import engine
from .models import Calendar, Target, Timing
from .policy import Policy

CHUNK, LISTED = 500, 200


@dataclass
class Effect:
    """Clocks of one metric: how many ended in time before and after, of how many, and who changes sides."""

    metric: str
    clocks: int = 0
    before: int = 0
    after: int = 0
    better: list = field(default_factory=list)  # numbers of records that would be in time now
    worse: list = field(default_factory=list)


def changed(changes):
    """Unsaved rows in place of stored ones: `[{"model": "target", "id": 3, "length": "2h"}]`; ValidationError if they are not valid."""
    rows = []
    for one in changes:
        model = {"target": Target, "calendar": Calendar}[one["model"]]
        row = model.objects.get(pk=one["id"])
        for name, value in one.items():
            if name not in ("model", "id"):
                setattr(row, name, value)
        row.full_clean(validate_unique=False, validate_constraints=False)
        rows.append(row)
    return rows


class Supposed(Policy):
    """The policy with some rows replaced."""

    def __init__(self, rows):
        super().__init__()
        replaced = {(type(r), r.pk): r for r in rows}
        for shelf in (self.rows, self.sets):
            for key, old in shelf.items():
                shelf[key] = [replaced.get((type(r), r.pk), r) for r in old]


def compare(kind, organisation, rows, days=90, until=None):
    """{metric: Effect} over the records of a kind opened in the `days` before `until` (now); only clocks that ended, of promises that differ, count.

    A record changes sides when its clock was met by one policy and missed by the other. Organisation None is everybody.
    """
    at = now()
    end = until or at
    pair, found = Pair(Policy(), Supposed(rows)), {}
    here, there = One(pair, 0), One(pair, 1)
    records = Record.objects.filter(kind=kind, opened_at__gte=end - timedelta(days=days), opened_at__lte=end).order_by("pk")
    if organisation is not None:
        records = records.filter(organisation=organisation)
    last = 0
    while batch := list(records.filter(pk__gt=last)[:CHUNK]):
        last = batch[-1].pk
        timings = Timing.objects.in_bulk([r.pk for r in batch])
        for record in batch:
            if record.pk in timings:
                _count(found, record, engine.life(record, timings[record.pk]), here, there, at)
    return found


class Pair:
    """Both policies, cut to the promises in which they differ: the rest is the same by either and need not be counted."""

    def __init__(self, here, there):
        self.policies, self.known = (here, there), {}

    def targets(self, which, *asked):
        lists = [p.targets(*asked) for p in self.policies]
        key = tuple(map(id, lists))
        if key not in self.known:
            one, two = ({t.key: t for t in ts} for ts in lists)
            differ = {k for k in one.keys() | two.keys() if not _same(one.get(k), two.get(k))}
            self.known[key] = tuple([t for t in ts if t.key in differ] for ts in lists)
        return self.known[key][which]


@dataclass(frozen=True)
class One:
    """One policy of a pair, as the engine asks it."""

    pair: Pair
    which: int

    def targets(self, *asked):
        return self.pair.targets(self.which, *asked)


def _same(a, b):
    return a is not None and b is not None and (a.length, a.label, a.calendar) == (b.length, b.label, b.calendar)


def _count(found, record, segments, here, there, at):
    one = {engine.name_of(r): r for r in engine.readings(record, segments, at, here) if r.stopped_at}
    two = {engine.name_of(r): r for r in engine.readings(record, segments, at, there) if r.stopped_at}
    for name in one.keys() & two.keys():
        metric = name.partition(":")[0]
        effect = found.setdefault(metric, Effect(metric))
        before, after = one[name].state == "met", two[name].state == "met"
        effect.clocks += 1
        effect.before += before
        effect.after += after
        if before != after:
            (effect.better if after else effect.worse).append(record.number)


def as_json(found):
    """For the row of a job: the lists cut to what a page shows, their whole lengths beside them."""
    out = []
    for effect in found.values():
        row = copy(effect.__dict__)
        row |= {"better_n": len(effect.better), "worse_n": len(effect.worse), "better": effect.better[:LISTED], "worse": effect.worse[:LISTED]}
        out.append(row)
    return sorted(out, key=lambda r: r["metric"])


