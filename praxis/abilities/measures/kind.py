from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import Permission, registry
from praxis.kernel.settings import Setting

registry.declare(
    Permission("measures.see", _("See reports"),
               dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager",
                              "service_owner", "service_level_manager", "auditor", "administrator"), "all")),
)
KEPT = Setting("measures.kept_target", int, 95, "Percent of promises that a service should keep")
