"""The list of any kind as a page, with its filters, saved views, exports and addresses."""

from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl

from django.http import FileResponse, Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from praxis.kernel.display import screens
from praxis.kernel.kinds import registry
from praxis.lib.conditions import OPS, BadCondition, to_json
from praxis.people.actors import actor_of
from praxis.records import feeds, write
from praxis.records.models import SavedView
from praxis.records.read import by_number

from . import answers, exports
from .access import PUBLIC, access
from .draw import asked_by_script, fragment, macro, page, slots
from .lists import WORDS, Listing


def kind_of(request, key):
    """The kind of this key if the actor may list it; else 404."""
    kind = registry.get(key)
    if kind is None or key not in screens or not request.actor.has(kind.permission("see")):
        raise Http404
    return kind


@require_GET
@access("desk.work")
def record_list(request, key):
    listing = Listing(kind_of(request, key), request.actor, request.GET)
    rows = listing.page()
    chosen = next((r.record for r in rows if r.record.number == request.GET.get("at")), rows[0].record if rows else None)
    chosen = chosen and by_number(chosen.number, request.actor, *answers.JOINS, signs=True)
    parts = slots(request, chosen, "preview")["preview"] if chosen else []
    signs = next((r.marks for r in rows if chosen and r.record.pk == chosen.pk), [])
    return page(request, "list.j2", status=400 if listing.error else 200, listing=listing, rows=rows, chosen=chosen, parts=parts,
                kind=listing.kind, marks=signs, section=key)


@require_GET
@access("desk.work")
def list_filter(request, key, field):
    """The editor of one filter, a dialog or a page."""
    listing = Listing(kind_of(request, key), request.actor, request.GET)
    fact = listing.facts.get(field)
    if fact is None or field not in listing.filters:
        raise Http404
    test = next((t for t in listing.condition.parts if getattr(t, "field", "") == field), None)
    options = fact.options(listing.kind, request.actor, None, "") if fact.options else None
    rest = [(k, v) for k, v in parse_qsl(listing.url(listing.condition).partition("?")[2]) if not k.startswith(f"{field}.")]
    context = {"listing": listing, "fact": fact, "test": test, "options": options, "rest": rest, "words": WORDS, "takes": OPS,
               "macro": macro, "kind": listing.kind}
    if asked_by_script(request):
        return fragment(request, "filter.j2", **context)
    return page(request, "dialog_page.j2", inner="filter.j2", title=fact.label, section=key, **context)


@require_GET
@access("desk.work")
def list_apply(request, key, field):
    """?op=is&value=a&value=b of the filter editor becomes the condition in the address."""
    listing = Listing(kind_of(request, key), request.actor, request.GET)
    op, values = request.GET.get("op", ""), [v for v in request.GET.getlist("value") if v]
    try:
        condition = listing.with_test(field, op, values if OPS.get(op) != 0 else ())
    except BadCondition:
        return answers.SeeOther(listing.url())
    return answers.SeeOther(listing.url(condition))


@require_http_methods(["POST"])
@access("desk.work")
def view_save(request, key):
    """Keep the present filters as a view of the person's own, or of the whole desk."""
    listing = Listing(kind_of(request, key), request.actor, request.GET)
    label = request.POST.get("label", "").strip()[:60]
    shared = "shared" in request.POST
    if not label:
        return page(request, "note_page.j2", 422, title=_("Save view"), text=_("Give the view a name."), back=listing.url(), section=key)
    view = write.save(SavedView(), request.actor, needs="views.share" if shared else "desk.work", kind=key, label=label,
                      condition=to_json(listing.condition), sort=listing.sort, person_id=None if shared else request.actor.id,
                      organisation_id=request.actor.organisation)
    return answers.SeeOther(f"/k/{key}?view=v{view.pk}")


@require_GET
@access("desk.work")
def list_export(request, key):
    """The rows of the list as CSV, in its order and with its filters: the same query object as the page."""
    listing = Listing(kind_of(request, key), request.actor, request.GET)
    if listing.error:
        return page(request, "note_page.j2", 400, title=_("Export"), text=listing.error, back=f"/k/{key}", section=key)
    answer = StreamingHttpResponse(exports.csv_of(listing), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{key}.csv"'
    return answer


@require_GET
@access("desk.work")
def list_xlsx(request, key):
    """The same rows as a workbook."""
    listing = Listing(kind_of(request, key), request.actor, request.GET)
    if listing.error:
        return page(request, "note_page.j2", 400, title=_("Export"), text=listing.error, back=f"/k/{key}", section=key)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{key}.xlsx"
        exports.xlsx_of(listing, path)
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)  # an open file outlives its name


@require_http_methods(["POST"])
@access("desk.work")
def feed_make(request, key):
    """An address under which a program reads this list as CSV; shown once."""
    listing = Listing(kind_of(request, key), request.actor, request.GET)
    label = request.POST.get("label", "").strip() or str(listing.kind.plural)
    query = listing.url(listing.condition).partition("?")[2]
    _row, secret = feeds.make(request.actor, key, query, label)
    address = request.build_absolute_uri(f"/feed/{secret}.csv")
    return page(request, "feed.j2", address=address, back=listing.url(listing.condition), section=key)


@require_GET
@access(PUBLIC)
def feed(request, secret):
    """A list as CSV for whoever knows its secret: what the owner may see now, in the owner's zone."""
    row = feeds.feed_of(secret)
    kind = row and registry.get(row.kind)
    actor = row and actor_of(row.person)
    if not row or kind is None or not actor.has("desk.work") or not actor.has(kind.permission("see")):
        raise Http404
    with timezone.override(actor.zone):
        lines = list(exports.csv_of(Listing(kind, actor, QueryDict(row.query))))
    answer = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{kind.key}.csv"'
    return answer
