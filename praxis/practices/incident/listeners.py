"""What a level of a promise does to an incident beyond telling people (SLM-06)."""

from praxis.abilities.clocks.warnings import step
from praxis.people.models import Membership
from praxis.records import write

from .models import Incident


@step("raise")
def raise_priority(record, by, why):
    """One priority higher, against the matrix, with the promise as its reason."""
    if isinstance(record, Incident) and record.is_open and record.priority > 1:
        write.change(record, by, event="incident.prioritised", data={"why": why}, priority=record.priority - 1, priority_reason=why[:250])


@step("to_lead")
def to_lead(record, by, why):
    """To the lead of its group."""
    lead = Membership.objects.filter(team=record.team_id, leads=True, person__is_active=True).order_by("pk").first()
    if isinstance(record, Incident) and record.is_open and lead and record.owner_id != lead.person_id:
        write.change(record, by, event="incident.reassigned", data={"why": why}, owner=lead.person_id)
