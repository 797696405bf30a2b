from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State


def _named(record):
    return "" if record.environment_id else _t("Say first into which environment it goes.")


def _started(record, at, by):
    return {"started_at": at} if record.started_at is None else {}


def _finished(record, at, by):
    return {"resolved_at": at, **({"finished_at": at} if record.finished_at is None else {})}


def _back(record, at, by):
    return {"result": "rolled_back", "restored_at": record.restored_at or at}


def _closed(record, at, by):
    return {"closed_at": at}


class DeploymentLifecycle(Lifecycle):
    """Planned, running, done with its result; rolled back afterwards if it has to be; called off."""

    PLANNED = State(_("Planned"), Phase.OPEN, "new")
    RUNNING = State(_("Running"), Phase.OPEN, "work")
    DONE = State(_("Done"), Phase.DONE, "done")
    CLOSED = State(_("Closed"), Phase.FINAL, "done")
    CALLED_OFF = State(_("Called off"), Phase.FINAL, "done")

    start = Move(PLANNED, to=RUNNING, label=_("Start"), needs="deployment.change", icon="play", ask=("started_at",), optional=("started_at",), guard=_named, sets=_started)
    finish = Move(RUNNING, to=DONE, label=_("Finish"), needs="deployment.change", icon="check", ask=("result", "finished_at"), optional=("finished_at",), sets=_finished)
    roll_back = Move(DONE, to=DONE, label=_("Roll back"), needs="deployment.change", icon="undo-2", ask=("restored_at",), optional=("restored_at",), sets=_back)
    close = Move(DONE, to=CLOSED, label=_("Close"), needs="deployment.change", icon="archive", sets=_closed)
    call_off = Move(PLANNED | RUNNING, to=CALLED_OFF, label=_("Call off"), needs="deployment.change", icon="x", sets=_closed)
