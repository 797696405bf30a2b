from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State

from . import flow


def _started(record, at, by):
    return {"started_at": record.started_at or at, "owner": record.owner or by.id, "backing_out": False}


def _finished(record, at, by):
    return {"ended_at": at, "resolved_at": at}


def _again(record, at, by):
    return {"ended_at": None, "resolved_at": None, "result": "", "fault": ""}


def _closed(record, at, by):
    return {"closed_at": at}


def _cancelled(record, at, by):
    return {"closed_at": at, "result": "cancelled"}


def _replanned(record, at, by):
    return {"accepted": [], "accepted_why": ""}


def _reviewed(record):
    return _t("Its review has to be written first.") if flow.needs_review(record) and not record.review else ""


class ChangeLifecycle(Lifecycle):
    """New, assess, authorise, scheduled, implement, review, closed, cancelled (features 4.3); which way one takes is its model's type (CHG-03)."""

    NEW = State(_("New"), Phase.OPEN, "new", _("Planned"))
    ASSESS = State(_("Assess"), Phase.OPEN, "wait", _("Being judged"))
    AUTHORISE = State(_("Authorise"), Phase.OPEN, "wait", _("Being decided"))
    SCHEDULED = State(_("Scheduled"), Phase.OPEN, "open", _("Scheduled"))
    IMPLEMENT = State(_("Implement"), Phase.OPEN, "work", _("Under way"))
    REVIEW = State(_("Review"), Phase.DONE, "done", _("Done"))
    CLOSED = State(_("Closed"), Phase.FINAL, "done", _("Closed"))
    CANCELLED = State(_("Cancelled"), Phase.FINAL, "done", _("Cancelled"))

    submit = Move(NEW, to=ASSESS, label=_("Ask for assessment"), needs="change.change", icon="send", guard=flow.only("normal"), then=flow.assess)
    expedite = Move(NEW, to=AUTHORISE, label=_("Ask for authority"), needs="change.change", icon="send", guard=flow.only("emergency", "unauthorised"),
                    then=flow.authorise)
    schedule = Move(NEW, to=SCHEDULED, label=_("Schedule"), needs="change.change", icon="calendar-check", guard=flow.only("standard", "registration"))
    assessed = Move(ASSESS, to=AUTHORISE, label=_("Assessed"), needs="change.decide", guard=flow.approved("assess"), then=flow.authorise)
    authorised = Move(AUTHORISE, to=SCHEDULED, label=_("Authorised"), needs="change.decide", guard=flow.approved("authorise"))
    recorded = Move(AUTHORISE, to=REVIEW, label=_("Recorded after the fact"), needs="change.decide", guard=flow.approved("authorise"), sets=_finished)
    replan = Move(ASSESS | AUTHORISE | SCHEDULED, to=NEW, label=_("Back to planning"), needs="change.change", icon="undo-2", ask=("replan_reason",), sets=_replanned,
                  then=flow.unasked)
    start = Move(SCHEDULED, to=IMPLEMENT, label=_("Start"), needs="change.implement", icon="play", guard=flow.startable, sets=_started, then=flow.started)
    finish = Move(IMPLEMENT, to=REVIEW, label=_("Finish"), needs="change.implement", icon="check", hotkey="Shift R", ask=("result", "fault", "outcome"),
                  optional=("fault", "outcome"), sets=_finished, then=flow.finished)
    resume = Move(REVIEW, to=IMPLEMENT, label=_("Continue work"), needs="change.implement", icon="undo-2", sets=_again)
    close = Move(REVIEW, to=CLOSED, label=_("Close"), needs="change.close", icon="archive", guard=_reviewed, sets=_closed)
    cancel = Move(NEW | ASSESS | AUTHORISE | SCHEDULED | IMPLEMENT, to=CANCELLED, label=_("Cancel"), needs="change.change", icon="x", ask=("outcome",),
                  sets=_cancelled, then=flow.taken_back)
