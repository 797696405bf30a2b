from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State
from praxis.records.blocking import blockers


def _waits(record):
    found = ", ".join(b.number for b in blockers(record))
    return _t("It waits for %s.") % found if found else ""


def _done(record, at, by):
    return {"resolved_at": at, "owner": record.owner or by.id}


def _again(record, at, by):
    return {"resolved_at": None}


def _skipped(record, at, by):
    return {"closed_at": at}


class TaskLifecycle(Lifecycle):
    """To do, in progress, done; or failed, or not needed. What waits for a task may depend on which (CHG-12)."""

    TO_DO = State(_("To do"), Phase.OPEN, "new")
    IN_PROGRESS = State(_("In progress"), Phase.OPEN, "work")
    DONE = State(_("Done"), Phase.DONE, "done")
    SKIPPED = State(_("Not needed"), Phase.FINAL, "done")
    FAILED = State(_("Failed"), Phase.FINAL, "done")

    start = Move(TO_DO, to=IN_PROGRESS, label=_("Start"), needs="task.work", icon="play", guard=_waits)
    finish = Move(TO_DO | IN_PROGRESS, to=DONE, label=_("Done"), needs="task.work", icon="check", hotkey="Shift R", guard=_waits, sets=_done)
    redo = Move(DONE, to=IN_PROGRESS, label=_("Do it again"), needs="task.work", icon="undo-2", sets=_again)
    skip = Move(TO_DO | IN_PROGRESS, to=SKIPPED, label=_("Not needed"), needs="task.work", icon="x", ask=("outcome",), sets=_skipped)
    fail = Move(TO_DO | IN_PROGRESS, to=FAILED, label=_("Failed"), needs="task.work", icon="triangle-alert", guard=_waits, ask=("outcome",), sets=_skipped)
