from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State


def _complete(record):
    return "" if record.supplier_id and record.starts_on else _t("Say first with whom and from when.")


def _ends(record):
    return "" if record.ends_on else _t("It has no end that could be renewed.")


def _anew(record, at, by):
    return {"warned": None}


class ContractLifecycle(Lifecycle):
    """Negotiated, in force, notice given, ended (ITIL 4, supplier management)."""

    DRAFT = State(_("Draft"), Phase.OPEN, "new")
    IN_FORCE = State(_("In force"), Phase.STANDING, "done")
    NOTICE_GIVEN = State(_("Notice given"), Phase.STANDING, "wait")
    ENDED = State(_("Ended"), Phase.FINAL, "done")

    sign = Move(DRAFT, to=IN_FORCE, label=_("Put in force"), needs="contract.approve", icon="check", guard=_complete, ask=("ends_on", "notice_days"), optional=("ends_on",))
    renew = Move(IN_FORCE, to=IN_FORCE, label=_("Renew"), needs="contract.approve", icon="repeat", guard=_ends, ask=("ends_on", "value"), optional=("value",), sets=_anew)
    give_notice = Move(IN_FORCE, to=NOTICE_GIVEN, label=_("Give notice"), needs="contract.approve", icon="send", ask=("ending",))
    withdraw = Move(NOTICE_GIVEN, to=IN_FORCE, label=_("Withdraw the notice"), needs="contract.approve", icon="undo-2")
    end = Move(DRAFT | IN_FORCE | NOTICE_GIVEN, to=ENDED, label=_("End"), needs="contract.approve", icon="archive", ask=("ending",))
