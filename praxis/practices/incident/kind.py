from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from praxis.estate.service.models import Service
from praxis.kernel.kinds import EventType, Kind, Permission, Span, registry
from praxis.kernel.settings import Setting
from praxis.people.models import Team
from praxis.records.priorities import judged

from . import rules
from .lifecycle import IncidentLifecycle
from .models import Incident

AUTO_CLOSE = Setting("incident.auto_close_days", int, 5, "Working days after which a resolved incident closes")

DESK = {"agent": "all", "specialist": "team", "team_lead": "all", "incident_manager": "all", "major_incident_manager": "all",
        "administrator": "all"}
READERS = DESK | {"specialist": "all", "communications_lead": "all", "problem_manager": "all", "change_manager": "all", "release_manager": "all",
                  "service_owner": "all", "service_level_manager": "all", "auditor": "all", "knowledge_author": "all"}
REQUESTERS = {"requester": "own", "power_requester": "organisation"}


def compute(incident):
    """Impact and urgency give the priority, unless somebody overrode it; a new one without a group goes to the desk."""
    found = {}
    if not incident.priority_reason:
        impact = rules.lifted_impact(incident.impact, _criticality(incident), incident.affected_count)
        found["priority"] = judged(impact, incident.urgency, incident.organisation_id)
    if incident.pk is None and incident.team_id is None and (desk := _desk(incident)):
        found["team"] = desk
    return found


def _criticality(incident):
    """Of the incident's service, or None; a critical one lifts the impact to at least medium (features 4.1)."""
    return Service.objects.filter(pk=incident.service_id).values_list("criticality", flat=True).first() if incident.service_id else None


def _desk(incident):
    """The organisation's desk, else the one that serves all, else the group that supports the service."""
    desks = Team.objects.filter(Q(organisation=incident.organisation_id) | Q(organisation=None), is_desk=True)
    return desks.order_by(F("organisation").asc(nulls_last=True)).first() or (incident.service.team if incident.service else None)


INCIDENT = Kind(
    key="incident", label=_("Incident"), plural=_("Incidents"), prefix="INC", model=Incident, lifecycle=IncidentLifecycle, span=Span(item="item"),
    portal=(_("problem you reported"), _("My problems")),
    permissions=(
        Permission("incident.see", _("See incidents"), REQUESTERS | READERS),
        Permission("incident.open", _("Report an incident"), {"requester": "own", "power_requester": "own"} | DESK),
        Permission("incident.change", _("Change the facts of an incident"), DESK),
        Permission("incident.work", _("Work on incidents"), DESK),
        Permission("incident.assign", _("Assign incidents"), DESK),
        Permission("incident.reply", _("Reply on an incident"), REQUESTERS | DESK | {"communications_lead": "all", "problem_manager": "all"}),
        Permission("incident.notes", _("Read and write internal notes"), {r: s for r, s in READERS.items() if r != "auditor"}
                   | {"auditor": "all"}),
        Permission("incident.answered", _("Be answered by the requester"), {}),
        Permission("incident.reopen", _("Reopen a resolved incident"), REQUESTERS | DESK),
        Permission("incident.close", _("Close a resolved incident"), {"requester": "own"} | DESK),
        Permission("incident.cancel", _("Cancel an incident"), {"requester": "own"} | DESK),
        Permission("incident.override", _("Set a priority against the matrix"),
                   {"team_lead": "all", "incident_manager": "all", "major_incident_manager": "all", "administrator": "all"}),
        Permission("incident.link", _("Link incidents"), DESK | {"problem_manager": "all"}),
    ),
    events=(
        EventType("incident.taken", _("took it"), "hand"),
        EventType("incident.reassigned", _("re-assigned it"), "users", lambda e: e.data.get("why", "")),
        EventType("incident.nudged", _("reminded the requester"), "bell", lambda e: e.data.get("words", "")),
        EventType("incident.joined", _("added people who are affected"), "users", lambda e: e.data.get("words", "")),
        EventType("incident.shared", _("told everybody"), "megaphone", lambda e: e.data.get("words", "")),
        EventType("incident.merged", _("merged"), "git-merge", lambda e: e.data.get("words", ""), internal=True),
        EventType("incident.unmerged", _("took apart again"), "git-merge", lambda e: e.data.get("words", ""), internal=True),
        EventType("incident.split", _("made a new incident of what was said"), "split", lambda e: e.data.get("words", ""), internal=True),
        EventType("incident.prioritised", _("set the priority"), "flag", lambda e: e.data.get("why", "")),
    ),
    icon="t-incident",
    compute=compute, computed=("priority",),
    by_verb={"team": "reassign", "priority": "override_priority", "priority_reason": "override_priority",
             "hold_reason": "hold", "hold_until": "hold", "public_words": "share"},
    after_close=("closing_category", "cause"),
    opening=("title", "description", "requester", "service", "site", "category", "impact", "urgency", "channel"),
)
registry.declare(
    Permission("incident.templates", _("Write templates of incidents"), {"team_lead": "all", "incident_manager": "all", "administrator": "all"}),
    EventType("affected.saved", _("noted who is affected"), "users"),
    EventType("merge.saved", _("merged"), "git-merge"),
    EventType("incidenttemplate.saved", _("changed a template of incidents"), "settings-2"),
)
