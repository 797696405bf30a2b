from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State

from . import differences


def _figures(record, at, by):
    now = differences.of(record)
    return {"found": len(now.found), "missing": len(now.missing), "strays": len(now.strays), "closed_at": at}


class StocktakeLifecycle(Lifecycle):
    """Counting, then finished with its figures; what is done about the differences follows from what was ticked."""

    COUNTING = State(_("Counting"), Phase.OPEN, "work")
    FINISHED = State(_("Finished"), Phase.FINAL, "done")
    CANCELLED = State(_("Cancelled"), Phase.FINAL, "done")

    finish = Move(COUNTING, to=FINISHED, label=_("Finish"), needs="stocktake.finish", icon="check", ask=("report_missing", "bring_here"), optional=("report_missing", "bring_here"), sets=_figures)
    cancel = Move(COUNTING, to=CANCELLED, label=_("Cancel"), needs="stocktake.finish", icon="x")
