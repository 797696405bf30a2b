from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry

registry.declare(
    Permission("effort.log", _("Write down time spent"), dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager",
               "problem_manager", "change_manager", "service_owner", "service_level_manager", "administrator"), "all")),
    Permission("effort.see", _("See time spent"), dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager",
               "problem_manager", "change_manager", "service_owner", "service_level_manager", "auditor", "administrator"), "all")),
    EventType("effort.logged", _("worked on it"), "clock", lambda e: e.data.get("words", ""), internal=True),
    EventType("effort.started", _("started the clock"), "play", internal=True),
)
