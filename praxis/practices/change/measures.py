"""What is counted about changes: what waits, and of those that ended in a period how they went (CM9, CM10)."""

from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

OPEN = Test("state", "is", ("new", "assess", "authorise", "scheduled", "implement"))
DONE = every(Test("result", "is", ("successful", "issues", "partial", "failed_backed_out", "failed_left")))
NOW, WENT = _("Changes now"), _("Changes ended in the period")


def _now(key, label, *tests, **more):
    return Measure(key=f"change.{key}", label=label, kind="change", group=NOW, condition=every(OPEN, *tests), **more)


def _went(key, label, *tests, **more):
    return Measure(key=f"change.{key}", label=label, kind="change", group=WENT, over="ended_at", condition=every(*DONE.parts, *tests), **more)


measure(
    _now("open", _("Open changes")),
    _now("deciding", _("Waiting for a decision"), Test("state", "is", ("assess", "authorise")), better="down"),
    _now("scheduled", _("Scheduled"), Test("state", "is", ("scheduled",))),
    _now("high", _("High risk"), Test("risk", "is", ("high",)), better="down"),
    _now("overdue", _("Window over and not started"), Test("planned_end", "before", ("0m",)), better="down"),
    _went("ended", _("Ended")),
    _went("successful", _("Successful"), Test("result", "is", ("successful",)), of=DONE, better="up"),
    _went("failure_rate", _("Failed or caused an incident"), Test("went_wrong", "is", ("yes",)), of=DONE, better="down",
          about=_("Of the changes that ended, those that failed and those that are confirmed to have caused an incident.")),
    _went("emergencies", _("Emergencies"), Test("type", "is", ("emergency",)), of=DONE, better="down"),
    _went("standard", _("Standard changes"), Test("type", "is", ("standard",)), of=DONE, better="up"),
    _went("unauthorised", _("Unauthorised"), Test("type", "is", ("unauthorised",)), better="down"),
    _went("unreviewed", _("Not reviewed"), Test("state", "is", ("review",)), better="down"),
)
