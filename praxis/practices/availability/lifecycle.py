from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State
from praxis.kernel.now import now


def _begun(record, at, by):
    return {"began_at": record.began_at or at}


def _ended(record, at, by):
    return {"resolved_at": at, **({} if record.ended_at else {"ended_at": at})}


def _again(record, at, by):
    return {"resolved_at": None, "ended_at": None}


def _closed(record, at, by):
    return {"closed_at": at}


def _named(record):
    return "" if record.item_id or record.service_id else _t("Say first what is out: an item or a service.")


def _not_yet(record):
    return _named(record) or (_t("It begins later.") if record.began_at and record.began_at > now() else "")


class OutageLifecycle(Lifecycle):
    """Planned or going on, then ended; confirmed when somebody checked begin and end, void when it was none."""

    PLANNED = State(_("Planned"), Phase.OPEN, "new")
    ONGOING = State(_("Going on"), Phase.OPEN, "work")
    ENDED = State(_("Ended"), Phase.DONE, "done")
    CONFIRMED = State(_("Confirmed"), Phase.FINAL, "done")
    VOID = State(_("No outage"), Phase.FINAL, "done")

    begin = Move(PLANNED, to=ONGOING, label=_("It has begun"), needs="outage.change", icon="play", guard=_not_yet, sets=_begun)
    end = Move(PLANNED | ONGOING, to=ENDED, label=_("It has ended"), needs="outage.change", icon="check", ask=("ended_at", "cause"), optional=("ended_at", "cause"), guard=_named, sets=_ended)
    again = Move(ENDED, to=ONGOING, label=_("It goes on"), needs="outage.change", icon="undo-2", sets=_again)
    confirm = Move(ENDED, to=CONFIRMED, label=_("Confirm"), needs="outage.confirm", icon="clipboard-check", sets=_closed)
    void = Move(PLANNED | ONGOING | ENDED, to=VOID, label=_("It was none"), needs="outage.confirm", icon="x", sets=_closed)
