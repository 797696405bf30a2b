from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State


def _empty(record):
    return _t("There are still %s of it. Take them out first.") % record.on_hand if record.on_hand else ""


class ConsumableLifecycle(Lifecycle):
    """Planned, kept in stock, no longer bought."""

    PLANNED = State(_("Planned"), Phase.OPEN, "new")
    KEPT = State(_("Kept in stock"), Phase.STANDING, "done")
    ENDED = State(_("No longer kept"), Phase.FINAL, "done")

    keep = Move(PLANNED, to=KEPT, label=_("Keep in stock"), needs="consumable.change", icon="check")
    end = Move(PLANNED | KEPT, to=ENDED, label=_("No longer keep"), needs="consumable.change", icon="archive", guard=_empty)
