"""Counts days: each ended day of each organisation once, so that history stays as it was told."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q
from django.utils import timezone

from praxis.kernel.actors import system
from praxis.kernel.now import now
from praxis.lib.conditions import Test
from praxis.people.models import Organisation
from praxis.records.models import Record
from praxis.records.question import Question

from .library import daily_of, measures
from .models import Snapshot

BACK = 400  # days that are counted afterwards, when records are older than the first snapshot
BY = ("team", "service", "priority")


def bounds(day, zone):
    """(first instant, first instant of the next day) of a day in a zone."""
    return tuple(datetime.combine(d, time(), ZoneInfo(zone)) for d in (day, day + timedelta(days=1)))


def between(over, start, end):
    """The tests that a time lies in [start, end), as a list's address says them."""
    return (Test(over, "after", (start.isoformat(),)), Test(over, "before", (end.isoformat(),)))


def open_at(rows, at):
    """Of `rows`, those that were open at an instant: opened by then, and neither resolved nor ended."""
    return rows.filter(Q(resolved_at=None) | Q(resolved_at__gte=at), Q(closed_at=None) | Q(closed_at__gte=at), opened_at__lt=at)


def count(kind, organisation, start, end):
    """The cells of one stretch of time: what was counted in it, and what was open at its end."""
    cells, by = {}, system("Praxis", organisation)

    def put(team, service, priority, key, value):
        cells.setdefault((team, service, priority), {})[key] = value

    for one in daily_of(kind):
        asked = Question(one.type, by, one.condition)
        if not one.over:
            rows = open_at(one.type.model.objects.filter(organisation=organisation), end)
        else:
            rows = asked.also(*between(one.over, start, end)).rows().filter(organisation=organisation)
        if one.amount:
            _times(put, one, rows)
        else:
            for row in rows.order_by().values(*BY).annotate(n=Count("pk")):
                put(*(row[b] for b in BY), one.key, row["n"])
    return [[*where, values] for where, values in cells.items()]


def _times(put, one, rows):
    spent, found = one.amount(rows), {}
    for pk, *where in rows.values_list("pk", *BY):
        if pk in spent:
            found.setdefault(tuple(where), []).append(spent[pk])
    for where, seconds in found.items():
        put(*where, one.key, sorted(seconds))


def missing(kind, organisation, at):
    """The ended days of an organisation, oldest first, that no snapshot keeps yet."""
    today = at.astimezone(ZoneInfo(organisation.zone)).date()
    first = Record.objects.filter(kind=kind, organisation=organisation).aggregate(first=Min("opened_at"))["first"]
    if first is None:
        return []
    start = max(first.astimezone(ZoneInfo(organisation.zone)).date(), today - timedelta(days=BACK))
    known = set(Snapshot.objects.filter(kind=kind, organisation=organisation, day__gte=start).values_list("day", flat=True))
    return [d for n in range((today - start).days) if (d := start + timedelta(days=n)) not in known]


def catch_up(organisations=None):
    """Count the days that are missing; returns how many were counted."""
    made, at = 0, now()
    for organisation in organisations or Organisation.objects.all():
        for kind in sorted({m.kind for m in measures.values() if m.daily}):
            for day in missing(kind, organisation, at):
                cells = count(kind, organisation.pk, *bounds(day, organisation.zone))
                row = Snapshot(organisation=organisation, kind=kind, day=day, cells=cells, made_at=at)
                made += len(Snapshot.objects.bulk_create([row], ignore_conflicts=True))
    return made


def again(organisation, since=None):
    """Forget the days of an organisation, after a history from elsewhere came in, so that they are counted anew."""
    rows = Snapshot.objects.filter(organisation=organisation)
    return (rows.filter(day__gte=since) if since else rows).delete()[0]


def today_of(zone):
    return timezone.localtime(now(), ZoneInfo(zone)).date()
