"""Watches error budgets: whoever answers for a service is told when it burns too fast, once until it does not any more."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.estate.service.models import Service
from praxis.kernel.actors import system
from praxis.kernel.errors import Refused
from praxis.kernel.jobs import every, task
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.records import write

from . import read
from .models import Objective, Outage

SOON = 6 * 3600


@task()
def watch():
    """Returns how many services were told of."""
    told, at = 0, now()
    for pk in Objective.objects.filter(is_active=True, slo__isnull=False).values_list("service", flat=True).distinct():
        service = Service.objects.filter(pk=pk).first()
        found = service and read.budget_of(service, at)
        if not found or not found.alarm:
            continue
        last = Event.objects.filter(subject=service.pk, name="service.burning").order_by("-id").first()
        if last and last.data.get("alarm") == found.alarm and (at - last.at).total_seconds() < SOON:
            continue
        words = _("%(service)s: %(used)s %% of the error budget is used, and it burns fast") % {"service": service.title, "used": round(100 * (found.used or 0))}
        write.note(service, system("Praxis", service.organisation_id), needs="service.see", event="service.burning",
                   data={"words": words, "alarm": found.alarm, "tell": [service.owner_id] if service.owner_id else []})
        told += 1
    return told


@task()
def begin():
    """Planned outages begin and end at their times; returns how many moved."""
    moved, at = 0, now()
    for outage in Outage.objects.filter(state="planned", began_at__lte=at)[:500]:
        moved += _moved(outage, "begin")
    for outage in Outage.objects.filter(state="ongoing", sort="planned", ended_at__lte=at)[:500]:
        moved += _moved(outage, "end")
    return moved


def _moved(outage, step):
    """Whether it could be moved; one that waits for something of its own holds up no other."""
    try:
        with write.writing():
            write.move(outage, system("Praxis", outage.organisation_id), step)
    except (Refused, ValidationError):
        return False
    return True


every("*/5 * * * *", watch)
every("* * * * *", begin)
