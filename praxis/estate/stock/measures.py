from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

KEPT = Test("state", "is", ("kept",))
measure(
    Measure(key="consumable.kept", label=_("Kept in stock"), kind="consumable", group=_("Consumables"), condition=every(KEPT)),
    Measure(key="consumable.short", label=_("To reorder"), kind="consumable", group=_("Consumables"), condition=every(KEPT, Test("short", "is", ("yes",))), better="down"),
)
