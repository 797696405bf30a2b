from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State


def _deleted(record, at, by):
    return {"before": record.state, "closed_at": at}


class ItemLifecycle(Lifecycle):
    """The way of a configuration item, from plan to retirement (features 4.3); whether it works just now is its condition."""

    PLANNED = State(_("Planned"), Phase.OPEN, "new")
    IN_BUILD = State(_("In build"), Phase.OPEN, "work")
    LIVE = State(_("Live"), Phase.STANDING, "done")
    IN_MAINTENANCE = State(_("In maintenance"), Phase.STANDING, "wait")
    RETIRING = State(_("Retiring"), Phase.STANDING, "wait")
    RETIRED = State(_("Retired"), Phase.FINAL, "done")
    DELETED = State(_("Deleted"), Phase.FINAL, "done")  # by mistake or as a duplicate; can be restored

    build = Move(PLANNED, to=IN_BUILD, label=_("Start build"), needs="item.change")
    go_live = Move(PLANNED | IN_BUILD, to=LIVE, label=_("Go live"), needs="item.change")
    maintain = Move(LIVE, to=IN_MAINTENANCE, label=_("Take into maintenance"), needs="item.change")
    resume = Move(IN_MAINTENANCE, to=LIVE, label=_("Back to work"), needs="item.change")
    retire = Move(LIVE | IN_MAINTENANCE, to=RETIRING, label=_("Start retiring"), needs="item.change")
    keep = Move(RETIRING, to=LIVE, label=_("Keep it"), needs="item.change")
    delete = Move(PLANNED | IN_BUILD | LIVE | IN_MAINTENANCE | RETIRING, to=DELETED, label=_("Delete"), needs="item.delete", icon="x", ask=("removed_because",), sets=_deleted)
    end = Move(PLANNED | IN_BUILD | RETIRING, to=RETIRED, label=_("Retire"), needs="item.retire")
