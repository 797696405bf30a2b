from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, Permission, Span, registry

from . import facts
from .lifecycle import ChangeLifecycle
from .models import Change

STAFF = dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "release_manager", "service_owner",
                       "service_level_manager", "asset_manager", "configuration_manager", "administrator"), "all")
MANAGERS = {"change_manager": "all", "administrator": "all"}
PLANNERS = MANAGERS | dict.fromkeys(("specialist", "team_lead", "service_owner", "configuration_manager", "problem_manager"), "all") | {"agent": "own"}
READERS = STAFF | {"auditor": "all", "knowledge_author": "all", "communications_lead": "all"}


def compute(change):
    """Its type is its model's; its risk follows from answers, items, window and history until it is carried out (SETTLED 21: explained by the same function)."""
    found = {"subtype": change.model.type if change.model_id else ""}
    if change.state in ("new", "assess", "authorise", "scheduled"):
        found["risk"] = facts.judged(change)[0].level
    return found


CHANGE = Kind(
    key="change", label=_("Change"), plural=_("Changes"), prefix="CHG", model=Change, lifecycle=ChangeLifecycle, span=Span("planned_start", "ended_at"),
    permissions=(
        Permission("change.see", _("See changes"), READERS | {"requester": "own", "power_requester": "own"}),
        Permission("change.open", _("Plan a change"), PLANNERS | {"agent": "all"}),
        Permission("change.change", _("Change the plan of a change"), PLANNERS),
        Permission("change.implement", _("Carry out changes"), PLANNERS | {"agent": "team"}),
        Permission("change.close", _("Close changes"), MANAGERS | {"team_lead": "all"}),
        Permission("change.accept", _("Accept conflicts of a change"), MANAGERS | {"team_lead": "team", "service_owner": "own"}),
        Permission("change.decide", _("Be moved on by approvals"), {}),
        Permission("change.reply", _("Discuss a change"), STAFF | {"requester": "own"}),
        Permission("change.notes", _("Read and write internal notes on changes"), READERS),
        Permission("change.link", _("Link changes"), STAFF),
    ),
    events=(
        EventType("change.scoped", _("changed the items"), "network", lambda e: e.data.get("words", "")),
        EventType("change.planned", _("moved the window"), "calendar-clock", lambda e: e.data.get("words", "")),
        EventType("change.written", _("wrote the plan"), "list-checks"),
        EventType("change.answered", _("answered the questions on risk"), "shield-alert", lambda e: e.data.get("words", "")),
        EventType("change.accepted", _("accepted conflicts"), "shield-alert", lambda e: e.data.get("words", "")),
        EventType("change.backing_out", _("started to back out"), "undo-2", lambda e: e.data.get("words", "")),
        EventType("change.applied", _("put the planned values on the items"), "network", lambda e: e.data.get("words", "")),
        EventType("change.reviewed", _("wrote the review"), "clipboard-check"),
    ),
    icon="t-change", compute=compute, computed=("subtype", "risk"),
    by_verb={"scope": "affect", "planned_start": "plan_window", "planned_end": "plan_window", "answers": "answer_risk", "accepted_why": "accept_conflicts", "review": "write_review",
             "proposed": "propose_values", "result": "finish", "fault": "finish", "outcome": "finish"},
    after_close=("review",),
    opening=("title", "description", "requester", "service", "model", "reason", "plan", "test_plan", "backout", "affected", "environment", "owner", "team",
             "planned_start", "planned_end", "outage_minutes", "answers", "backout_tested"),
)
registry.declare(
    EventType("item.unplanned", _("noticed a change that nobody planned"), "triangle-alert", lambda e: e.data.get("words", "")),
    Permission("change.models", _("Write models of changes and the catalogue of standard changes"), MANAGERS),
    Permission("change.windows", _("Declare freezes and maintenance windows"), MANAGERS),
    EventType("changemodel.saved", _("changed a model of changes"), "settings-2"),
    EventType("window.saved", _("changed a freeze or maintenance window"), "calendar-days"),
)
