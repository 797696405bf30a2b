from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry

DESK = dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "administrator"), "all")

registry.declare(
    Permission("staffing.plan", _("Plan absences, shifts, skills and rules"), {"team_lead": "all", "incident_manager": "all", "administrator": "all"}),
    Permission("staffing.even", _("Even out the work of a group"), {"team_lead": "all", "incident_manager": "all", "administrator": "all"}),
    Permission("staffing.handover", _("Hand over between shifts"), DESK),
    EventType("staffing.assigned", _("was assigned by rule to"), "user-check", lambda e: e.data.get("to", ""), internal=True),
    EventType("staffing.nobody", _("found nobody for it"), "circle-alert", lambda e: e.data.get("why", ""), internal=True),
    *(EventType(f"{row}.saved", _("planned"), "calendar-days") for row in ("absence", "shift", "skill", "skillneed", "assignmentrule", "handover")),
)
