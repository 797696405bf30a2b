"""Search, jobs, bulk work and the keyboard's page."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from praxis.abilities.search.query import search as find
from praxis.kernel.errors import Refused
from praxis.kernel.models import Job
from praxis.kernel.now import now
from praxis.records import write
from praxis.records.read import briefs
from praxis.screens.access import access
from praxis.screens.answers import SeeOther
from praxis.screens.asked import form_for
from praxis.screens.draw import asked_by_script, fragment, page
from praxis.screens.list_pages import kind_of
from praxis.screens.views import given

MOST_BULK = 50


@require_GET
@access("desk.work")
def search(request):
    typed = request.GET.get("q", "")[:200]
    hits = find(typed, request.actor) if typed.strip() else []
    if len(hits) == 1 and hits[0].record.number == typed.strip().upper():
        return SeeOther(f"/r/{hits[0].record.number}")
    notes = {r.pk: b for r, b in briefs([h.record for h in hits], request.actor)}
    context = {"typed": typed, "hits": hits, "notes": notes}
    if asked_by_script(request):
        return fragment(request, "web/hits.j2", **context)
    return page(request, "web/search.j2", section="search", **context)


@require_GET
@access("admin.jobs")
def jobs(request):
    _of_all(request)
    state = request.GET.get("state", "")
    rows = Job.objects.order_by("-enqueued_at")
    rows = rows.filter(state=state) if state in dict(Job.STATES) else rows
    return page(request, "web/jobs.j2", jobs=rows[:100], states=Job.STATES, state=state, section="jobs")


def _of_all(request):
    """Jobs tell of every organisation, so they are for those who administer all of them."""
    if request.actor.organisations("admin.jobs") is not None:
        raise Http404


@require_POST
@access("admin.jobs")
def job_retry(request, pk):
    _of_all(request)
    Job.objects.filter(pk=pk, state="dead").update(state="ready", attempts=0, run_after=now())
    return SeeOther("/jobs")


@require_http_methods(["GET", "POST"])
@access("desk.work")
def bulk(request, key):
    """One verb on several records, each checked on its own; the answer lists what was not done and why."""
    kind = kind_of(request, key)
    numbers = request.POST.getlist("pick")[:MOST_BULK]
    verb = kind.verbs.get(request.POST.get("do", ""))
    records = list(kind.model.objects.visible_to(request.actor, kind.permission("see")).select_related("owner", "team").filter(number__in=numbers))
    if request.method == "GET" or verb is None or not records:
        return SeeOther(f"/k/{key}")
    asks = bool(verb.arguments)
    form = form_for(records[0], verb, request.actor, request.POST if "go" in request.POST else None)
    if asks and not ("go" in request.POST and form.is_valid()):
        return page(request, "web/bulk.j2", 422 if "go" in request.POST else 200, kind=kind, verb=verb, records=records, form=form,
                    section=key)
    values = {k: v for k, v in form.cleaned_data.items() if given(request, k)} if asks else {}
    refused = {}
    for record in records:
        try:
            write.act(record, request.actor, verb.key, **values)
        except (Refused, ValidationError) as problem:
            refused[record.number] = " ".join(getattr(problem, "messages", [str(problem)]))
    if not refused:
        return SeeOther(f"/k/{key}")
    return page(request, "web/bulk_done.j2", 409, kind=kind, verb=verb, done=len(records) - len(refused), refused=refused, section=key)


@require_GET
@access("desk.work")
def keys(request):
    rows = (("J K", _("Next, previous")), ("↵", _("Open")), ("X", _("Select")), ("C", _("New")), ("A", _("Assign")), ("I", _("Assign to me")),
            ("S", _("State")), ("P", _("Priority")), ("R", _("Reply")), ("⇧R", _("Resolve")), ("N", _("Internal note")), ("L", _("Link")),
            ("F", _("Filter")), ("G W", _("My work")), ("G I", _("Incidents")), ("T", _("Take next (my work)")), ("/", _("Search; in an empty line of a message: saved answers")), ("::", _("Saved answers, while writing a message")), ("Ctrl S", _("Save the changes of a settings page")),
            ("Ctrl ↵", _("Send")), ("Esc", _("Close, clear")))
    return page(request, "web/keys.j2", rows=rows, section="keys")
