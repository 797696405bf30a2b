from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import Permission, registry

SEE = "evidence.see"
registry.declare(Permission(SEE, _("Read the evidence of practices"), dict.fromkeys(
    ("auditor", "administrator", "incident_manager", "problem_manager", "change_manager", "configuration_manager", "service_level_manager", "improvement_manager", "service_owner", "team_lead"), "all")))
