"""The entries of a timeline: records that name the service or the item, or are linked with it, each with its stretch of time; for a service the
outages of what it rests on, too.

Now is read from the rows, a past moment is folded from the log: who named the record then, under which title, in which state.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from praxis.estate.cmdb import impact, past
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.records.asof import by_numbers, columns_at, links_at, value_of
from praxis.records.models import Link, Record
from praxis.records.relating import types

PAGE = 50
SUBJECTS = ("service", "item")
DEPTH = 6  # relations down from a service to what brings it down, as its availability counts them
LONG_AGO = 2_000  # links of one record that are looked at


@dataclass(frozen=True)
class Entry:
    """One record on a timeline. `how` are the words of its relations to the subject, empty where it only names it; `ended` is None while it lasts."""

    record: Record
    title: str
    stage: object
    began: datetime
    ended: datetime | None
    how: tuple = ()

    @property
    def kind(self):
        return self.record.type

    @property
    def key(self):
        return self.began, self.record.pk


def told():
    """The kinds that stand on timelines."""
    return [k for k in registry.values() if k.span]


def entries(record, actor, moment=None, before=None, kinds=None, most=PAGE):
    """[Entry], the latest first, at most `most`: those that began before `before`, a (moment, id) as Entry.key gives it; `kinds` are keys, None for all."""
    chosen = [k for k in told() if (kinds is None or k.key in kinds) and actor.has(f"{k.key}.see")]
    return (_now if moment is None else _then)(record, actor, chosen, before, most, moment)


def _naming(kind, record, below):
    """[(column, ids)] of the columns by which records of a kind name the subject; `below` is what a service rests on."""
    if record.kind != "service":
        return [(kind.span.item, [record.pk])] if kind.span.item else []
    return [("service", [record.pk])] + ([(kind.span.item, sorted(below))] if kind.span.below else [])


def _now(record, actor, kinds, before, most, _moment):
    how, known = {}, types()
    below = impact.below([record.pk], DEPTH) if record.kind == "service" and any(k.span.below for k in kinds) else ()
    ends = Link.objects.filter(Q(source=record.pk) | Q(target=record.pk)).order_by("-pk")
    for link in ends.annotate(a=F("source__kind"), b=F("target__kind"))[:LONG_AGO]:
        out = link.source_id == record.pk
        kind, words = (link.b, known[link.type].forward) if out else (link.a, known[link.type].reverse)
        how.setdefault(kind, {}).setdefault(link.target_id if out else link.source_id, set()).add(str(words))
    found = {}
    for kind in kinds:
        begin, end = kind.span.begin, kind.span.end
        rows = kind.model.objects.visible_to(actor, f"{kind.key}.see").filter(**{f"{begin}__isnull": False}).order_by(f"-{begin}", "-pk")
        if before:
            rows = rows.filter(Q(**{f"{begin}__lt": before[0]}) | Q(**{begin: before[0], "pk__lt": before[1]}))
        asked = [rows.filter(**{f"{column}__in": ids} if len(ids) > 1 else {column: ids[0]}) for column, ids in _naming(kind, record, below)]
        for one in asked + ([rows.filter(pk__in=list(how[kind.key]))] if kind.key in how else []):
            for row in one[:most]:
                found[row.pk] = Entry(row, row.title, row.stage, getattr(row, begin), getattr(row, end), tuple(sorted(how.get(kind.key, {}).get(row.pk, ()))))
    return sorted(found.values(), key=lambda e: e.key, reverse=True)[:most]


def _then(record, actor, kinds, before, most, moment):
    known, how = types(), {}
    below = past.below_at(record, moment, DEPTH) if record.kind == "service" and any(k.span.below for k in kinds) else ()
    pointing, naming = set(), {k.key: _naming(k, record, below) for k in kinds}
    for kind in kinds:
        for column, ids in naming[kind.key]:
            pointing |= set(kind.model.objects.filter(**{f"{column}__in": ids}).values_list("pk", flat=True))
            left = Event.objects.filter(**{"kind": kind.key, "at__gt": moment, f"changes__{column}__0__in": ids})
            pointing |= set(left.values_list("subject", flat=True))  # they named it then and do not any more
    ways = links_at([record.pk], moment)[record.pk]
    for number, other in by_numbers({n for _t, _w, n in ways}).items():
        how[other.pk] = {str(known[t].forward if w == "out" else known[t].reverse) for t, w, n in ways if n == number and t in known}
    facts = columns_at(pointing | how.keys(), moment)
    wanted, found = {k.key: k for k in kinds}, []
    for row in Record.objects.filter(pk__in=facts.keys(), kind__in=wanted):
        kind, then = wanted[row.kind], facts[row.pk]
        if row.pk not in how and not any(value_of(then, column) in ids for column, ids in naming[row.kind]):
            continue
        began = row.opened_at if kind.span.begin == "opened_at" else _time(value_of(then, kind.span.begin))
        if began is None or not actor.may(f"{kind.key}.see", row):
            continue
        stage = kind.lifecycle.states.get(value_of(then, "state"), kind.lifecycle.first)
        one = Entry(row, value_of(then, "title") or row.title, stage, began, _time(value_of(then, kind.span.end)), tuple(sorted(how.get(row.pk, ()))))
        if before is None or one.key < tuple(before):
            found.append(one)
    return sorted(found, key=lambda e: e.key, reverse=True)[:most]


def _time(value):
    return datetime.fromisoformat(value) if isinstance(value, str) and value else value or None
