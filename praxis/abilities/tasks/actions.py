"""Putting tasks on a record, one by one or from a template."""

from datetime import date, timedelta
from typing import Annotated

from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.lifecycle import Phase
from praxis.kernel.now import now
from praxis.lib.text import whole
from praxis.people.models import Team
from praxis.records import write
from praxis.records.models import BLOCKS, Record
from praxis.records.read import base, by_number

from .kind import TASK
from .models import GATES, ONLY, Task, TaskTemplate


def _takes_tasks(record):
    """What is done takes tasks too: a review finds what is to be done next time."""
    return record.phase != Phase.FINAL and record.kind != "task"


def _open_tasks(record, actor):
    return [(t.number, f"{t.number} {t.title}") for t in Task.objects.open().filter(parent=record.pk).order_by("position", "pk")]


def templates_for(record, actor):
    """The templates that fit the record's kind, of its organisation and of all."""
    rows = TaskTemplate.objects.filter(Q(organisation=None) | Q(organisation=record.organisation_id), kind__in=("", record.kind))
    return [(str(t.pk), t.label) for t in rows.order_by("label")]


def _day(text):
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError({"due_on": _t("Write a date such as 2026-11-30.")}) from None


@registry.offer("*", label=_("Add a task"), needs="task.open", icon="list-checks", when=_takes_tasks)
def add_task(record: Record, by: Actor, title: Annotated[str, Ask(_("What is to be done"))],
             team: Annotated[int, Ask(_("Group"), kind="team")] = None, owner: Annotated[int, Ask(_("Owner"), kind="person")] = None,
             due_on: Annotated[str, Ask(_("Due"), kind="date")] = "", after: Annotated[str, Ask(_("After"), options=_open_tasks)] = "",
             optional: Annotated[bool, Ask(_("Not needed to finish the record"))] = False,
             minutes: Annotated[int, Ask(_("Minutes that it takes"))] = None, gate: Annotated[str, Ask(_("Point"), options=lambda record, actor: GATES)] = "",
             only: Annotated[str, Ask(_("Carried out"), options=lambda record, actor: ONLY, hint=_("What came of the task before it"))] = ""):
    """A step of work on this record, for any group."""
    first = by_number(after, by) if after else None
    if after and (first is None or first.kind != "task" or first.parent_id != record.pk):
        raise ValidationError({"after": _t("Choose a task of this record.")})
    if only and first is None:
        raise ValidationError({"only": _t("Say after which task.")})
    made = _made(record, by, title=title, team=team, owner=owner, due_on=_day(due_on), mandatory=not optional, minutes=minutes, gate=gate, only=only)
    if first:
        write.link(first, made, BLOCKS, by, needs="see")
    _told(record, by, f"{made.number} {made.title}")
    return record


@registry.offer("*", label=_("Tasks from a template"), needs="task.open", icon="list-checks", when=_takes_tasks)
def add_tasks(record: Record, by: Actor, template: Annotated[int, Ask(_("Template"), options=templates_for)]):
    """All steps of a template, in its order, for the groups that it names."""
    if str(template) not in dict(templates_for(record, by)):
        raise ValidationError({"template": _t("Choose one of the list.")})
    chosen = TaskTemplate.objects.get(pk=whole(str(template)))
    made = from_template(record, by, chosen)
    _told(record, by, _t("%(n)s tasks from “%(template)s”") % {"n": len(made), "template": chosen.label})
    return record


@registry.offer("*", label=_("Task done"), needs="task.work", icon="check", quiet=True, when=_takes_tasks)
def tick(record: Record, by: Actor, task: Annotated[str, Ask(_("Task"), options=_open_tasks)]):
    """Finish a task of this record from its own page."""
    found = by_number(task, by)
    if found is None or found.kind != "task" or found.parent_id != record.pk:
        raise ValidationError({"task": _t("Choose a task of this record.")})
    write.move(found, by, "finish")
    return record


def from_template(record, by, template):
    """The tasks of a template's steps; nothing is made when one of its groups does not exist."""
    homes = Q(organisation=record.organisation_id) | Q(organisation=None)
    names = {str(s["team"]) for s in template.steps if s.get("team")}
    groups = {t.name: t for t in Team.objects.filter(homes, name__in=names).order_by("organisation")}
    if missing := sorted(names - set(groups)):
        raise ValidationError({"template": _t("The template names groups that do not exist here: %s.") % ", ".join(missing)})
    today, made = timezone.localtime(now()).date(), []
    for n, step in enumerate(template.steps, 1):
        due = today + timedelta(days=int(str(step["due"]).removesuffix("d"))) if step.get("due") else None
        task = _made(record, by, title=step["title"], description=step.get("description", ""), team=groups.get(step.get("team", "")),
                     due_on=due, mandatory=step.get("mandatory", True), minutes=step.get("minutes"), gate=step.get("gate", ""), only=step.get("only", ""))
        for place in step.get("after", [n - 1] if n > 1 else []):
            write.link(made[place - 1], task, BLOCKS, by, needs="see")
        made.append(task)
    return made


def _made(record, by, **values):
    last = Task.objects.filter(parent=record.pk).aggregate(last=Max("position"))["last"] or 0
    values = {k: v for k, v in values.items() if v not in (None, "")}
    service = record.service if record.service_id and by.may("service.see", record.service) else None
    return write.open_record(TASK, by, parent=base(record), position=last + 1, priority=record.priority, restricted=record.restricted,
                             **({"service": service} if service else {}), **values)


def _told(record, by, words):
    write.note(record, by, needs=f"{record.kind}.see", event="tasks.added", data={"words": words})


@TASK.action(label=_("Assign to me"), needs="task.work", icon="hand", hotkey="I", many=True, when=lambda record: record.is_open and record.owner_id is None)
def take(record: Task, by: Actor):
    """Become the owner of a task that has none."""
    return write.change(record, by, needs="task.work", event="task.changed", seen=record.version, owner=by.id)
