from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry

DESK = ("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "service_owner",
        "service_level_manager", "asset_manager", "configuration_manager", "administrator")


def _words(event):
    return event.data.get("words", "")


registry.declare(
    Permission("approvals.policies", _("Say who has to approve what"), {"change_manager": "all", "administrator": "all"}),
    Permission("approvals.delegate", _("Let somebody else answer approvals for oneself"), dict.fromkeys((*DESK, "requester", "power_requester"), "organisation")),
    EventType("approvals.asked", _("asked for approval"), "shield", _words),
    EventType("approvals.answered", _("answered"), "check", _words),
    EventType("approvals.decided", _("closed the approval"), "shield-check", _words),
    EventType("approvals.reminded", _("reminded of an approval"), "bell", _words, internal=True),
    EventType("policy.saved", _("changed who has to approve"), "shield-check"),
    EventType("delegation.saved", _("changed who answers for whom"), "users"),
)
