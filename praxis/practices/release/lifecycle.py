from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State

from . import gates


def _gate(stage):
    def guard(record):
        left = gates.shut(record, stage)
        return _t("Not passed yet: %s.") % "; ".join(j.gate.label for j in left) if left else ""

    return guard


def _deployed(record, at, by):
    return {"deployed_at": record.deployed_at or at}


def _reviewed(record):
    return "" if record.review.strip() else _t("Its review has to be written first.")


def _cared(record):
    return _t("Early-life support has not ended: hand it over first.") if record.care_until and not record.care_exit else _reviewed(record)


def _finished(record, at, by):
    return {"resolved_at": at}


def _closed(record, at, by):
    return {"closed_at": at}


def _no_training(record):
    return _t("It needs training first.") if record.training else ""


def _training(record):
    return "" if record.training else _t("It needs no training.")


class ReleaseLifecycle(Lifecycle):
    """Submission, planning, build, test, acceptance, deployment, training, review, closed (features 4.3); training only where it is needed."""

    SUBMISSION = State(_("Submission"), Phase.OPEN, "new")
    PLANNING = State(_("Planning"), Phase.OPEN)
    BUILD = State(_("Build"), Phase.OPEN, "work")
    TEST = State(_("Test"), Phase.OPEN, "work")
    UAT = State(_("Acceptance test"), Phase.OPEN, "work")
    DEPLOYMENT = State(_("Deployment"), Phase.OPEN, "work")
    TRAINING = State(_("Training"), Phase.OPEN, "work")
    REVIEW = State(_("Review"), Phase.DONE, "done")
    CLOSED = State(_("Closed"), Phase.FINAL, "done")
    CANCELLED = State(_("Cancelled"), Phase.FINAL, "done")

    plan_it = Move(SUBMISSION, to=PLANNING, label=_("Plan"), needs="release.change", icon="list-checks")
    build = Move(PLANNING, to=BUILD, label=_("Build"), needs="release.change", icon="code", guard=_gate("build"))
    test = Move(BUILD, to=TEST, label=_("Test"), needs="release.change", icon="flask-conical", guard=_gate("test"))
    accept = Move(TEST, to=UAT, label=_("Acceptance test"), needs="release.change", icon="users", guard=_gate("uat"))
    deploy = Move(UAT, to=DEPLOYMENT, label=_("Deploy"), needs="release.deploy", icon="move-up-right", guard=_gate("deployment"))
    train = Move(DEPLOYMENT, to=TRAINING, label=_("Train"), needs="release.change", icon="presentation", guard=_training, sets=_deployed)
    finish = Move(DEPLOYMENT, to=REVIEW, label=_("Finish"), needs="release.change", icon="check",
                  guard=lambda r: _no_training(r) or _gate("review")(r), sets=lambda r, at, by: _deployed(r, at, by) | _finished(r, at, by))
    trained = Move(TRAINING, to=REVIEW, label=_("Trained"), needs="release.change", icon="check", guard=_gate("review"), sets=_finished)
    rework = Move(TEST | UAT | DEPLOYMENT, to=BUILD, label=_("Back to build"), needs="release.change", icon="undo-2")
    close = Move(REVIEW, to=CLOSED, label=_("Close"), needs="release.close", icon="archive", guard=_cared, sets=_closed)
    cancel = Move(SUBMISSION | PLANNING | BUILD | TEST | UAT, to=CANCELLED, label=_("Cancel"), needs="release.close", icon="x", ask=("outcome",), sets=_closed)
