"""Proposes major incidents by their signs (MAJ-01), and keeps one from closing before its review (IM10)."""

from datetime import timedelta

from django.utils.translation import gettext as _t

from praxis.estate.service.models import Service
from praxis.kernel import listen
from praxis.kernel.actors import system
from praxis.kernel.jobs import task
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.people.models import Grant
from praxis.records import write

from . import rules
from .actions import children_of
from .models import TRIGGERS, Major

LIKELY = ("priority", "service", "impact", "urgency")


@listen.on("incident.opened")
@listen.on("incident.changed")
@listen.on("incident.prioritised")
@listen.on("incident.joined")
def graver(event):
    """A cheap look at what the event itself says; the job judges."""
    if "priority" in event.changes and (event.changes["priority"][1] or 9) <= 2 or "service" in event.changes and event.name != "incident.opened":
        propose.enqueue(event.subject)


@listen.on("record.linked")
def gathered(event):
    if event.kind == "incident" and event.data.get("type") == "child_of" and event.data.get("way") == "in":
        propose.enqueue(event.subject)


@task()
def propose(pk):
    """Propose an incident as a major one if its signs say so; returns the reasons, "" where there is nothing to propose."""
    record = registry["incident"].model.objects.open().filter(pk=pk).first()
    if record is None or Major.objects.filter(incident=pk).exists():
        return ""  # running, ended, or turned down already
    wanted = TRIGGERS(record.organisation_id)
    criticality = Service.objects.filter(pk=record.service_id).values_list("criticality", flat=True).first() if record.service_id else None
    since = now() - timedelta(minutes=wanted.get("within_minutes") or 60)
    children = children_of(record).filter(source__opened_at__gte=since).count() if wanted.get("children") else 0
    found = rules.proposed(record.priority, criticality, children, wanted)
    if not found:
        return ""
    told = {"priority": _t("priority %s"), "criticality": _t("a service of criticality %s"), "children": _t("%s children")}
    words = ", ".join(told[sign] % value for sign, value in found)
    me = system("Praxis", record.organisation_id)
    write.save(Major(incident=record.record_ptr, organisation_id=record.organisation_id), me, state="proposed", why=words)
    write.note(record, me, needs="incident.see", event="major.proposed", data={"words": words, "tell": leads(record.organisation_id)})
    return words


def leads(organisation):
    """Who decides about major incidents in an organisation."""
    rows = Grant.objects.filter(role__key="major_incident_manager", person__is_active=True).filter(organisation__in=(organisation,)) | Grant.objects.filter(
        role__key="major_incident_manager", person__is_active=True, organisation=None)
    return sorted(set(rows.values_list("person", flat=True)))


@write.until_closed
def unreviewed(record):
    if record.kind != "incident":
        return ""
    if Major.objects.filter(incident=record.pk, state="declared").exists():
        return _t("It is a major incident: stand down first.")
    if Major.objects.filter(incident=record.pk, state="stood_down", reviewed_at=None).exists():
        return _t("It was a major incident: its review has to be written first.")
    return ""
