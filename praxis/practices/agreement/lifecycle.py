from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State


def _complete(record):
    if not record.targets:
        return _t("Choose its promises first.")
    return _t("An agreement between groups names its group.") if record.basis == "ola" and not record.team_id else ""


def _next_revision(record, at, by):
    return {"revision": record.revision + 1}


class AgreementLifecycle(Lifecycle):
    """Drafted, proposed, in force, under review, ended (ITIL v3, service level management: the agreement's cycle of review)."""

    DRAFT = State(_("Draft"), Phase.OPEN, "new")
    PROPOSED = State(_("With the other party"), Phase.OPEN, "wait")
    IN_FORCE = State(_("In force"), Phase.STANDING, "done")
    UNDER_REVIEW = State(_("Under review"), Phase.STANDING, "wait")
    ENDED = State(_("Ended"), Phase.FINAL, "done")

    propose = Move(DRAFT, to=PROPOSED, label=_("Propose"), needs="agreement.change", icon="send")
    redraft = Move(PROPOSED, to=DRAFT, label=_("Draft again"), needs="agreement.change", icon="pencil")
    agree = Move(DRAFT | PROPOSED, to=IN_FORCE, label=_("Put in force"), needs="agreement.approve", icon="check", guard=_complete,
                 ask=("valid_from", "review_on"), optional=("review_on",))
    review = Move(IN_FORCE, to=UNDER_REVIEW, label=_("Start review"), needs="agreement.change", icon="repeat")
    revise = Move(UNDER_REVIEW, to=IN_FORCE, label=_("Finish review"), needs="agreement.approve", icon="check", guard=_complete,
                  ask=("review_on",), sets=_next_revision)
    end = Move(DRAFT | PROPOSED | IN_FORCE | UNDER_REVIEW, to=ENDED, label=_("End"), needs="agreement.approve", icon="archive",
               ask=("valid_to",), optional=("valid_to",))
