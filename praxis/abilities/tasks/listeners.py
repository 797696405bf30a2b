"""What holds between a record and its tasks: needed ones come first, the end of the record ends them, its secrecy is theirs."""

import logging

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils.translation import gettext as _t

from praxis.kernel import listen
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.kernel.lifecycle import Phase
from praxis.records import overlays, write
from praxis.records.blocking import open_blockers
from praxis.records.models import BLOCKS, Record

from .actions import from_template
from .models import Task, TaskTemplate

log = logging.getLogger("praxis.tasks")


@write.until_done
def needed_tasks(record):
    """A record with open tasks that are needed cannot be finished; the reason lists them (L2-2)."""
    if record.kind == "task":
        return ""
    left = list(Task.objects.open().filter(parent=record.pk, mandatory=True).order_by("position", "pk")[:20])
    return _t("Needed tasks are open: %s.") % ", ".join(f"{t.number} {t.title}" for t in left) if left else ""


@listen.on("*")
def follow(event):
    if event.subject and event.kind != "task" and ("restricted" in event.changes or "state" in event.changes):
        _parent_changed(event)


@listen.on("*.moved")
def of_a_move(event):
    """The tasks that a rule adds to a move; the move stands even when its template names groups that are gone."""
    rule = overlays.rules(event.kind, event.organisation).get(event.data.get("move"))
    template = rule and rule.tasks and TaskTemplate.objects.filter(Q(organisation=None) | Q(organisation=event.organisation), key=rule.tasks).order_by(F("organisation").desc(nulls_last=True)).first()
    if not template:
        return
    record = registry[event.kind].model.objects.select_related("service").get(pk=event.subject)
    try:
        from_template(record, system("Praxis", event.organisation), template)
    except ValidationError as problem:
        log.warning("The tasks of %s could not be added to %s: %s", rule, record.number, " ".join(problem.messages))


@listen.on("task.moved")
def follow_up(event):
    """What comes after a task is carried out or not needed, as what came of it says; of one that failed the record's owner hears."""
    if "state" not in event.changes or registry["task"].lifecycle.states[event.changes["state"][1]].is_open:
        return
    by = system("Praxis", event.organisation)
    for task in Task.objects.filter(links_in__source=event.subject, links_in__type=BLOCKS, state="to_do").exclude(only="").filter(~open_blockers()):
        before = dict(Task.objects.filter(links_out__target=task.pk, links_out__type=BLOCKS).values_list("number", "state"))
        failed = [number for number, state in before.items() if state == "failed"]
        if task.only == "failed" and not failed:
            write.move(task, by, "skip", outcome=_t("Not needed: nothing before it failed."))
        elif task.only == "done" and set(before.values()) != {"done"}:
            write.move(task, by, "skip", outcome=_t("Not carried out: %s failed.") % ", ".join(failed) if failed else _t("Not needed, like what comes before it."))
    if event.changes["state"][1] == "failed":
        _failed(event, by)


def _failed(event, by):
    task = Task.objects.select_related("parent").get(pk=event.subject)
    if task.parent and task.parent.is_open:
        record = registry[task.parent.kind].model.objects.get(pk=task.parent_id)
        write.note(record, by, needs=f"{record.kind}.see", event="tasks.failed", data={
            "words": f"{task.number} {task.title}: {task.outcome}"[:250], "tell": [record.owner_id] if record.owner_id and record.owner_id != event.actor_id else []})


@listen.on("task.moved")
def roll_up(event):
    """The owner of the record hears that the last needed task is done."""
    task = Task.objects.filter(pk=event.subject).values("parent", "parent__owner", "parent__kind", "parent__is_open", "parent__organisation").first()
    parent = task["parent"]
    if not parent or not task["parent__is_open"] or "state" not in event.changes or event.changes["state"][1] not in ("done", "skipped", "failed"):
        return
    if Task.objects.open().filter(parent=parent).exists():
        return
    record = registry[task["parent__kind"]].model.objects.get(pk=parent)
    owner = task["parent__owner"]
    write.note(record, system("Praxis", task["parent__organisation"]), needs=f"{record.kind}.see", event="tasks.finished",
               data={"words": _t("%s: all tasks are done") % record.number, "tell": [owner] if owner and owner != event.actor_id else []})


def _parent_changed(event):
    tasks = list(Task.objects.open().filter(parent=event.subject)) if event.version > 1 else []
    if not tasks:
        return
    by = system("Praxis", event.organisation)
    if "restricted" in event.changes:
        for task in Task.objects.filter(parent=event.subject):
            write.change(task, by, event="task.changed", restricted=event.changes["restricted"][1])
    if "state" in event.changes and registry[event.kind].lifecycle.states[event.changes["state"][1]].phase == Phase.FINAL:
        number = Record.objects.values_list("number", flat=True).get(pk=event.subject)
        ended = Task.objects.open().filter(parent=event.subject)
        if event.changes["state"][0] and registry[event.kind].lifecycle.states[event.changes["state"][0]].phase == Phase.DONE:
            ended = ended.filter(mandatory=True)  # what a review found is to be done goes on after the record is closed
        for task in ended:
            write.move(task, by, "skip", outcome=_t("%s was ended.") % number)
