from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, Permission, Span, registry

from .lifecycle import ReleaseLifecycle
from .models import Release

STAFF = dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "release_manager", "service_owner", "administrator"), "all")
READERS = STAFF | dict.fromkeys(("service_level_manager", "configuration_manager", "improvement_manager", "knowledge_author", "communications_lead", "auditor"), "all")
MANAGERS = {"release_manager": "all", "administrator": "all"}

RELEASE = Kind(
    key="release", label=_("Release"), plural=_("Releases"), prefix="REL", model=Release, lifecycle=ReleaseLifecycle, span=Span("deployed_at", "closed_at"),
    permissions=(
        Permission("release.see", _("See releases"), READERS),
        Permission("release.open", _("Propose a release"), MANAGERS | dict.fromkeys(("team_lead", "specialist", "change_manager", "service_owner", "problem_manager"), "all")),
        Permission("release.change", _("Plan and build releases"), MANAGERS | {"team_lead": "all", "specialist": "team"}),
        Permission("release.deploy", _("Let a release be deployed"), MANAGERS | {"change_manager": "all"}),
        Permission("release.judge", _("Judge the gates of a release"), MANAGERS | {"team_lead": "all", "change_manager": "all", "service_owner": "all"}),
        Permission("release.close", _("Close releases"), MANAGERS),
        Permission("release.reply", _("Discuss a release"), STAFF),
        Permission("release.notes", _("Read and write internal notes on releases"), READERS),
        Permission("release.link", _("Link releases"), STAFF),
    ),
    events=(
        EventType("release.bundled", _("changed what belongs to it"), "package", lambda e: e.data.get("words", "")),
        EventType("release.judged", _("judged a gate"), "shield-check", lambda e: e.data.get("words", "")),
        EventType("release.published", _("published the release notes"), "megaphone"),
        EventType("release.handed_over", _("ended early-life support"), "hand", lambda e: e.data.get("words", "")),
        EventType("release.reviewed", _("wrote the review"), "clipboard-check"),
    ),
    icon="package", place="Operate", compute=lambda r: {"subtype": r.type_of}, computed=("subtype",),
    by_verb={"notes_text": "write_notes", "care_exit": "hand_over", "review": "write_review", "outcome": "cancel"},
    after_close=("review",),
    opening=("title", "description", "requester", "service", "type_of", "release_version", "planned_on", "plan", "test_plan", "backout", "training", "care_until", "team", "owner"),
)
registry.declare(EventType("gate.saved", _("changed a gate"), "shield-check"))
