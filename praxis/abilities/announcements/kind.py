from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry

registry.declare(
    EventType("announcement.saved", _("announced"), "megaphone"),
    Permission("announcements.write", _("Write announcements"),
               dict.fromkeys(("team_lead", "incident_manager", "major_incident_manager", "communications_lead", "administrator"), "all")),
)
