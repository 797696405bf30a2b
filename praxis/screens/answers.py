"""The answer to any write: what became stale, as htmx partials; without JavaScript, the page again."""

from fnmatch import fnmatchcase

from django.http import HttpResponse, HttpResponseRedirect
from markupsafe import Markup

from praxis.kernel.display import fields, panels, screens
from praxis.records.read import by_number

from .draw import asked_by_script, html, macro, panel
from .heads import head
from .lists import Listing
from .panels import loaded, may_edit

JOINS = ("owner", "team", "requester", "service")


class SeeOther(HttpResponseRedirect):
    """After a write by a plain form the browser fetches the page anew."""

    status_code = 303


def after(request, record, events, field=None):
    """Everything on the asking page that these events made stale; `field` is the property that was edited."""
    here = f"/r/{record.number}"
    if not asked_by_script(request):
        return SeeOther(here)
    fresh = by_number(record.number, request.actor, *JOINS)
    if fresh is None:  # the write took it out of the actor's sight
        return HttpResponse(headers={"HX-Redirect": f"/k/{record.kind}"})
    mine = [e for e in events if e.subject == fresh.pk]
    names = {e.name for e in mine} | {f"{e.kind}.field.{f}" for e in mine for f in e.changes}
    in_list = "/k/" in request.headers.get("HX-Current-URL", "")
    parts = []
    if field:
        parts += _edited(request, fresh, field, mine)
    for part in panels(fresh.kind):
        if part.slot and (part.slot == "preview") == in_list and any(fnmatchcase(n, p) for n in names for p in part.on):
            if field and part.template == "props.j2":
                continue  # its values were sent one by one, so that the focus stays
            parts.append(html(request, "partial.j2", part=part, inner=panel(request, fresh, part)))
    if in_list:
        listing = Listing(fresh.type, request.actor, {})
        parts.append(html(request, "row_partial.j2", listing=listing, row=listing.draw([fresh])[0]))
    else:
        parts.append(html(request, "head_partial.j2", **head(fresh, request.actor)))
    return HttpResponse(Markup("").join(parts))


def _edited(request, record, field, events):
    """The edited <dd>, and every other property that changed with it."""
    parts = [value(request, record, field, saved=bool(events))]
    if len({name for e in events for name in e.changes}) > 1:
        shown = screens[record.kind]
        for key in {*shown.properties, *shown.short} - {field.key}:
            other = fields(record.kind)[key]
            parts.append(html(request, "value_partial.j2", fact=other, inner=value(request, record, other)))
    return parts


def value(request, record, fact, saved=False):
    """The inside of a property's <dd>."""
    shown = fact.value(record, loaded([fact], [record], request.actor))
    return html(request, "value.j2", macro=macro, record=record, fact=fact, value=shown,
                may=may_edit(fact, record, request.actor), saved=saved)
