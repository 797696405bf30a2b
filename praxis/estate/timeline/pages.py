"""/timeline/<number>: what happened to a service or an item, and the whole page as of a past moment."""

from datetime import UTC, timedelta

from django.http import Http404
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_GET

from praxis.estate.cmdb import past
from praxis.kernel.display import fields
from praxis.kernel.now import moment_of, now
from praxis.lib.text import whole
from praxis.records.asof import last_moments, value_of
from praxis.screens.draw import page
from praxis.screens.jinja import full
from praxis.screens.pages import page as route
from praxis.screens.views import record_of

from . import drawing, read

DAYS = 3_650


def _moment(request, today):
    """(the past moment that is asked for or None for now, error): ?at= exactly, or ?back= days before today, as the slider says it."""
    if typed := request.GET.get("at", ""):
        found = moment_of(typed)
        if found is None:
            return None, _t("Write a moment such as 2026-11-01T12:00.")
        return (found if found < today else None), ""
    back = whole(request.GET.get("back", "")) or 0
    return (today - timedelta(days=min(DAYS, back)) if back > 0 else None), ""


def _cursor(request):
    when, _dash, pk = request.GET.get("before", "").rpartition("~")
    found = moment_of(when)
    return (found, int(pk)) if found and pk.isdecimal() and len(pk) < 19 else None


@route("timeline/<slug:number>", "timeline", "desk.work")
@require_GET
def timeline(request, number):
    record = record_of(request, number)
    if record.kind not in read.SUBJECTS:
        raise Http404
    today, actor = now(), request.actor
    at, error = _moment(request, today)
    kinds = [k for k in read.told() if actor.has(f"{k.key}.see")]
    chosen = [k for k in request.GET.getlist("kind") if any(k == one.key for one in kinds)]
    rows = read.entries(record, actor, at, _cursor(request), chosen or None, read.PAGE + 1)
    older, rows = len(rows) > read.PAGE, rows[:read.PAGE]
    then = past.columns_at([record.pk], at).get(record.pk) if at else None
    known = fields(record.kind)
    facts = [(str(known[n].label), words) for n, (value, words) in sorted((then or {}).items()) if n in known and words]
    days = min(DAYS, max(1, (today - record.opened_at).days + 1))
    return page(request, "timeline/page.j2", 422 if error else 200, section=record.kind, record=record, kind=record.type, at=at, error=error, rows=rows, kinds=kinds, chosen=chosen,
                there=at is None or then is not None, facts=facts, title=value_of(then or {}, "title") or record.title, relations=sorted(past.relations_at(record, actor, at)) if at else [],
                drawn=drawing.lanes(rows, at or today, full), days=days, back=min(days, (today - at).days) if at else 0, moments=last_moments(record),
                cursor=f"{rows[-1].began.astimezone(UTC).isoformat()}~{rows[-1].record.pk}" if older else "", today=today)
