"""Who is here now, and who covers whom."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from praxis.lib.businesstime import Calendar, NeverOpen, week_of
from praxis.records.covering import covers
from praxis.records.models import Record
from praxis.records.read import reach

from .models import Absence, Shift


@dataclass(frozen=True)
class Presence:
    """Whether a person can be given work; if not why, and from when on."""

    here: bool
    why: str = ""
    back: datetime | None = None


HERE = Presence(True)


def presence(people, at):
    """{person id: Presence} of people with their organisation; two statements for all."""
    away = {a.person_id: a for a in Absence.objects.filter(person__in=people, starts_at__lte=at, ends_at__gt=at).order_by("ends_at")}
    weeks = dict(Shift.objects.filter(person__in=people).values_list("person", "week"))
    found = {}
    for person in people:
        zone = person.zone or person.organisation.zone
        if person.pk in away:
            found[person.pk] = Presence(False, "on leave", away[person.pk].ends_at)
        elif person.pk in weeks and not (hours := Calendar(zone, week_of(weeks[person.pk]))).is_open(at):
            found[person.pk] = Presence(False, "off shift", _next(hours, at))
        else:
            found[person.pk] = HERE
    return found


def _next(hours, at):
    """When the next shift begins; None for somebody who never works."""
    try:
        return hours.next_open(at)
    except NeverOpen:
        return None


def covered_by(actor, at):
    """[(person, until, open records)] of those whom this actor covers now."""
    if not actor.id:
        return []
    rows = list(Absence.objects.filter(substitute=actor.id, starts_at__lte=at, ends_at__gt=at).select_related("person").order_by("ends_at"))
    if not rows:
        return []
    counts = dict(Record.objects.open().filter(reach(actor), owner__in=[r.person_id for r in rows]).order_by().values_list("owner").annotate(n=Count("pk")))
    return [(r.person, r.ends_at, counts.get(r.person_id, 0)) for r in rows]


@covers
def absent(person, at):
    """Ids of those who are away and have named this person as their substitute."""
    return Absence.objects.filter(substitute=person, starts_at__lte=at, ends_at__gt=at).values_list("person", flat=True)
