from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from praxis.abilities.approvals.display import status_of
from praxis.abilities.tasks.models import Task
from praxis.estate.cmdb import impact
from praxis.kernel.display import Brief, Column, Field, Mark, Panel, Rows, Section, View, administer, contribute, show
from praxis.kernel.now import now
from praxis.lib.conditions import Group, Test, every
from praxis.lib.spans import hours
from praxis.records.models import Link
from praxis.records.read import briefs, visible

from . import conflicts, drawing, facts, rules, suspects
from .kind import CHANGE
from .models import Change, ChangeModel, Window
from .options import models, of, types

STAGES = {"normal": ("new", "assess", "authorise", "scheduled", "implement", "review"), "standard": ("new", "scheduled", "implement", "review"),
          "emergency": ("new", "authorise", "scheduled", "implement", "review"), "registration": ("new", "scheduled", "implement", "review"),
          "unauthorised": ("new", "authorise", "review")}
TONES = {"low": "green", "moderate": "amber", "high": "red"}
MOST, DAYS = 8, timedelta(days=30)


def _steps(record):
    """[(state, "" or done or now)] of the way that its type takes."""
    way = STAGES.get(record.subtype, STAGES["normal"])
    here = way.index(record.state) if record.state in way else len(way)
    return [(CHANGE.lifecycle.states[s].label, "done" if n < here else "now" if n == here else "") for n, s in enumerate(way)]


def _judged(record):
    """(Risk, Facts, Blast, [Conflict]), worked out once a page."""
    if "_judged" not in record.__dict__:
        record.__dict__["_judged"] = facts.judged(record, _found(record))
    return record.__dict__["_judged"]


def _found(record):
    """Its conflicts, looked for once a page."""
    if "_conflicts" not in record.__dict__:
        record.__dict__["_conflicts"] = conflicts.find(record)
    return record.__dict__["_conflicts"]


def _window(record, by):
    """The planned time as a picture with what overlaps it, each overlap in words, and the next free windows."""
    may = by.may("change.change", record) and record.state in ("new", "assess", "authorise", "scheduled")
    if not record.planned_start or not record.planned_end:
        return {"may": may} if may else None
    found = _found(record) if record.phase == "open" else []
    others = list({c.change.pk: c.change for c in found if c.change}.values())
    shut = [(c.window, c.start, c.end) for c in found if c.sort == "freeze"]
    return {"found": [(c, "red" if c.sort in ("freeze", "window") else "amber", c.key in record.accepted) for c in found], "drawn": drawing.window(record, others, shut),
            "free": conflicts.free(record)[:2] if may and any(c.stops for c in found) else [], "may": may, "page": f"/changes/{record.number}/free"}


def _plan(record, by):
    """Tasks with the time at which each begins, then the plan in words."""
    rows = visible(Task.objects.filter(parent=record.pk).select_related("owner").order_by("position", "pk")[:60], by)
    at, told = record.planned_start, []
    for n, task in enumerate(rows, 1):
        told.append((n, task, at))
        at = at + timedelta(minutes=task.minutes) if at and task.minutes else at
    length = sum(t.minutes or 0 for t in rows)
    point = next((n for n, t, _at in told if t.gate == "no_return"), None)
    note = ngettext("%(n)d task", "%(n)d tasks", len(rows)) % {"n": len(rows)} if rows else ""
    note += f", {hours(length * 60)}" if length else ""
    note += _t(", point of no return at step %s") % point if point else ""
    may = record.is_open and by.has("task.open")
    return {"tasks": told, "note": note, "add": f"/r/{record.number}/do/add_task" if may else None} if rows or record.plan or record.test_plan or may else None


def _words(record, by):
    """Back-out plan, who is affected, and after it what happened and the review."""
    hit = _judged(record)[2] if record.phase == "open" else None
    seen = visible(hit.services, by) if hit else []
    return {"services": seen, "hit": hit} if record.backout or record.affected or hit and (hit.people or seen) or record.outcome or record.review else None


def _risk(record, by):
    """The level that decides with every reason, and beside it what history and the graph say (frameworks 3.4)."""
    if record.state not in ("new", "assess", "authorise", "scheduled"):
        return {"level": record.get_risk_display(), "tone": TONES[record.risk], "risk": None, "may": False}
    risk, known, _hit, _found = _judged(record)
    cost = facts.COST(record.organisation_id) or None
    exposed = rules.exposure(risk.p, record.outage_minutes / 60 if record.outage_minutes is not None else None, cost)
    return {"risk": risk, "known": known, "level": str(dict(Change.RISKS)[risk.level]), "tone": TONES[risk.level], "drawn": drawing.matrix(risk), "exposed": exposed,
            "band": rules.product_band(risk.product), "may": by.may("change.change", record)}


def _items(record, by):
    rows = [link.target for link in Link.objects.filter(source=record.pk, type="affects").select_related("target").order_by("target__title")[:60]]
    things = briefs(rows, by)
    add = f"/r/{record.number}/do/affect" if by.may("change.change", record) and record.state in ("new", "assess", "authorise", "scheduled") else None
    return {"things": things, "add": add} if things or add else None


def _caused(record, by):
    """Incidents that this change is confirmed to have caused, and those that may be its doing (CM10)."""
    if record.started_at is None:
        return None
    rows = [link.source for link in Link.objects.filter(target=record.pk, type="caused_by").select_related("source")[:20]]
    known, maybe = briefs(rows, by), briefs(suspects.proposed_for(record, by), by)
    return {"known": known, "maybe": maybe, "may": by.may("change.link", record)} if known or maybe else None


def _on_item(record, by):
    """For an item: the changes of the last and the coming days."""
    near = Q(planned_end__gte=now() - DAYS) | Q(is_open=True)
    rows = Change.objects.visible_to(by, "change.see").filter(near, links_out__type="affects", links_out__target=record.pk).order_by("-planned_start")[:MOST]
    things = briefs(list(rows), by)
    return {"things": things} if things else None


@impact.overlay
def _on_graph(items, actor):
    """The changes that are under way or planned for the next day, in the picture of an impact."""
    rows = Change.objects.visible_to(actor, "change.see").filter(links_out__type="affects", links_out__target__in=items, state__in=("scheduled", "implement"),
                                                                 planned_start__lt=now() + timedelta(days=1), planned_end__gt=now() - timedelta(hours=1))
    return {pk: _t("%s under way") % number if state == "implement" else _t("%s planned") % number
            for pk, number, state in rows.values_list("links_out__target", "number", "state")}


def _briefs(records, actor):
    rows = Change.objects.filter(pk__in=[r.pk for r in records]).only("planned_start", "result", "state")
    return {c.pk: Brief(note=str(c.stage.label), tone="red" if c.result in rules.FAILED else "") for c in rows}


def _is_wrong():
    return Q(result__in=rules.FAILED) | Q(Exists(Link.objects.filter(target=OuterRef("pk"), type="caused_by", source__kind="incident")))


def _wrong(fact, test, actor, kind):
    wanted = test.values[:1] and test.values[0].lower() in ("1", "true", "yes")
    return _is_wrong() if wanted else ~_is_wrong()


def _wrongs(records, actor):
    wrong = set(Change.objects.filter(_is_wrong(), pk__in=[r.pk for r in records]).values_list("pk", flat=True))
    return {r.pk: _t("Yes") if r.pk in wrong else _t("No") for r in records}


show(
    CHANGE,
    columns=(Column("number", "i"), Column("title", "m"), Column("type"), Column("risk"), Column("state"), Column("planned_start"),
             Column("owner", "o", quiet=True, draw="face")),
    sorts=("planned_start", "updated", "opened"),
    filters=("state", "type", "risk", "model", "team", "owner", "service", "environment", "result", "went_wrong", "planned_start", "planned_end", "ended_at", "updated", "title"),
    views=(View("open", _("Open"), every(Test("state", "is", ("new", "assess", "authorise", "scheduled", "implement"))), "planned_start", count=True),
           View("decide", _("To be decided"), every(Test("state", "is", ("assess", "authorise"))), "planned_start", count=True),
           View("now", _("Scheduled and under way"), every(Test("state", "is", ("scheduled", "implement"))), "planned_start"),
           View("review", _("To be reviewed"), every(Test("state", "is", ("review",))), "updated", count=True),
           View("mine", _("Mine"), every(Test("owner", "me")), "updated"), View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="model", label=_("Model"), path="model", type="record", join="model", icon="layers", options=models, ops=("is", "is_not")),
        Field(key="type", label=_("Type"), path="subtype", type="choice", icon="t-change", read=lambda r: r.subtype_words(), options=types, edit=False),
        Field(key="risk", label=_("Risk"), path="risk", type="choice", icon="shield-alert", read=lambda r: r.get_risk_display(), options=of("risk"), edit=False),
        Field(key="reason", label=_("Why"), path="reason", icon="message-square", draw="text", empty=_("Add the reason"), ops=("contains",)),
        Field(key="planned_start", label=_("Planned start"), path="planned_start", type="time", draw="when", icon="calendar-clock", edit=False, ops=("before", "after", "empty")),
        Field(key="planned_end", label=_("Planned end"), path="planned_end", type="time", draw="when", icon="calendar-clock", edit=False, ops=("before", "after", "empty")),
        Field(key="started_at", label=_("Started"), path="started_at", type="time", draw="when", icon="play", edit=False, ops=("before", "after", "empty")),
        Field(key="ended_at", label=_("Ended"), path="ended_at", type="time", draw="when", icon="check", edit=False, ops=("before", "after", "within", "empty")),
        Field(key="went_wrong", label=_("Failed or caused an incident"), icon="circle-alert", type="yes", edit=False, ops=("is",), where=_wrong, load=_wrongs),
        Field(key="outage_minutes", label=_("Expected outage, minutes"), path="outage_minutes", type="number", icon="power", ops=("gt", "lt", "empty"), empty=_("Unknown")),
        Field(key="environment", label=_("Environment"), path="environment", type="choice", icon="server", read=lambda r: r.get_environment_display(), options=of("environment")),
        Field(key="scope", label=_("Items"), path="scope", icon="network", edit=False, ops=("contains", "empty")),
        Field(key="backout_tested", label=_("Back-out tested"), icon="undo-2", read=lambda r: r.backout_tested and str(r.backout_tested), empty=_("Not tested")),
        Field(key="result", label=_("Result"), path="result", type="choice", icon="check", read=lambda r: r.get_result_display(), options=of("result"), edit=False,
              ops=("is", "is_not", "empty")),
        Field(key="fault", label=_("What was at fault"), path="fault", type="choice", icon="circle-alert", read=lambda r: r.get_fault_display(), options=of("fault"), edit=False),
        Field(key="plan", label=_("Implementation plan"), path="plan", icon="list-checks", draw="text"), Field(key="test_plan", label=_("Test plan"), path="test_plan", icon="check", draw="text"),
        Field(key="backout", label=_("Back-out plan"), path="backout", icon="undo-2", draw="text"), Field(key="affected", label=_("Who is affected"), path="affected", icon="users", draw="text"),
        Field(key="outcome", label=_("What happened"), path="outcome", icon="message-square", draw="text", edit=False),
        Field(key="review", label=_("Review"), path="review", icon="clipboard-check", draw="text", edit=False),
        Field(key="approval", label=_("Approval"), icon="shield-check", load=status_of, edit=False),
    ),
    properties=("owner", "team", "requester", "service", "model", "environment", "outage_minutes", "backout_tested", "reason", "result", "fault"),
    short=("state", "type", "risk", "owner", "planned_start", "service"),
    exported=("planned_end", "started_at", "ended_at", "result", "fault", "plan", "test_plan", "backout", "affected", "outcome", "review"),
    form=(Section(_("What is changed, and why"), "title", "model", "reason", "description"), Section(_("For what and by whom"), "service", "owner", "team", "environment"),
          Section(_("When"), "planned_start", "planned_end", "outage_minutes"), Section(_("How"), "plan", "test_plan", "backout", "affected")),
    buttons=("submit", "expedite", "schedule", "start", "finish", "close", "reject", "approve"), head=("what", "steps"),
    panels=("change.window", "change.plan", "change.words", "change.risk", "approvals.rounds", "change.items", "screens.properties", "change.caused"),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock"), ("tasks.tasks", "")),
    brief=_briefs, layout="sheet", new="/changes/new",
)
contribute(
    "change",
    Mark("what", "change/marks.j2:what", read=lambda r: r),
    Mark("steps", "change/marks.j2:steps", read=lambda r: _steps(r)),
    Panel(key="change.window", title=_("Window"), slot="main", template="change/window.j2", load=_window, on=("change.*",), order=5),
    Panel(key="change.plan", title=_("Implementation plan"), slot="main", template="change/plan.j2", load=_plan, on=("change.*", "tasks.*"), order=10),
    Panel(key="change.words", title=_("Back-out and effect"), slot="main", template="change/words.j2", load=_words, on=("change.*",), order=15),
    Panel(key="change.risk", title=_("Risk"), slot="rail", template="change/risk.j2", load=_risk, on=("change.*",), order=5),
    Panel(key="change.items", title=_("Items"), slot="rail", template="change/things.j2", load=_items, on=("change.*", "record.*"), order=20),
    Panel(key="change.caused", title=_("Incidents after it"), slot="rail", template="change/caused.j2", load=_caused, on=("record.*", "change.moved"), order=30),
)
contribute("item", Panel(key="change.on_item", title=_("Changes on it"), slot="rail", template="change/things.j2", load=_on_item, on=("change.*", "record.*"), order=41))
administer(
    Rows(key="change-models", label=_("Models of changes"), one=_("Model of changes"), place="practices", model=ChangeModel, needs="change.models",
         columns=("label", "type", "organisation", "suspended", "is_active"),
         form=("label", "key", "type", "about", "title", "plan", "test_plan", "backout", "answers", "minutes", "tasks", "approved_by", "suspended", "organisation", "is_active"),
         natural=("organisation", "key"), find=("label", "key"), order=("type", "label"), joins=("organisation",),
         about=_("How changes of one sort are made. Those of type standard are the catalogue of standard changes: approved once, suspended by themselves after two failures in 90 days; empty the reason to allow them again."),
         hints={"answers": _("Answers on risk that are always the same, such as {test: 0, backout: 0}"), "tasks": _("Made together with the change"), "organisation": _("Empty: for all")}),
    Rows(key="change-windows", label=_("Freezes and maintenance windows"), one=_("Freeze or maintenance window"), place="practices", model=Window, needs="change.windows",
         columns=("label", "kind", "starts", "ends", "rule", "organisation", "is_active"),
         form=("label", "kind", "zone", "starts", "ends", "rule", "service", "item_class", "when", "owner", "organisation", "is_active"),
         natural=("organisation", "kind", "label"), find=("label",), order=("kind", "starts"), joins=("organisation",),
         about=_("In a freeze only what may not wait is changed; where there is a maintenance window, nothing is changed outside of it. Times are local, so that they stay through a change of the clocks."),
         hints={"starts": _("Local, such as 2026-12-15T00:00"), "ends": _("Such as 2027-01-06T00:00"), "rule": _("FREQ=WEEKLY;BYDAY=SU, or FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2,-1; empty: once"),
                "when": _("Such as {field: subtype, op: is, values: [normal]}; empty: all changes"), "owner": _("Is asked too when a change lies in the freeze"), "organisation": _("Empty: for all")}),
)
