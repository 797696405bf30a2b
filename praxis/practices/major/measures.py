"""What is counted about major incidents."""

from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

measure(
    Measure(key="incident.major_now", label=_("Major incidents now"), kind="incident", group=_("Major incidents"), condition=every(Test("major", "is", ("running",))), better="down"),
    Measure(key="incident.major", label=_("Major incidents"), kind="incident", group=_("Major incidents"), over="opened", condition=every(Test("major", "is", ("running", "ended"))), better="down"),
    Measure(key="incident.major_unreviewed", label=_("Without their review"), kind="incident", group=_("Major incidents"), over="opened", condition=every(Test("major", "is", ("unreviewed",))), better="down"),
)
