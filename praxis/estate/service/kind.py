from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import Kind, Permission

from .lifecycle import ServiceLifecycle
from .models import Service

STAFF = ("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "communications_lead", "problem_manager", "change_manager", "release_manager", "service_owner",
         "service_level_manager", "configuration_manager", "auditor", "administrator")
MANAGERS = {"service_owner": "own", "service_level_manager": "all", "administrator": "all"}

SERVICE = Kind(
    key="service", label=_("Service"), plural=_("Services"), prefix="SVC", model=Service, lifecycle=ServiceLifecycle,
    permissions=(
        Permission("service.see", _("See services"), {"requester": "organisation", "power_requester": "organisation"}
                   | dict.fromkeys(STAFF, "all")),
        Permission("service.open", _("Propose a service"), MANAGERS | {"service_owner": "all"}),
        Permission("service.change", _("Change a service"), MANAGERS),
        Permission("service.approve", _("Approve, launch and retire services"), {"service_level_manager": "all", "administrator": "all"}),
        Permission("service.reply", _("Discuss a service"), {r: "all" for r in STAFF if r != "auditor"}),
        Permission("service.notes", _("Read and write internal notes on services"), {r: "all" for r in STAFF if r != "auditor"}),
        Permission("service.link", _("Link services"), MANAGERS | {"agent": "all", "specialist": "all", "team_lead": "all"}),
    ),
    icon="gem", place="Steer",
)
