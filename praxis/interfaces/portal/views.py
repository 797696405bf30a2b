"""My problems: a list, a page, and a form of three questions (R1)."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from praxis.abilities.announcements.read import current
from praxis.abilities.conversation.read import PUBLIC, timeline
from praxis.abilities.notices.read import unread
from praxis.kernel.errors import Refused
from praxis.kernel.kinds import registry
from praxis.lib.text import whole
from praxis.practices.problem.read import linked_problem
from praxis.records import write
from praxis.records.fields import services
from praxis.records.models import Record, within
from praxis.records.read import by_number, possible
from praxis.screens.access import SIGNED_IN, access
from praxis.screens.answers import SeeOther
from praxis.screens.asked import ALL, added_fields, choice
from praxis.screens.draw import html

from . import shared

MOST, MOST_LINES = 100, 50
TONES = {"open": "amber", "paused": "amber", "done": "green", "final": "grey"}
STEPS = {"close": _("It works, thank you"), "reopen": _("It is not solved"), "cancel": _("I no longer need this")}


def _kinds():
    return [k for k in registry.values() if k.portal]


def portal_page(request, name, status=200, **context):
    """A whole page of the portal."""
    answer = HttpResponse(html(request, name, person=request.person, organisation=request.person.organisation,
                               announced=current(request.person, "portal"), **context), status=status)
    answer["Vary"] = "Cookie"
    return answer


def word(record):
    """What a requester reads for a state; on hold says whom it waits for."""
    if record.phase == "paused":
        reason = getattr(record, "hold_reason", "")
        return {"caller": _("We need your answer"), "supplier": _("Waiting for a supplier")}.get(reason, _("We are working on it"))
    return record.stage.portal or record.stage.label


def unfinished(wanted):
    """What is solved but not confirmed still waits for its requester, so it counts as open."""
    rows = Q(is_open=True) | Q(phase="done")
    return rows if wanted else ~rows


def _mine(request, open_):
    """Own records of the kinds that the portal shows, in their own class so that the hold reason can be told."""
    rows = []
    for kind in _kinds():
        if request.actor.has(kind.permission("see")):
            found = kind.model.objects.filter(within(request.actor, kind.permission("see")), requester=request.actor.id).filter(unfinished(open_))
            rows += found.order_by("-updated_at")[:MOST]
    return sorted(rows, key=lambda r: r.updated_at, reverse=True)


def _record(request, number):
    record = by_number(number, request.actor, "requester", "service", "owner")
    if record is None or not record.type.portal:
        raise Http404
    return record


@require_GET
@access(SIGNED_IN)
def mine(request):
    show = request.GET.get("show") == "done"
    counts = {o: Record.objects.filter(kind__in=[k.key for k in _kinds()], requester=request.actor.id).filter(unfinished(o)).count() for o in (True, False)}
    return portal_page(request, "portal/mine.j2", rows=_mine(request, not show), word=word, tones=TONES, done=show, counts=counts, section="mine", shared=[] if show else shared.mine(request.person), known=[] if show else shared.open_ones(request.person),
                 notices=unread(request.actor, 6))


@require_GET
@access(SIGNED_IN)
def one(request, number):
    return _one(request, _record(request, number))


def _one(request, record, status=200, error="", text=""):
    names = (*PUBLIC, f"{record.kind}.moved", f"{record.kind}.opened")
    lines, older = timeline(record, request.actor, MOST_LINES, names, whole(request.GET.get("before", "")))
    lines = [line for line in lines if not (line.body and line.body.internal)]
    found = {s.key: s for s in possible(record, request.actor)}
    steps = [(found[k], label) for k, label in STEPS.items() if k in found]
    may = request.actor.may(f"{record.kind}.reply", record)
    states = record.type.lifecycle.states
    behind = linked_problem(record) if record.kind == "incident" and record.is_open else None
    return portal_page(request, "portal/one.j2", status, record=record, lines=lines, older=older, word=word, tones=TONES, steps=steps, may=may, states=states, behind=behind if behind and behind.is_known and behind.in_portal and behind.workaround else None,
                 error=error, text=text, section="mine")


def _key(request):
    """The key of this form, bound to where it was sent."""
    key = request.POST.get("once", "")[:80]
    return key and f"{request.path}:{key}"


@require_POST
@access(SIGNED_IN)
def reply(request, number):
    record, text = _record(request, number), request.POST.get("text", "")

    def say():
        return write.act(record, request.actor, "reply", text=text, files=request.FILES.getlist("files")).number

    return _try(request, record, lambda: write.once(_key(request), request.actor, say), text)


@require_POST
@access(SIGNED_IN)
def step(request, number, name):
    record = _record(request, number)
    if name not in STEPS:
        raise Http404
    values = {"solution": str(_("Withdrawn by the requester."))} if name == "cancel" else {}
    return _try(request, record, lambda: write.move(record, request.actor, name, **values).number)


def _try(request, record, doing, text=""):
    try:
        return SeeOther(f"/my/{doing()}")
    except (ValidationError, Refused) as problem:
        fresh = _record(request, record.number)
        return _one(request, fresh, 422, " ".join(getattr(problem, "messages", [str(problem)])), text)


def _form(request, data=None):
    made = {
        "title": forms.CharField(label=_("What is wrong?"), max_length=200),
        "description": forms.CharField(label=_("What did you do, what happened?"), required=False, widget=forms.Textarea(attrs={"rows": 4})),
        "service": choice(_("What is it about?"), services(None, request.actor, None, "")[:ALL], False, int, rows=True),
        "impact": choice(_("Who is hit?"), [(3, _("Only me")), (2, _("Several people")), (1, _("Everyone here"))], True, int),
        "urgency": choice(_("Can you work?"), [(3, _("Yes, it can wait")), (2, _("Slowly, or with a way round")), (1, _("No, work has stopped"))], True, int),
    }
    made |= added_fields(registry["incident"], request.actor, portal=True)
    form = type("Report", (forms.Form,), made)(data, initial={"impact": 3, "urgency": 2, "title": request.GET.get("about", "")[:200]})
    form.use_required_attribute = False
    return form


def _report(request, values):
    record = write.open_record(registry["incident"], request.actor, channel="portal", **values)
    if files := request.FILES.getlist("files"):
        write.act(record, request.actor, "reply", text="", files=files)
    return record.number


@require_http_methods(["GET", "POST"])
@access("incident.open")
def new(request):
    form, status = _form(request, request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = {k: v for k, v in form.cleaned_data.items() if v not in (None, "")}
            if request.person.site_id:
                values["site"] = request.person.site_id
            try:
                return SeeOther(f"/my/{write.once(_key(request), request.actor, lambda: _report(request, values))}")
            except (ValidationError, Refused) as problem:
                form.add_error(None, " ".join(getattr(problem, "messages", [str(problem)])))
    return portal_page(request, "portal/new.j2", status, form=form, section="new")
