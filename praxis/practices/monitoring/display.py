from django.utils.translation import gettext_lazy as _

from praxis.abilities.alerts.models import Alert
from praxis.kernel.display import Panel, Rows, administer, contribute

from .models import EventRule

SHOWN = 6


def _alerts(record, by):
    """What monitoring said of this incident."""
    if record.channel != "monitoring" or not by.has("event.see"):
        return None
    rows = list(Alert.objects.filter(incident=record.pk).order_by("state", "-last_at")[:60])
    return {"rows": rows[:SHOWN], "more": len(rows) - SHOWN, "open": sum(a.state != "resolved" for a in rows), "times": sum(a.count for a in rows)} if rows else None


contribute("incident", Panel(key="monitoring.alerts", title=_("Alerts"), slot="rail", template="monitoring/alerts.j2", load=_alerts, on=("incident.alerted", "incident.cleared"), order=32))
administer(
    Rows(key="event-rules", label=_("What becomes of alerts"), one=_("Rule for alerts"), place="practices", model=EventRule, needs="event.rules", columns=("position", "label", "action", "severity", "team", "organisation", "is_active"),
         form=("label", "position", "match", "action", "severity", "team", "impact", "urgency", "organisation", "is_active"), natural=("organisation", "label"), find=("label",), order=("position", "label"),
         joins=("organisation", "team"), about=_("Read from the top: the first rule that fits counts. Without one, alerts from a severity on (event.least) become incidents, one for each trouble."),
         hints={"match": _("A line for each fact, such as host: wlc-*, severity: critical, label.cluster: ham2"), "severity": _("Empty: as monitoring says"), "organisation": _("Empty: for all")}),
)
