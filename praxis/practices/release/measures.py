"""What is counted about releases."""

from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

from .display import OPEN

measure(
    Measure(key="release.open", label=_("Open releases"), kind="release", group=_("Delivery"), condition=every(OPEN)),
    Measure(key="release.late", label=_("Planned day has passed"), kind="release", group=_("Delivery"), condition=every(OPEN, Test("planned_on", "before", ("0m",))), better="down"),
)
