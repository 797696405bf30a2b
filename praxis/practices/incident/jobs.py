"""Incidents that close or come back by themselves."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.abilities.clocks.policy import policy, span
from praxis.kernel.actors import system
from praxis.kernel.errors import Refused
from praxis.kernel.jobs import every, task
from praxis.kernel.now import now
from praxis.records import write

from . import rules
from .kind import AUTO_CLOSE
from .models import REMINDERS, Incident

BATCH = 500


@task()
def close_resolved():
    """Close what was resolved long enough ago, counted in working days (INC-05); returns how many."""
    closed = 0
    for incident in Incident.objects.filter(state="resolved", resolved_at__lt=now() - timedelta(days=1)).order_by("resolved_at")[:BATCH]:
        calendar = policy().calendar("working", incident.organisation_id)
        days = AUTO_CLOSE(incident.organisation_id)
        if calendar and rules.may_close_at(incident.resolved_at, days, calendar, span("1d", calendar)) <= now():
            closed += _quietly(incident, "close")
    return closed


@task()
def resume_due():
    """Resume what was on hold until a time that has come; returns how many."""
    due = Incident.objects.filter(state="on_hold", hold_until__lte=now())[:BATCH]
    return sum(_quietly(incident, "resume") for incident in due)


@task()
def remind_requesters():
    """Remind requesters who are waited for, then count it as solved (INC-04); returns how many incidents it touched."""
    touched = 0
    for incident in Incident.objects.filter(state="on_hold", hold_reason="caller", held_at__isnull=False).order_by("held_at")[:BATCH]:
        calendar = policy().calendar("working", incident.organisation_id)
        if calendar is None:
            continue
        days = calendar.elapsed(incident.held_at, now()) / span("1d", calendar)
        values = REMINDERS(incident.organisation_id)
        due = rules.waited(days, values.get("nudge", []), values.get("resolve", 0), incident.nudges)
        if due == "resolve":
            touched += _quietly(incident, "resolve", close_code="no_reply", solution=str(_("We heard nothing for a while, so we count it as solved. Answer, and we go on.")))
        elif due:
            touched += _remind(incident, due)
    return touched


def _remind(incident, times):
    words = _("%(number)s waits for your answer: %(title)s") % {"number": incident.number, "title": incident.title}
    people = [p for p in {incident.requester_id, incident.opened_for_id} if p]
    try:
        write.change(incident, system("Praxis", incident.organisation_id), event="incident.nudged", seen=incident.version, nudges=times,
                     data={"words": words, "tell": people})
    except Refused:
        return 0
    return 1


def _quietly(incident, step, **values):
    try:
        write.move(incident, system("Praxis", incident.organisation_id), step, **values)
    except (Refused, ValidationError):  # somebody moved it in the meantime; the next run looks again
        return 0
    return 1


every("7 * * * *", close_resolved)
every("*/5 * * * *", resume_due)
every("17 * * * *", remind_requesters)
