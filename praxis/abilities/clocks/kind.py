from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry

MANAGERS = {"team_lead": "all", "incident_manager": "all", "service_owner": "all", "service_level_manager": "all", "administrator": "all"}

registry.declare(
    *(EventType(f"{row}.saved", "saved", "clock") for row in ("calendar", "targetset", "target", "excuse")),
    EventType("clock.warned", _("warned"), "flame", lambda e: e.data.get("words", "")),
    EventType("clock.excused", _("excused a missed promise"), "scale", lambda e: e.data.get("words", "")),
    Permission("clocks.excuse", _("Ask to excuse a missed promise"), {"agent": "all", "specialist": "all"} | MANAGERS),
    Permission("clocks.grant", _("Grant or refuse excuses"), MANAGERS),
)
