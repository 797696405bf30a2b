"""The alerts themselves: what monitoring told, how often, and what became of it."""

from django.http import Http404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from praxis.abilities.alerts import store
from praxis.abilities.alerts.models import Alert
from praxis.lib.text import whole
from praxis.records.models import Record
from praxis.records.read import visible
from praxis.screens.answers import SeeOther
from praxis.screens.draw import page
from praxis.screens.pages import Entry, menu
from praxis.screens.pages import page as route

menu.append(Entry("Operate", "alerts", _("Alerts"), "radio-tower", "/alerts", "event.see"))
SIZE = 100


@route("alerts", "alerts", "event.see")
@require_http_methods(["GET", "POST"])
def alerts(request):
    """?state=open, ?incident=INC-1. A post acknowledges one: somebody looks at it."""
    actor = request.actor
    reach = actor.organisations("event.see")
    rows = Alert.objects.select_related("item", "incident").order_by("-last_at", "-pk")
    rows = rows if reach is None else rows.filter(organisation__in=reach)
    if request.method == "POST":
        if not actor.has("event.work"):
            raise Http404
        found = rows.filter(pk=whole(request.POST.get("alert", "")) or 0, state="open")
        if not found or not actor.reaches(found[0].organisation_id, "event.work"):
            raise Http404
        for one in found:
            store.acknowledge(one, _t("acknowledged by %s") % actor.name)
        return SeeOther(request.get_full_path())
    states = dict(Alert.STATES)
    state = request.GET.get("state", "")
    shown = rows.filter(state=state) if state in states else rows
    if number := request.GET.get("incident", "").upper()[:20]:
        shown = shown.filter(incident__number=number)
    start = (min(whole(request.GET.get("page", "1")) or 1, 1000) - 1) * SIZE
    found = list(shown[start : start + SIZE + 1])
    seen = {r.pk for r in visible(Record.objects.filter(pk__in={pk for a in found for pk in (a.item_id, a.incident_id) if pk}), actor)}
    return page(request, "monitoring/list.j2", section="alerts", rows=found[:SIZE], more=len(found) > SIZE, page_number=start // SIZE + 1, states=Alert.STATES, state=state, seen=seen,
                may=actor.has("event.work"), number=number)
