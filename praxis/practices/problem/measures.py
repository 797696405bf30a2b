"""What is counted about problems."""

from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

from .display import OPEN

DONE = Test("state", "is", ("resolved", "closed"))
NOW, WENT = _("Problems now"), _("Problems solved in the period")


def _now(key, label, *tests, **more):
    return Measure(key=f"problem.{key}", label=label, kind="problem", group=NOW, condition=every(OPEN, *tests), **more)


def _went(key, label, *tests, **more):
    return Measure(key=f"problem.{key}", label=label, kind="problem", group=WENT, over="resolved", condition=every(DONE, *tests), **more)


measure(
    _now("open", _("Open problems")),
    _now("new", _("Not assessed"), Test("state", "is", ("new", "assess")), better="down"),
    _now("old", _("Older than 30 days"), Test("opened", "before", ("-30d",)), better="down"),
    _now("unowned", _("Without an owner"), Test("owner", "empty"), better="down"),
    _now("workaround", _("With a workaround"), Test("workaround", "not_empty"), of=every(OPEN), better="up"),
    _now("known", _("Known errors"), Test("known", "not_empty"), better="up"),
    _went("resolved", _("Solved problems")),
    _went("fixed", _("Fixed for good"), Test("close_code", "is", ("fix_applied",)), of=every(DONE), better="up"),
    _went("accepted", _("Risk accepted"), Test("close_code", "is", ("risk_accepted",)), of=every(DONE), better="down"),
    Measure(key="incident.explained", label=_("With a problem behind them"), kind="incident", group=_("Reported in the period"), over="opened", condition=every(Test("problem", "not_empty")),
            of=every(), better="up", about=_("Of the incidents reported in the period, those whose problem is known.")),
)
