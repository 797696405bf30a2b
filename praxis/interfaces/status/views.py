"""The page, its history, and the same for programs: JSON and Atom. All are public where the organisation said so, and 404 where it did not."""

from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_GET

from praxis.screens.access import PUBLIC, access
from praxis.screens.draw import env

from . import read

STAGES = ("investigating", "identified", "monitoring", "resolved")


def _page(key):
    found = read.page_of(key)
    if found is None:
        raise Http404
    return found


def _answer(name, **context):
    answer = HttpResponse(env().get_template(name).render(stages=STAGES, tone_of=read.tone_of, **context))
    answer["Cache-Control"] = f"public, max-age={read.KEEP}"
    return answer


def _drawn(key, template, **more):
    found = _page(key)
    with timezone.override(ZoneInfo(found.zone)):
        return _answer(template, page=found, key=key, **more)


@require_GET
@access(PUBLIC)
def page(request, key):
    return _drawn(key, "status/page.j2", states=read.STATES)


@require_GET
@access(PUBLIC)
def history(request, key):
    return _drawn(key, "status/history.j2")


@require_GET
@access(PUBLIC)
def data(request, key):
    """For programs: the state of each service, and what is told."""
    found = _page(key)
    return JsonResponse({
        "name": found.name, "at": found.at.isoformat(), "state": found.worst,
        "services": [{"name": c.title, "state": c.state, "percent_90_days": c.percent} for c in found.components],
        "incidents": [{"title": c.title, "stage": c.stage, "since": c.since.isoformat(), "next_update": c.next_at and c.next_at.isoformat(),
                       "updates": [{"at": at.isoformat(), "stage": stage, "text": text} for at, stage, text in c.told]} for c in found.cases],
        "planned": [{"title": title, "from": start.isoformat(), "until": end and end.isoformat()} for title, start, end in found.planned],
    })


@require_GET
@access(PUBLIC)
def feed(request, key):
    """Every text that was told, as an Atom feed: how one subscribes without an account."""
    found, here = _page(key), request.build_absolute_uri(f"/status/{key}")
    atom = Atom1Feed(title=f"{found.name} status", link=here, description="", feed_url=f"{here}/feed.atom")
    told = [(at, case, stage, text) for case in (*found.cases, *found.past) for at, stage, text in case.told]
    for at, case, stage, text in sorted(told, key=lambda t: t[0], reverse=True)[:50]:
        atom.add_item(title=f"{case.title}: {stage}", link=here, description=text, pubdate=at, updateddate=at, unique_id=f"{here}#{int(at.timestamp())}")
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
