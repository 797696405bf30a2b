"""Rights and events of monitoring; alerts are no records, incidents made of them are."""

from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry

STAFF = dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "configuration_manager", "administrator"), "all")


def words(event):
    return event.data.get("words", "")


registry.declare(
    Permission("event.see", _("See alerts"), STAFF | dict.fromkeys(("auditor", "service_owner", "service_level_manager"), "all")),
    Permission("event.work", _("Acknowledge alerts"), STAFF),
    Permission("event.report", _("Report alerts, as monitoring does"), {"administrator": "all"}),
    Permission("event.rules", _("Say what becomes of alerts"), {"administrator": "all", "incident_manager": "all"}),
    EventType("eventrule.saved", _("changed what becomes of alerts"), "settings-2"),
    EventType("incident.alerted", _("heard from monitoring:"), "radio-tower", words, internal=True),
    EventType("incident.cleared", _("heard from monitoring that it is over:"), "check", words, internal=True),
)
