from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State


def _on_caller(record):
    return "" if record.hold_reason == "caller" else _t("It waits for something else than the requester.")


def _held(record, at, by):
    return {"held_at": at, "nudges": 0}


def _off_hold(record, at, by):
    return {"hold_reason": "", "hold_until": None, "held_at": None, "nudges": 0}


def _resolved(record, at, by):
    return {"resolved_at": at, "hold_reason": "", "hold_until": None, "held_at": None, "nudges": 0}


def _reopened(record, at, by):
    return {"resolved_at": None, "close_code": "", "reopened": record.reopened + 1, "last_reopened_by": by.name}


def _closed(record, at, by):
    how = "automatic" if by.id is None else "user" if by.id == record.requester_id else "agent"
    return {"closed_at": at, "closed_how": how}


class IncidentLifecycle(Lifecycle):
    """New, in progress, on hold with its reason, resolved, closed, cancelled (features 4.3)."""

    NEW = State(_("New"), Phase.OPEN, "new", _("We have it"))
    IN_PROGRESS = State(_("In progress"), Phase.OPEN, "work", _("We are working on it"))
    ON_HOLD = State(_("On hold"), Phase.PAUSED, "wait", _("On hold"))
    RESOLVED = State(_("Resolved"), Phase.DONE, "done", _("Solved – please check"))
    CLOSED = State(_("Closed"), Phase.FINAL, "done", _("Closed"))
    CANCELLED = State(_("Cancelled"), Phase.FINAL, "done", _("Withdrawn"))

    start = Move(NEW, to=IN_PROGRESS, label=_("Start work"), needs="incident.work", icon="play")
    hold = Move(NEW | IN_PROGRESS, to=ON_HOLD, label=_("Put on hold"), needs="incident.work", icon="pause",
                ask=("hold_reason", "hold_until"), optional=("hold_until",), sets=_held,
                with_reply=lambda text: {"hold_reason": "caller"})
    resume = Move(ON_HOLD, to=IN_PROGRESS, label=_("Resume"), needs="incident.work", icon="play",
                  sets=_off_hold)
    answered = Move(ON_HOLD, to=IN_PROGRESS, label=_("Answered"), needs="incident.answered", guard=_on_caller, on_reply=True,
                    sets=_off_hold)
    resolve = Move(NEW | IN_PROGRESS | ON_HOLD, to=RESOLVED, label=_("Resolve"), needs="incident.work", icon="check",
                   hotkey="Shift R", ask=("close_code", "closing_category", "cause", "solution"),
                   optional=("closing_category", "cause"), sets=_resolved,
                   with_reply=lambda text: {"close_code": "solved", "solution": text})
    reopen = Move(RESOLVED, to=IN_PROGRESS, label=_("Reopen"), needs="incident.reopen", icon="undo-2", on_reply=True,
                  sets=_reopened)
    close = Move(RESOLVED, to=CLOSED, label=_("Close"), needs="incident.close", icon="archive", sets=_closed)
    cancel = Move(NEW | IN_PROGRESS | ON_HOLD, to=CANCELLED, label=_("Cancel"), needs="incident.cancel", icon="x",
                  ask=("solution",), sets=_closed)
