"""What is counted about deployments."""

from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

DONE = Test("result", "not_empty")
measure(
    Measure(key="deployment.done", label=_("Deployments"), kind="deployment", group=_("Delivery"), over="finished", condition=every(DONE)),
    Measure(key="deployment.failed", label=_("Failed or rolled back"), kind="deployment", group=_("Delivery"), over="finished", condition=every(Test("result", "is", ("failed", "rolled_back"))), of=every(DONE), better="down"),
    Measure(key="deployment.broke", label=_("Broke something"), kind="deployment", group=_("Delivery"), over="finished", condition=every(DONE, Test("broke", "is", ("True",))), better="down"),
    Measure(key="deployment.unplanned", label=_("Unplanned"), kind="deployment", group=_("Delivery"), over="finished", condition=every(DONE, Test("unplanned", "is", ("True",))), of=every(DONE), better="down"),
)
