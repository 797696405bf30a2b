from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Brief, Column, Field, Mark, Option, Panel, Rows, Section, View, administer, contribute, show
from praxis.lib.conditions import Group, Test, every
from praxis.records.blocking import blockers, is_blocked, open_blockers
from praxis.records.read import briefs, visible

from .kind import TASK
from .models import GATES, ONLY, Task, TaskTemplate

OPEN, MOST = Test("state", "is_not", ("done", "skipped")), 60


def _tasks(record, by):
    """The tasks of a record in their order, those that the reader may see; nothing where none can be added either."""
    if record.kind == "task":
        return None
    rows = visible(Task.objects.filter(parent=record.pk).select_related("team", "owner").annotate(waits=open_blockers())
                   .order_by("position", "pk")[:MOST], by)
    may = record.is_open and by.has("task.open")
    if not rows and not may:
        return None
    done = sum(not t.is_open for t in rows)
    return {"tasks": rows, "note": _t("%(done)s of %(all)s done") % {"done": done, "all": len(rows)} if rows else "",
            "add": f"/r/{record.number}/do/add_task" if may else None,
            "template": f"/r/{record.number}/do/add_tasks" if may and not rows else None}


def _parent(record, by):
    if record.parent is None:
        return None
    things = briefs([record.parent], by)
    return {"things": things} if things else None


def _waits(record, by):
    things = briefs(blockers(record), by) if record.is_open else []
    return {"things": things} if things else None


def _briefs(records, actor):
    return {r.pk: Brief(icon="list-checks", note=str(r.stage.label)) for r in records}


show(
    TASK,
    columns=(Column("priority", "p", quiet=True, draw="prio"), Column("number", "i"), Column("title", "m"), Column("parent"), Column("state"), Column("team"),
             Column("due_on"), Column("owner", "o", quiet=True, draw="face")),
    sorts=("due", "updated", "opened"),
    filters=("state", "team", "owner", "priority", "blocked", "service", "title", "updated"),
    views=(View("mine", _("Mine"), every(OPEN, Test("owner", "me")), count=True),
           View("group", _("Open, my group"), every(OPEN, Test("team", "my_teams")), count=True),
           View("free", _("Without an owner"), every(OPEN, Test("owner", "empty")), count=True),
           View("open", _("All open"), every(OPEN)), View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="parent", label=_("Belongs to"), path="parent", type="record", join="parent", icon="link-2", draw="tasks/marks.j2:parent", edit=False,
              ops=("is", "is_not", "empty"), empty=_("Nothing")),
        Field(key="position", label=_("Position"), icon="list-ordered", path="position", type="number"),
        Field(key="mandatory", label=_("Needed"), icon="flag", path="mandatory", type="yes", read=lambda r: _("Yes") if r.mandatory else _("No"), edit=False),
        Field(key="due_on", label=_("Due"), icon="calendar-days", read=lambda r: r.due_on and str(r.due_on), empty=_("Add a date")),
        Field(key="minutes", label=_("Minutes"), icon="clock", path="minutes", type="number", empty=_("How long it takes")),
        Field(key="gate", label=_("Point"), icon="flag", path="gate", type="choice", read=lambda r: r.get_gate_display(), options=lambda kind, actor, record, typed: [Option(k, str(w)) for k, w in GATES],
              empty=_("None")),
        Field(key="only", label=_("Carried out"), icon="split", path="only", type="choice", read=lambda r: r.get_only_display(), options=lambda kind, actor, record, typed: [Option(k, str(w)) for k, w in ONLY],
              empty=_("In any case")),
        Field(key="outcome", label=_("Outcome"), icon="check", path="outcome", edit=False),
    ),
    properties=("owner", "team", "priority", "due_on", "minutes", "gate", "only", "mandatory", "position", "service"),
    short=("state", "owner", "team", "due_on"),
    form=(Section(_("What is to be done"), "title", "description"), Section(_("Who and when"), "team", "owner", "due_on", "priority")),
    buttons=("take", "start", "finish"), panels=("tasks.waits", "tasks.parent"), signs=("blocked", "unplaced"), head=("blocked_by", "unplaced"), brief=_briefs,
)
contribute(
    "*",
    Mark("blocked", "tasks/marks.j2:blocked", ask=is_blocked, read=lambda r: r.is_open and (r.blocked_mark if hasattr(r, "blocked_mark") else bool(blockers(r)))),
    Mark("blocked_by", "tasks/marks.j2:blocked",
         read=lambda r: r.is_open and getattr(r, "blocked_mark", True) and ", ".join(b.number for b in blockers(r))),
    Field(key="blocked", label=_("Waits for others"), icon="pause", type="yes", edit=False, read=lambda r: _("Yes") if blockers(r) else _("No"),
          where=lambda fact, test, actor, kind: _blocked(test), ops=("is",)),
    Panel(key="tasks.tasks", title=_("Tasks"), slot="rail", template="tasks/tasks.j2", load=_tasks, on=("tasks.*", "*.moved", "record.released"), order=35),
)
contribute(
    "task",
    Panel(key="tasks.parent", title=_("Belongs to"), slot="rail", template="tasks/things.j2", load=_parent, order=12),
    Panel(key="tasks.waits", title=_("Waits for"), slot="rail", template="tasks/things.j2", load=_waits, on=("record.*", "task.moved"), order=11),
)


def _blocked(test):
    wanted = test.values[:1] and test.values[0].lower() in ("1", "true", "yes")
    waits = open_blockers()
    return waits if wanted else ~waits


administer(
    Rows(key="task-templates", label=_("Templates of tasks"), one=_("Template of tasks"), place="practices", model=TaskTemplate,
         columns=("label", "key", "kind", "organisation"), form=("label", "key", "kind", "organisation", "steps"), natural=("organisation", "key"),
         find=("label", "key"), order=("label",), joins=("organisation",), needs="tasks.templates",
         about=_("Steps that several groups do for one record, in order or side by side."),
         hints={"kind": _("Such as incident; empty: every kind"), "organisation": _("Empty: for all"),
                "steps": _("A line a step, such as {title: Order the laptop, team: Workplace, due: 2d}. Each waits for the one before; after: [1] or after: [] says otherwise; only: failed makes it a back-out.")}),
)
