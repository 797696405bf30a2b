"""Pages of the configuration: the impact of an item, an item in the past, what discovery is not sure about, baselines, the audit."""

from django.db.models import Q
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from praxis.abilities.sources.models import Candidate
from praxis.kernel.display import fields
from praxis.kernel.errors import Refused
from praxis.kernel.kinds import registry
from praxis.kernel.now import moment_of, now
from praxis.lib.text import whole
from praxis.records import write
from praxis.records.asof import by_numbers, last_moments
from praxis.records.models import Link
from praxis.records.read import briefs, by_number
from praxis.records.relating import types
from praxis.screens.answers import SeeOther
from praxis.screens.draw import page
from praxis.screens.lists import Listing
from praxis.screens.pages import Entry, menu
from praxis.screens.pages import page as route
from praxis.screens.views import record_of

from . import audit, drawing, impact, past, reconcile
from .models import Baseline, Item, ItemClass

menu.append(Entry("Know", "candidates", _("Discovery"), "scan-barcode", "/items/candidates", "cmdb.judge"))
menu.append(Entry("Know", "audit", _("Audit"), "clipboard-check", "/items/audit", "cmdb.audit"))
WAYS = ("up", "down")
MOST_BASELINE = 5_000


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


def _item(request, number):
    record = record_of(request, number)
    if record.kind != "item":
        raise Http404
    return record


@route("items/<slug:number>/then", "item_then", "desk.work")
@require_GET
def item_then(request, number):
    """An item as it was at a moment, its relations and what broke with it then, beside what is now."""
    record = _item(request, number)
    asked = request.GET.get("at", "")
    at = moment_of(asked) if asked else now()
    error = _t("Write a moment such as 2026-11-01T12:00.") if at is None else ""
    at = at or now()
    then, today = past.columns_at([record.pk], at).get(record.pk), past.columns_at([record.pk], now()).get(record.pk, {})
    known, differ = fields("item"), {n for n, _b, _a in past.difference(then or {}, today)}
    rows = [(str(known[n].label) if n in known else n.replace("_", " "), (then or {}).get(n, (None, ""))[1], today.get(n, (None, ""))[1], n in differ) for n in sorted({*(then or {}), *today})]
    before, after = past.relations_at(record, request.actor, at), past.relations_at(record, request.actor, now())
    graph = past.walk(record_of(request, number), request.actor, at) if then is not None else None
    return page(request, "cmdb/then.j2", 422 if error else 200, section="item", record=record, kind=record.type, at=at, error=error, there=then is not None,
                rows=[r for r in rows if r[1] or r[2]], kept=sorted(before & after), gone=sorted(before - after), came=sorted(after - before),
                drawn=drawing.svg(graph) if graph and len(graph.nodes) > 1 else None, said=drawing.sentence(graph) if graph else "",
                moments=last_moments(record))


@route("items/<slug:number>/delete", "item_delete", "item.delete")
@require_GET
def item_delete(request, number):
    """What goes along when an item is deleted, before it is."""
    record = _item(request, number)
    links = list(Link.objects.filter(Q(source=record.pk) | Q(target=record.pk)).select_related("source", "target")[:200])
    others = briefs([x.target if x.source_id == record.pk else x.source for x in links], request.actor)
    busy = [r for r, _b in others if r.is_open]
    graph = impact.walk(record, request.actor)
    return page(request, "cmdb/delete.j2", section="item", record=record, kind=record.type, others=others, hidden=len(links) - len(others), busy=busy, said=drawing.sentence(graph))


@route("items/candidates", "item_candidates", "cmdb.judge")
@require_http_methods(["GET", "POST"])
def candidates(request):
    """What discovery is not sure about, and what is in the network and managed by nobody."""
    actor = request.actor
    reach = actor.organisations("cmdb.judge")
    rows = Candidate.objects.filter(state="open", **({} if reach is None else {"organisation__in": reach})).select_related("source", "organisation").order_by("-at")
    if request.method == "POST":
        one = rows.filter(pk=whole(request.POST.get("candidate", ""))).first()
        if one is None:
            return SeeOther("/items/candidates")
        what, item = request.POST.get("what", ""), None
        if what not in ("same", "new", "ignored"):
            raise Http404
        if what == "same":
            item = by_number(request.POST.get("item", "").strip().upper(), actor)
            if item is None or item.kind != "item" or item.organisation_id != one.organisation_id:
                return page(request, "note_page.j2", 422, title=_t("Which item is it?"), text=_t("Write the number of an item of the same organisation that you can see."),
                            back="/items/candidates", section="item")
        try:
            found = reconcile.decide(one, actor, what, item, request.POST.get("class", ""))
        except Refused as problem:
            return page(request, "note_page.j2", 422, title=_t("It was not judged"), text=str(problem), back="/items/candidates", section="item")
        return SeeOther(f"/r/{found.number}" if found and request.POST.get("open") else "/items/candidates")
    shown = list(rows[:200])
    items = {r.pk: r for r in Item.objects.visible_to(actor, "item.see").filter(pk__in=[pk for c in shown for pk in c.items])}
    told = [(c, [items[pk] for pk in c.items if pk in items]) for c in shown]
    return page(request, "cmdb/candidates.j2", section="candidates", doubtful=[t for t in told if not t[0].unmanaged], unmanaged=[t for t in told if t[0].unmanaged],
                classes=ItemClass.objects.filter(organisation=None, is_active=True).order_by("label"))


@route("items/audit", "item_audit", "cmdb.audit")
@require_GET
def audited(request):
    """Scores of the configuration with the items behind each; nothing is good without data."""
    health, rules = audit.of_health(request.actor), audit.of_rules(request.actor)
    return page(request, "cmdb/audit.j2", section="audit", health=health, rules=rules, score=audit.score([*health, *rules]), can=request.actor.has("cmdb.classes"))


@route("items/baselines", "item_baselines", "cmdb.audit")
@require_http_methods(["GET", "POST"])
def baselines(request):
    """Baselines: take one of a list of items, compare one with now or with another."""
    actor = request.actor
    reach = actor.organisations("cmdb.audit")
    rows = Baseline.objects.filter(**({} if reach is None else {"organisation__in": reach})).order_by("-at")
    if request.method == "POST":
        listing = Listing(registry["item"], actor, QueryDict(request.POST.get("query", "").lstrip("?") or "all=1"))
        label = request.POST.get("label", "").strip()[:80]
        if listing.error or not label:
            return page(request, "note_page.j2", 422, title=_t("No baseline was taken"), text=listing.error or _t("Give it a name."), back="/items/baselines", section="item")
        ids = list(listing.rows().filter(organisation=actor.organisation).exclude(phase="final").order_by().values_list("pk", flat=True)[:MOST_BASELINE])
        made = write.save(Baseline(), actor, organisation_id=actor.organisation, label=label, query=request.POST.get("query", "")[:1000], items=ids, at=now())
        return SeeOther(f"/items/baselines/{made.pk}")
    return page(request, "cmdb/baselines.j2", section="item", rows=list(rows[:100]), query=request.GET.get("query", ""))


@route("items/baselines/<int:pk>", "item_baseline", "cmdb.audit")
@require_GET
def baseline(request, pk):
    """What differs between a baseline and now, or another one: items, columns, relations."""
    actor = request.actor
    reach = actor.organisations("cmdb.audit")
    mine = Baseline.objects.filter(**({} if reach is None else {"organisation__in": reach}))
    one, other = mine.filter(pk=pk).first(), mine.filter(pk=whole(request.GET.get("against", ""))).first()
    if one is None:
        raise Http404
    second = other.at if other else now()
    ids = sorted({*one.items, *(other.items if other else ())})
    found, known = past.compare(ids, *sorted((one.at, second))), fields("item")
    records = {r.pk: r for r in Item.objects.visible_to(actor, "item.see").filter(pk__in=found)}
    words = types()
    others = by_numbers({n for _changed, gone, came in found.values() for _t, _w, n in (*gone, *came)})
    seen = {n for n, r in others.items() if r.kind in registry and actor.may(f"{r.kind}.see", r)}
    told = [(records[k], [(str(known[n].label) if n in known else n.replace("_", " "), b, a) for n, b, a in changed], _told(gone, words, seen), _told(came, words, seen))
            for k, (changed, gone, came) in found.items() if k in records]
    return page(request, "cmdb/baseline.j2", section="item", one=one, other=other, at=second, told=sorted(told, key=lambda t: t[0].title), total=len(ids), others=mine.exclude(pk=pk).order_by("-at")[:50])


def _told(links, words, seen):
    return sorted((str(words[t].forward if w == "out" else words[t].reverse) if t in words else t, n) for t, w, n in links if n in seen)
