from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State


class ServiceLifecycle(Lifecycle):
    """The portfolio's path, from idea to retirement (features 4.3)."""

    IDEA = State(_("Idea"), Phase.OPEN, "new")
    DEFINED = State(_("Defined"), Phase.OPEN)
    APPROVED = State(_("Approved"), Phase.OPEN)
    IN_DESIGN = State(_("In design"), Phase.OPEN, "work")
    IN_TRANSITION = State(_("In transition"), Phase.OPEN, "work")
    LIVE = State(_("Live"), Phase.STANDING, "done")
    RETIRING = State(_("Retiring"), Phase.STANDING, "wait")
    RETIRED = State(_("Retired"), Phase.FINAL, "done")

    define = Move(IDEA, to=DEFINED, label=_("Define"), needs="service.change")
    approve = Move(DEFINED, to=APPROVED, label=_("Approve"), needs="service.approve")
    design = Move(APPROVED, to=IN_DESIGN, label=_("Start design"), needs="service.change")
    transition = Move(IN_DESIGN, to=IN_TRANSITION, label=_("Start transition"), needs="service.change")
    go_live = Move(IN_TRANSITION | APPROVED, to=LIVE, label=_("Go live"), needs="service.approve")
    retire = Move(LIVE, to=RETIRING, label=_("Start retiring"), needs="service.approve")
    keep = Move(RETIRING, to=LIVE, label=_("Keep it live"), needs="service.approve")
    end = Move(RETIRING, to=RETIRED, label=_("Retire"), needs="service.approve")
