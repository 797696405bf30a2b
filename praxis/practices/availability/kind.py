from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, LinkType, Permission, Span, registry

from .lifecycle import OutageLifecycle
from .models import Outage

STAFF = dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "service_owner", "service_level_manager",
                       "configuration_manager", "administrator"), "all")
READERS = STAFF | dict.fromkeys(("communications_lead", "release_manager", "improvement_manager", "auditor"), "all")
KEEPERS = dict.fromkeys(("service_level_manager", "service_owner", "incident_manager", "major_incident_manager", "administrator"), "all")

OUTAGE = Kind(
    key="outage", label=_("Outage"), plural=_("Outages"), prefix="OUT", model=Outage, lifecycle=OutageLifecycle, span=Span("began_at", "ended_at", "item", below=True),
    permissions=(
        Permission("outage.see", _("See outages"), READERS),
        Permission("outage.open", _("Record an outage"), STAFF),
        Permission("outage.change", _("Change an outage"), STAFF),
        Permission("outage.confirm", _("Confirm outages, or say that there was none"), KEEPERS),
        Permission("outage.reply", _("Discuss an outage"), STAFF),
        Permission("outage.notes", _("Read and write internal notes on outages"), READERS),
        Permission("outage.link", _("Link outages"), STAFF),
    ),
    links=(LinkType("outage_of", _("outage of"), _("has the outage")),),
    icon="activity", place="Steer", requested=False,
    opening=("title", "description", "service", "item", "sort", "began_at", "ended_at", "cause", "users", "agreed", "words", "team", "owner"),
)
registry.declare(
    Permission("availability.objectives", _("Set objectives of services"), {"service_level_manager": "all", "administrator": "all"}),
    Permission("availability.report", _("Report good and bad events of services"), {"service_level_manager": "all", "administrator": "all"}),
    EventType("objective.saved", _("changed an objective"), "target"),
    EventType("reading.saved", _("reported events"), "activity"),
    EventType("service.burning", _("uses its error budget too fast"), "flame", lambda e: e.data.get("words", "")),
)
