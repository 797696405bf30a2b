"""Incidents that close or come back by themselves."""

from datetime import timedelta

from django.core.exceptions import ValidationError

from praxis.abilities.clocks.policy import policy, span
from praxis.kernel.actors import system
from praxis.kernel.errors import Refused
from praxis.kernel.jobs import every, task
from praxis.kernel.now import now
from praxis.records import write

from . import rules
from .kind import AUTO_CLOSE
from .models import Incident

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


def _quietly(incident, step):
    try:
        write.move(incident, system("Praxis", incident.organisation_id), step)
    except (Refused, ValidationError):  # somebody moved it in the meantime; the next run looks again
        return 0
    return 1


every("7 * * * *", close_resolved)
every("*/5 * * * *", resume_due)
