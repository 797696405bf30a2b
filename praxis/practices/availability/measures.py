"""What is counted about outages."""

from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

REAL = Test("state", "is_not", ("void",))
measure(
    Measure(key="outage.now", label=_("Outages now"), kind="outage", group=_("Availability"), condition=every(Test("state", "is", ("ongoing",))), better="down"),
    Measure(key="outage.unconfirmed", label=_("Ended and not confirmed"), kind="outage", group=_("Availability"), condition=every(Test("state", "is", ("ended",))), better="down"),
    Measure(key="outage.unplanned", label=_("Unplanned outages"), kind="outage", group=_("Availability"), over="began", condition=every(REAL, Test("sort", "is", ("unplanned",))), better="down"),
    Measure(key="outage.by_change", label=_("Caused by a change"), kind="outage", group=_("Availability"), over="began", condition=every(REAL, Test("cause", "is", ("change",))), better="down"),
)
