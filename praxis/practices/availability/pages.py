"""The availability of a service: a month against its objective, its outages, its error budget, and what alone would bring it down."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_GET

from praxis.estate.cmdb.models import Item
from praxis.kernel.now import now
from praxis.lib import availability, failing
from praxis.lib.spans import exact
from praxis.lib.text import whole
from praxis.people.models import Organisation
from praxis.records.serving import served
from praxis.screens.draw import page
from praxis.screens.pages import page as route
from praxis.screens.views import record_of

from . import drawing, read
from .display import percent

FIRST, LAST = 1990, 2200


def _month(request, zone):
    try:
        asked = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        asked = timezone.localtime(now(), ZoneInfo(zone)).date().replace(day=1)
    if not FIRST <= asked.year <= LAST:
        raise Http404
    return asked


def _figures(found):
    """(words, value) of what follows from the downtime, unknown where there was no failure."""
    one = found.found
    return [("mtrs", one and one.mtrs), ("mtbf", one and one.mtbf), ("mtbsi", one and one.mtbsi)]


@route("services/<slug:number>/availability", "service_availability", "outage.see")
@require_GET
def service(request, number):
    """?month=2026-11, ?customer=ID for one customer's hours and objective."""
    record, actor = record_of(request, number), request.actor
    if record.kind != "service":
        raise Http404
    zone = read.zone_of(record)
    month = _month(request, zone)
    start, end = read.month_of(month, zone)
    customers = [o for o in Organisation.objects.order_by("name")[:200] if actor.reaches(o.pk) and (o.pk == record.organisation_id or record.pk in served(o.pk))]
    customer = next((o for o in customers if o.pk == whole(request.GET.get("customer", ""))), None)
    graph = read.graph_below(record)
    found = read.told(record, start, end, customer and customer.pk, graph)
    shown = [(d, [o for o in d.outages if actor.may("outage.see", o)], exact((d.end - d.start).total_seconds())) for d in found.downs]
    if found.objective is None:
        shown = [(d, [o for o in d.outages if actor.may("outage.see", o)], exact((d.end - d.start).total_seconds())) for d in read.downs(record, start, min(end, now()), graph=graph)]
    points = _points(record, graph, actor)
    credit = availability.credit(found.percent) if found.percent is not None and found.objective.price is not None else None
    last = min(end - timedelta(microseconds=1), now())  # the last instant of a month that is over is in it
    days = read.days(record, last, last.astimezone(start.tzinfo).day, graph) if start < now() else []
    return page(request, "availability/service.j2", section="service", record=record, kind=record.type, month=month, before=(month - timedelta(days=1)).replace(day=1),
                after=(month + timedelta(days=32)).replace(day=1), found=found, percent=percent(found.percent), shown=shown, customers=customers, customer=customer, points=points, credit=credit,
                figures=[(name, value and exact(value.total_seconds())) for name, value in _figures(found)], budget=read.budget_of(record, graph=graph),
                drawn=drawing.days(record.title, days, f"{percent(found.percent)} %") if days and found.objective else "", may=actor.has("availability.objectives"),
                budget_bar=drawing.budget)


def _points(record, graph, actor):
    """What alone would bring the service down (AVL-03): the items that the reader may see, and how many of them it may not."""
    ids = failing.single_points(*graph, record.pk) if len(graph[0]) <= 400 else set()
    rows = list(Item.objects.visible_to(actor, "item.see").filter(pk__in=ids).select_related("item_class").order_by("title")[:60]) if ids else []
    return {"rows": rows, "more": len(ids) - len(rows), "known": len(graph[0]) <= 400}
