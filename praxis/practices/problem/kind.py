from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, Permission, Span, registry
from praxis.records.priorities import judged

from .lifecycle import ProblemLifecycle
from .models import Problem

STAFF = dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "release_manager", "service_owner",
                       "configuration_manager", "administrator"), "all")
READERS = STAFF | dict.fromkeys(("communications_lead", "service_level_manager", "knowledge_author", "improvement_manager", "auditor"), "all")
ANALYSTS = dict.fromkeys(("problem_manager", "team_lead", "specialist", "administrator"), "all") | {"agent": "own"}
MANAGERS = dict.fromkeys(("problem_manager", "administrator"), "all")


def compute(problem):
    """Impact and urgency give the priority, by the same matrix as incidents'."""
    return {"priority": judged(problem.impact, problem.urgency, problem.organisation_id)}


PROBLEM = Kind(
    key="problem", label=_("Problem"), plural=_("Problems"), prefix="PRB", model=Problem, lifecycle=ProblemLifecycle, span=Span(item="item"),
    permissions=(
        Permission("problem.see", _("See problems"), READERS),
        Permission("problem.open", _("Raise a problem"), STAFF),
        Permission("problem.change", _("Analyse problems"), ANALYSTS),
        Permission("problem.publish", _("Publish known errors and workarounds"), MANAGERS | {"team_lead": "all", "knowledge_author": "all"}),
        Permission("problem.close", _("Close problems"), MANAGERS),
        Permission("problem.reopen", _("Analyse a resolved problem again"), MANAGERS),
        Permission("problem.reply", _("Discuss a problem"), {r: s for r, s in READERS.items() if r != "auditor"}),
        Permission("problem.notes", _("Read and write internal notes on problems"), READERS),
        Permission("problem.link", _("Link problems"), STAFF),
    ),
    events=(
        EventType("problem.analysed", _("worked on the analysis"), "list-tree", lambda e: e.data.get("words", "")),
        EventType("problem.published", _("published the known error"), "book-marked", lambda e: e.data.get("words", "")),
        EventType("problem.retracted", _("took the known error back"), "book-marked", lambda e: e.data.get("words", "")),
        EventType("problem.communicated", _("told the open incidents"), "megaphone", lambda e: e.data.get("words", "")),
        EventType("problem.gathered", _("gathered incidents"), "link-2", lambda e: e.data.get("words", "")),
        EventType("problem.reviewed", _("wrote the review"), "clipboard-check"),
        EventType("problem.checked", _("checked the effect"), "target", lambda e: e.data.get("words", "")),
    ),
    icon="t-problem", compute=compute, computed=("priority",),
    by_verb={"workaround": "write_workaround", "in_portal": "publish", "root_cause": "confirm", "review": "write_review", "effect": "check_effect", "effect_on": "check_effect",
             "hold_why": "hold", "close_code": "resolve", "accepted_why": "resolve"},
    after_close=("review", "review_on", "effect", "effect_on", "fix_cost"),
    opening=("title", "description", "requester", "service", "impact", "urgency", "category", "item", "symptoms", "how", "team", "owner"),
)
registry.declare(
    EventType("cause.saved", _("changed a cause"), "list-tree"),
    EventType("contrast.saved", _("changed what is and is not"), "list-tree"),
    EventType("cluster.saved", _("found incidents that are alike"), "square-stack"),
    EventType("incident.explained", _("was told of a workaround"), "book-marked", lambda e: e.data.get("words", "")),
)
