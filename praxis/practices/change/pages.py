"""Pages that no declaration can make: planning a change, its free windows, the calendar, its feed for other calendars, the board."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from praxis.abilities.approvals.models import Ask, Round, Status
from praxis.kernel.errors import Conflict, Refused
from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.lib.text import whole
from praxis.people.actors import actor_of
from praxis.records import feeds, write
from praxis.records.extras import fulfils
from praxis.records.fields import colleagues, moment, services, teams
from praxis.records.read import by_number
from praxis.screens.access import PUBLIC
from praxis.screens.answers import SeeOther
from praxis.screens.asked import added_fields, choice, show
from praxis.screens.draw import page
from praxis.screens.pages import Entry, menu
from praxis.screens.pages import page as route
from praxis.screens.views import record_of

from . import calendar, conflicts, facts, feed, rules
from .actions import models_for
from .display import TONES
from .kind import CHANGE
from .models import Change, Type

menu.append(Entry("Operate", "calendar", _("Calendar"), "calendar-days", "/changes/calendar", "desk.work"))
AGENDA = Setting("change.agenda", dict, {"field": "risk", "op": "is", "values": ["high"]}, "Which changes the advisory board talks about; those in a freeze always")
BY = ("service", "item", "team")
SPANS = ("week", "month", "quarter")
TEXTS = {"reason": _("Why"), "plan": _("Implementation plan"), "test_plan": _("Test plan"), "backout": _("Back-out plan"), "affected": _("Who is affected")}


def _form(actor, model, data=None, first=None):
    time = {"widget": forms.DateTimeInput(attrs={"type": "datetime-local"}), "required": False}
    made = {
        "title": forms.CharField(label=_("What is changed"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True})),
        "reason": forms.CharField(label=TEXTS["reason"], required=False, widget=forms.Textarea(attrs={"rows": 2})),
        "items": forms.CharField(label=_("Items that it touches"), required=False, help_text=_("Numbers, names or host names with commas between, such as ITM-12, wlc-ham-01")),
        "service": choice(_("Service"), services(CHANGE, actor, None, ""), False, int, rows=True),
        "owner": choice(_("Who carries it out"), colleagues(CHANGE, actor, None, "", 500), False, int, rows=True),
        "team": choice(_("Group"), teams(CHANGE, actor, None, ""), False, int, rows=True),
        "planned_start": forms.CharField(label=_("From"), **time), "planned_end": forms.CharField(label=_("Until"), **time),
        "outage_minutes": forms.IntegerField(label=_("Expected outage in minutes"), required=False, min_value=0),
    }
    made |= {n: forms.CharField(label=TEXTS[n], required=False, widget=forms.Textarea(attrs={"rows": 4})) for n in ("plan", "test_plan", "backout", "affected")}
    made |= {f"risk_{key}": choice(question, [(n, words) for n, (words, _p) in enumerate(options)], False, int) for key, question, options in rules.QUESTIONS}
    made |= added_fields(CHANGE, actor)
    start = {"title": model.title, "plan": model.plan, "test_plan": model.test_plan, "backout": model.backout, "team": actor.teams[0] if actor.teams else None}
    start |= {f"risk_{k}": v for k, v in model.answers.items()}
    form = type("NewChange", (forms.Form,), made)(data, initial=start | (first or {}))
    form.use_required_attribute = False
    return form


@route("changes/new", "change_new", "change.open")
@require_http_methods(["GET", "POST"])
def new(request):
    """Choose a model, then plan; a standard change is filled in already."""
    actor, data = request.actor, request.POST if request.method == "POST" else None
    known = list(models_for(actor))
    model = next((m for m in known if m.key == (data or request.GET).get("model", "")), None)
    if model is None:
        groups = [(label, [m for m in known if m.type == key]) for key, label in Type.choices]
        return page(request, "change/models.j2", section="change", groups=[(g, m) for g, m in groups if m], can=actor.has("change.models"))
    first = {"planned_start": request.GET.get("start", "")[:16], "items": request.GET.get("items", "")[:300]}
    form, status = _form(actor, model, data, first if data is None else None), 200
    if data is not None:
        status = 422
        if form.is_valid():
            try:
                return SeeOther(f"/r/{write.once(data.get('once', '')[:80], actor, lambda: _open(actor, model, form))}")
            except ValidationError as problem:
                show(form, problem)
            except Refused as problem:
                form.add_error(None, str(problem))
    risks = [form[f"risk_{key}"] for key, _q, _o in rules.QUESTIONS]
    return page(request, "change/new.j2", status, section="change", form=form, model=model, risks=risks, open_risks=model.type == "normal")


def _open(actor, model, form):
    values = {k: v for k, v in form.cleaned_data.items() if v not in (None, "")}
    items = values.pop("items", "")
    answers = {k.removeprefix("risk_"): values.pop(k) for k in list(values) if k.startswith("risk_")}
    for name in ("planned_start", "planned_end"):
        if name in values:
            values[name] = moment(values[name], name)
    if "planned_start" in values and "planned_end" not in values:
        values["planned_end"] = values["planned_start"] + timedelta(minutes=model.minutes)
    with write.writing():
        change = write.open_record(CHANGE, actor, model=model, answers=answers, **values)
        if model.tasks_id and "add_tasks" in CHANGE.verbs and actor.has("task.open"):
            write.act(change, actor, "add_tasks", template=model.tasks_id)
        if items:
            write.act(change, actor, "affect", items=items)
    return change.number


@route("changes/<slug:number>/free", "change_free", "desk.work")
@require_GET
def free(request, number):
    """The next windows without a conflict, each taken with one click."""
    record = record_of(request, number)
    if record.kind != "change":
        raise Http404
    return page(request, "change/free.j2", section="change", record=record, kind=record.type, free=conflicts.free(record, 12),
                may=request.actor.may("change.change", record))


def _span(request):
    """The day that an address asks for, else today."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localtime(now()).date()


def _narrowed(request):
    pk = whole(request.GET.get("service", ""))
    return {"service": pk} if pk else {}


@route("changes/calendar", "change_calendar", "desk.work")
@require_GET
def month(request):
    """The month; ?span=week shows lanes, ?span=quarter three months."""
    actor, day, span, more = request.actor, _span(request), request.GET.get("span", "month"), _narrowed(request)
    if not 1970 <= day.year <= 2200:
        raise Http404
    shared = {"section": "calendar", "span": span, "day": day, "services": services(CHANGE, actor, None, ""), "service": more.get("service"),
              "may": actor.has("change.open")}
    if span == "week":
        monday, by = day - timedelta(days=day.weekday()), request.GET.get("by", "service")
        by = by if by in BY else "service"
        found, shut, at = calendar.lanes(actor, monday, by, **more)
        return page(request, "change/week.j2", lanes=found, shut=shut, at=at, monday=monday, rows_by=by, before=monday - timedelta(days=7), after=monday + timedelta(days=7),
                    days=[monday + timedelta(days=n) for n in range(7)], **shared)
    first = day.replace(day=1)
    months = [first]
    while span == "quarter" and len(months) < 3:
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    drawn = [(m, *calendar.month(actor, m.year, m.month, **more)) for m in months]
    entries = {e.change.pk: e for _m, _w, found in drawn for e in found}.values()
    done = [e for e in entries if e.change.phase != "open"]
    moved = by_number(request.GET.get("moved", "")[:20], actor)
    moved = moved if moved and moved.kind == "change" and moved.planned_start else None
    failed = sum(e.sign == "fail" for e in done)
    back = (first - timedelta(days=1)).replace(day=1) if len(months) == 1 else (first - timedelta(days=80)).replace(day=1)
    return page(request, "change/calendar.j2", drawn=drawn, before=back, after=(months[-1] + timedelta(days=32)).replace(day=1), shown=calendar.SHOWN,
                clashes=sum(e.sign in ("clash", "warn") for e in entries), total=len(entries), done=len(done), failed=failed,
                rate=round(100 * (len(done) - failed) / len(done)) if done else None, moved=moved, found=conflicts.find(moved) if moved else [], **shared)


@route("changes/<slug:number>/move-to", "change_move_to", "change.change")
@require_POST
def move_to(request, number):
    """Drop a change on another day: the same local time there; the calendar then tells its conflicts. The dialog of the window does the same."""
    record = record_of(request, number)
    if record.kind != "change":
        raise Http404
    span = request.POST.get("span", "month")
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
        if record.planned_start is None or record.planned_end is None:
            raise ValidationError(_t("It has no window yet."))
        local = timezone.localtime(record.planned_start)
        start = timezone.make_aware(local.replace(tzinfo=None) + (day - local.date()))
        end = start + (record.planned_end - record.planned_start)
        write.act(record, request.actor, "plan_window", planned_start=start.isoformat(), planned_end=end.isoformat())
    except (ValueError, OverflowError, ValidationError, Refused, Conflict) as problem:
        return page(request, "note_page.j2", 422, title=_t("It was not moved"), text=" ".join(getattr(problem, "messages", [str(problem)])), back="/changes/calendar", section="calendar")
    return SeeOther(f"/changes/calendar?span={span if span in SPANS else 'month'}&day={day}&moved={record.number}")


@route("changes/feed", "change_feed_make", "desk.work")
@require_http_methods(["GET", "POST"])
def feed_make(request):
    """An address under which another calendar reads the changes; shown once, ended under Account."""
    address = ""
    if request.method == "POST":
        _row, secret = feeds.make(request.actor, feed.KIND, "", _t("Calendar of changes"))
        address = request.build_absolute_uri(f"/changes/feed/{secret}.ics")
    return page(request, "change/feed.j2", section="calendar", address=address)


@route("changes/feed/<str:secret>.ics", "change_feed", PUBLIC)
@require_GET
def feed_read(request, secret):
    """The calendar for whoever knows its secret: what its owner may see now."""
    row = feeds.feed_of(secret)
    actor = actor_of(row.person) if row and row.kind == feed.KIND else None
    if actor is None or not actor.has("change.see"):
        raise Http404
    answer = HttpResponse(feed.ical(actor, request.build_absolute_uri("/").rstrip("/")), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="changes.ics"'
    return answer


@route("changes/board", "change_board", "desk.work")
@require_http_methods(["GET", "POST"])
def board(request):
    """The meeting of the advisory board: what has to be talked about, with risk, conflicts and voices; a minute is an internal note on its change (CM7)."""
    actor = request.actor
    if request.method == "POST":
        record = by_number(request.POST.get("change", "").strip().upper(), actor)
        text = request.POST.get("text", "").strip()
        if record is None or record.kind != "change" or not text:
            return page(request, "note_page.j2", 422, title=_t("Nothing was noted"), text=_t("Write what was said, for one of the changes."), back="/changes/board", section="calendar")
        write.act(record, actor, "reply", text=f"{_t('Board')}: {text}", internal=True)
        return SeeOther(f"/changes/board#{record.number}")
    rows = list(Change.objects.visible_to(actor, "change.see").filter(state__in=("assess", "authorise")).select_related("owner", "service", "model", "team").order_by("planned_start", "pk")[:40])
    asks = {}
    for ask in Ask.objects.filter(step__round__record__in=rows, step__round__status=Status.REQUESTED).exclude(status=Status.NOT_NEEDED).select_related("person", "step").order_by("pk"):
        asks.setdefault(ask.step.round_id, []).append(ask)
    rounds = {r.record_id: r.pk for r in Round.objects.filter(record__in=rows, status=Status.REQUESTED).order_by("pk")}
    condition = AGENDA(actor.organisation)
    told = []
    for change in rows:
        found = conflicts.find(change)
        on = fulfils(change, condition) or any(c.sort == "freeze" for c in found)
        reasons = facts.judged(change, found)[0].reasons if on else []  # what nobody talks about needs no explanation
        told.append((change, reasons, found, asks.get(rounds.get(change.pk), []), on))
    return page(request, "change/board.j2", section="calendar", agenda=[t for t in told if t[4]], others=[t for t in told if not t[4]], tones=TONES, notes=actor.has("change.notes"))
