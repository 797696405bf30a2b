from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State

from .models import Cause


def _held(record, at, by):
    return {"held_from": record.state}


def _from(*states):
    def guard(record):
        return "" if record.held_from in states else _t("It was put on hold elsewhere.")

    return guard


def _on(record, at, by):
    return {"held_from": "", "hold_why": ""}


def _resolved(record, at, by):
    return {"resolved_at": at}


def _again(record, at, by):
    return {"resolved_at": None, "close_code": ""}


def _closed(record, at, by):
    return {"closed_at": at}


def _unproved(record):
    return "" if Cause.objects.filter(problem=record.pk, sure="proved").exists() else _t("No cause is proved yet. Add the evidence of one, and mark it as proved.")


def _unreviewed(record):
    return _t("Its review has to be written first: it is a major problem.") if record.major and not record.review.strip() else ""


class ProblemLifecycle(Lifecycle):
    """New, assess, root cause analysis, fix in progress, resolved, closed (features 4.3); on hold and cancelled beside it."""

    NEW = State(_("New"), Phase.OPEN, "new")
    ASSESS = State(_("Assess"), Phase.OPEN)
    ANALYSIS = State(_("Root cause analysis"), Phase.OPEN, "work")
    FIX = State(_("Fix in progress"), Phase.OPEN, "work")
    ON_HOLD = State(_("On hold"), Phase.PAUSED, "wait")
    RESOLVED = State(_("Resolved"), Phase.DONE, "done")
    CLOSED = State(_("Closed"), Phase.FINAL, "done")
    CANCELLED = State(_("Cancelled"), Phase.FINAL, "done")

    assess = Move(NEW, to=ASSESS, label=_("Assess"), needs="problem.change", icon="search")
    analyse = Move(NEW | ASSESS, to=ANALYSIS, label=_("Find the root cause"), needs="problem.change", icon="list-tree")
    confirm = Move(ANALYSIS, to=FIX, label=_("Confirm root cause"), needs="problem.change", icon="check", ask=("root_cause", "cause_code"), guard=_unproved)
    hold = Move(ASSESS | ANALYSIS | FIX, to=ON_HOLD, label=_("Put on hold"), needs="problem.change", icon="pause", ask=("hold_why",), sets=_held)
    resume = Move(ON_HOLD, to=ANALYSIS, label=_("Resume"), needs="problem.change", icon="play", guard=_from("assess", "analysis"), sets=_on)
    resume_fix = Move(ON_HOLD, to=FIX, label=_("Resume the fix"), needs="problem.change", icon="play", guard=_from("fix"), sets=_on)
    resolve = Move(ANALYSIS | FIX, to=RESOLVED, label=_("Resolve"), needs="problem.change", icon="check", hotkey="Shift R",
                   ask=("close_code", "solution", "accepted_why"), optional=("solution", "accepted_why"), sets=_resolved)
    reanalyse = Move(FIX | RESOLVED, to=ANALYSIS, label=_("Analyse again"), needs="problem.reopen", icon="undo-2", sets=_again)
    close = Move(RESOLVED, to=CLOSED, label=_("Close"), needs="problem.close", icon="archive", guard=_unreviewed, sets=_closed)
    cancel = Move(NEW | ASSESS | ANALYSIS | ON_HOLD, to=CANCELLED, label=_("Cancel"), needs="problem.close", icon="x", ask=("accepted_why",), sets=_closed)
