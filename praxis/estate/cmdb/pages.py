"""The impact of an item on a page of its own: either direction, any depth, as a picture or as a list."""

from django.http import Http404
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_GET

from praxis.lib.text import whole
from praxis.records.read import briefs
from praxis.screens.draw import page
from praxis.screens.pages import page as route
from praxis.screens.views import record_of

from . import drawing, impact

WAYS = ("up", "down")


@route("items/<slug:number>/impact", "item_impact", "desk.work")
@require_GET
def item_impact(request, number):
    """What breaks if a record of the estate stops, or what it needs; the list says the same to those who cannot see the picture."""
    record = record_of(request, number)
    if record.kind not in ("item", "service"):
        raise Http404
    way = request.GET.get("way", "up")
    way = way if way in WAYS else "up"
    depth = max(1, min(impact.DEEPEST, whole(request.GET.get("levels", "")) or 4))
    graph = impact.walk(record, request.actor, way, depth)
    as_list = request.GET.get("as") == "list"
    rows = sorted((n for pk, n in graph.nodes.items() if pk != record.pk), key=lambda n: (n.level, -n.status, n.record.title))
    words = {impact.DOWN: _t("Down"), impact.RISK: _t("At risk"), impact.FINE: _t("Fine")}
    return page(request, "cmdb/page.j2", section="item", record=record, kind=record.type, graph=graph, way=way, depth=depth, as_list=as_list,
                rows=rows, words=words, notes={r.pk: b for r, b in briefs([n.record for n in rows], request.actor)} if as_list else {},
                drawn=None if as_list or len(graph.nodes) == 1 else drawing.svg(graph), said=drawing.sentence(graph), deepest=impact.DEEPEST)
