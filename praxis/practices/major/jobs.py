"""Reminds whoever tells everybody when an update is due (IM9)."""

from django.utils.translation import gettext as _t

from praxis.kernel.actors import system
from praxis.kernel.jobs import every, task
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.records import write

from .models import Major, Part


@task()
def remind():
    """Tell the communications lead, else the manager, once for each promise that has passed; returns how many."""
    told = 0
    for major in Major.objects.filter(state="declared", next_at__lte=now())[:200]:
        if major.late_for == major.next_at:
            continue
        record = registry["incident"].model.objects.get(pk=major.incident_id)
        parts = dict(Part.objects.filter(major=major.pk, until=None).values_list("role", "person"))
        tell = [parts.get("communications") or parts.get("manager")]
        me = system("Praxis", major.organisation_id)
        write.note(record, me, needs="incident.see", event="major.late", data={"words": _t("%s: the promised update is due") % record.number, "tell": [p for p in tell if p]})
        write.save(major, me, late_for=major.next_at)
        told += 1
    return told


every("* * * * *", remind)
