"""What is asked about a major incident: who is in it, whom it hits, what it costs, how it went."""

from dataclasses import dataclass

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from praxis.abilities.effort.rates import STAFF_RATE, USER_RATE
from praxis.estate.cmdb import impact
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.records.models import Link

from . import rules
from .models import FLOW, Major, Part


def of(incident):
    """The newest major of an incident, running or not; None if there never was one."""
    return Major.objects.filter(incident=incident.pk).exclude(state="rejected").order_by("-pk").first()


def running(incident):
    return Major.objects.filter(incident=incident.pk, state="declared").first()


def is_major():
    """For the marks of a list, as plain SQL."""
    return RawSQL('EXISTS(SELECT 1 FROM "major_major" m WHERE m."incident_id" = "records_record"."id" AND m."state" = \'declared\')', (), BooleanField())


def roles_of(organisation):
    return [r for r in FLOW(organisation).get("roles", []) if r in rules.ROLES]


def parts(major):
    """{role: the Part in force}."""
    return {p.role: p for p in Part.objects.filter(major=major.pk, until=None).select_related("person")}


@dataclass(frozen=True)
class Hit:
    people: int | None
    sites: int
    services: tuple
    said: bool  # by a person, and not by the graph


def hit(major, incident, actor):
    """Whom it hits: what somebody said, else what the graph says of its item, else those who reported it."""
    item = getattr(incident, "item", None)
    found = impact.told(impact.walk(item, actor)) if item is not None and actor.may("item.see", item) else {"people": 0, "sites": 0, "services": []}
    reported = (getattr(incident, "affected_count", 0) or 0) + 1 + Link.objects.filter(target=incident.pk, type="child_of").count()
    known = max(found["people"], getattr(item, "people", None) or 0)  # of the item and of what it hits: the same people use both
    people = major.people if major.people is not None else known or (reported if reported > 1 else None)
    return Hit(people, found["sites"], tuple(found["services"]), major.people is not None)


def cost(major, incident, people):
    """rules.Running of a major incident up to now, or to its end."""
    home = major.organisation_id
    spans = list(Part.objects.filter(major=major.pk).values_list("since", "until"))
    began = getattr(incident, "outage_from", None) or incident.opened_at
    return rules.running(spans, people, began, major.ended_at or now(), STAFF_RATE(home) or None, USER_RATE(home) or None)


def line_of_events(major, incident):
    """The timeline of the review: what the log of the incident and of the room say, in order."""
    rows = Event.objects.filter(subject=incident.pk).order_by("id")
    return [e for e in rows if e.name.startswith(("major.", "incident.", "record.linked", "tasks.", "change."))][:400]


def phases(major, incident):
    """How long each phase took, from events alone: reported, seen, engaged, mitigated, resolved."""
    began = getattr(incident, "outage_from", None) or incident.opened_at
    seen = Event.objects.filter(subject=incident.pk, name__in=("incident.taken", "major.proposed", "major.declared")).order_by("id").values_list("at", flat=True).first()
    engaged = Part.objects.filter(major=major.pk).order_by("since").values_list("since", flat=True).first()
    return rules.phases(began, seen, engaged, _stage_at(major, "mitigating"), incident.resolved_at or _stage_at(major, "stood_down"))


def _stage_at(major, stage):
    return Major._meta.get_field("at").to_python(major.stages[stage]) if stage in major.stages else None
