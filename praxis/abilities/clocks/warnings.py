"""Levels of a promise (SLM-06): at each percent somebody is told or something is done, once, even after a restart (T-I7)."""

from django.utils.translation import gettext as _

from praxis.kernel.actors import system
from praxis.kernel.now import now
from praxis.lib.spans import hours
from praxis.people.models import Membership
from praxis.records import write
from praxis.records.models import Record

from . import engine
from .models import Clock, Target, Timing

_steps: dict[str, object] = {}


def step(name):
    """Decorator: what a level does beyond telling people, from whoever knows the kind: `run(record, by, why)`."""

    def add(run):
        _steps[name] = run
        return run

    return add


def people_of(step_name, record):
    """Ids of the people that a step tells."""
    leads = Membership.objects.filter(team=record.team_id, person__is_active=True)
    match step_name:
        case "owner":
            return [record.owner_id]
        case "lead":
            return list(leads.filter(leads=True).values_list("person", flat=True))
        case "team":
            return list(leads.values_list("person", flat=True))
        case "service_owner":
            return [record.service.owner_id] if record.service_id else []
        case "manager":
            return [record.owner.manager_id] if record.owner_id else list(leads.filter(leads=True).values_list("person__manager", flat=True))
    return []


def warn(record_id, metric, spell):
    """Do what is due for one clock now, and set when to look again; returns the percent that was told, or 0."""
    base = Record.objects.filter(pk=record_id).first()
    record = base and base.type.model.objects.select_related("owner", "service", "team").filter(pk=record_id).first()
    timing = Timing.objects.select_for_update().filter(pk=record_id).first()
    if record is None or timing is None:
        return 0
    at, segments = now(), engine.life(record, timing)
    reading = next((r for r in engine.readings(record, segments, at, last=2) if (r.target.metric, r.spell) == (metric, spell)), None)
    row = Clock.objects.filter(record=record_id, metric=metric, spell=spell)
    if reading is None:
        row.update(warn_at=None)
        return 0
    name, levels = engine.name_of(reading), engine.levels_of(reading.target.set_key, record.organisation_id)
    reached, told = engine.next_level(reading, levels, timing.warned.get(name, 0), at), 0
    if reached and reached[1] <= at:
        told = reached[0]
        _tell(record, reading, told, levels[told])
        timing.warned[name] = told
        Timing.objects.filter(pk=record_id).update(warned=timing.warned)
        reached = engine.next_level(reading, levels, told, at)
    row.update(warn_at=reached and reached[1])
    return told


def _tell(record, reading, percent, steps):
    by = system("Praxis", record.organisation_id)
    metric = str(dict(Target.METRICS)[reading.target.metric])
    words = _("%(number)s: %(metric)s at %(percent)s %% of %(target)s") % {
        "number": record.number, "metric": metric, "percent": percent, "target": hours(reading.target.length.total_seconds())}
    people = [p for s in steps for p in people_of(s, record) if p]
    write.note(record, by, needs=f"{record.kind}.see", event="clock.warned",
               data={"metric": reading.target.metric, "spell": reading.spell, "percent": percent, "tell": list(dict.fromkeys(people)), "words": words})
    for one in steps:
        if one in _steps:
            _steps[one](record, by, words)
