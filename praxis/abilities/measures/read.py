"""What a measure says to a reader: now, over a period, and day by day."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.core.cache import cache
from django.db.models import Count

from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.people.models import Organisation
from praxis.records.question import Question

from . import days
from .library import Measure
from .models import Snapshot

KEEP, KEEP_DAYS = 60, 300  # seconds that a count, and the cells of days, may be old


@dataclass(frozen=True)
class Value:
    """The answer of a measure: `number` is None while it is unknown; `asked` are the records behind it, `base` those it is a share of."""

    measure: Measure
    number: float | int | None
    asked: Question
    count: int
    base: Question | None = None
    whole: int | None = None


def last_weeks(weeks, zone, back=0):
    """(start, end) of so many whole weeks from Monday, this one up to the end of today among them; or of as many, `back` times before."""
    today = days.today_of(zone)
    first = today - timedelta(days=today.weekday() + 7 * (weeks * (back + 1) - 1))
    last = first + timedelta(days=7 * weeks - 1) if back else today
    return days.bounds(first, zone)[0], days.bounds(last, zone)[1]


def asked(one, actor, tests=(), period=None):
    """The Question behind a measure for this reader, with more tests and, where it has a time, within (start, end)."""
    return Question(one.type, actor, one.condition).also(*tests, *(days.between(one.over, *period) if one.over and period else ()))


def value(one, actor, tests=(), period=None):
    """The Value of a measure; counts are kept for a minute for readers of exactly the same rights."""
    question = asked(one, actor, tests, period)
    n = counted(question)
    if one.of is not None:
        base = Question(one.type, actor, one.of).also(*tests, *(days.between(one.over, *period) if one.over and period else ()))
        whole = counted(base)
        return Value(one, round(100 * n / whole, 1) if whole else None, question, n, base, whole)
    if one.amount:
        spent = list(kept("spent", question, lambda: list(one.amount(question.rows()).values())))
        return Value(one, round(median(spent) / 3600, 1) if spent else None, question, n)
    return Value(one, n, question, n)


def counted(question):
    return kept("count", question, question.count)


def by(question, column):
    """{value of a column: count} of the records of a question; one statement."""
    return kept(f"by:{column}", question, lambda: dict(question.rows().order_by().values_list(column).annotate(n=Count("pk"))))


def kept(what, question, run):
    """`run()`, at most once a minute for this question of this reader."""
    key = f"measure:{what}:{question.key()}"
    if (found := cache.get(key)) is None:
        found = run()
        cache.set(key, found, KEEP)
    return found


def cells(actor, kind, first, last):
    """[(day, team, service, priority, {measure: value})] of these days, of what the reader may see; the current day is counted now.

    Whoever sees a whole organisation reads all its cells, whoever sees the records of groups reads those of these groups;
    of one's own records alone there are no cells.
    """
    zones = dict(Organisation.objects.values_list("pk", "zone"))
    found = []
    for organisation, teams in _reach(actor, registry[kind].permission("see"), zones).items():
        key = f"cells:{kind}:{organisation}:{first}:{last}"
        if (rows := cache.get(key)) is None:
            rows = [(day, *cell) for day, part in Snapshot.objects.filter(kind=kind, organisation=organisation, day__range=(first, last))
                    .order_by("day").values_list("day", "cells") for cell in part]
            today = days.today_of(zones[organisation])
            if first <= today <= last:
                start, end = days.bounds(today, zones[organisation])
                rows += [(today, *cell) for cell in days.count(kind, organisation, start, min(end, now()))]
            cache.set(key, rows, KEEP_DAYS)
        found += rows if teams is None else [r for r in rows if r[1] in teams]
    return found


def _reach(actor, permission, every):
    """{organisation: None for all of it, or the groups whose records are seen}."""
    found = {}
    for clause in actor.clauses(permission):
        if {"requester_id", "owner_id"} & set(clause):
            continue
        teams = set(clause["team_id"]) if "team_id" in clause else None
        for home in clause.get("organisation_id") or every:
            known = found.get(home, set())
            found[home] = None if teams is None or known is None else known | teams
    return found


def weeks(rows, first, last, keep=lambda team, service, priority: True):
    """[(Monday, {measure: count, sum or list of seconds}, days counted)] of cells, a line a week; a stock is that of the week's last day."""
    monday = first - timedelta(days=first.weekday())
    table = {}
    while monday <= last:
        table[monday] = {}
        monday += timedelta(days=7)
    seen = {}
    for day, team, service, priority, values in rows:
        week = day - timedelta(days=day.weekday())
        if week not in table:
            continue
        seen.setdefault(week, set()).add(day)
        if keep(team, service, priority):
            for key, value in values.items():
                line = table[week].setdefault(key, {})
                line[day] = line[day] + value if day in line else value
    return [(week, table[week], seen.get(week, set())) for week in table]


def flow(line, key):
    """The sum, or all seconds, of a week's days for a measure that counts what happens."""
    values = line.get(key, {}).values()
    return [s for v in values for s in v] if any(isinstance(v, list) for v in values) else sum(values)


def stock(line, key, counted):
    """What was open at the end of the last counted day of a week; None where no day was counted."""
    return line.get(key, {}).get(max(counted), 0) if counted else None

