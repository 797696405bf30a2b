from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

USED, STOCK = Test("state", "is", ("in_use",)), Test("state", "is", ("in_stock",))
measure(*(
    Measure(key=f"asset.{key}", label=label, kind="asset", group=_("Assets"), condition=every(*tests), better=better)
    for key, label, better, tests in (
        ("in_use", _("In use"), "", [USED]),
        ("in_stock", _("In stock"), "", [STOCK]),
        ("lent_over", _("Lent and over"), "down", [USED, Test("loan_until", "before", ("0m",))]),
        ("away", _("Missing or stolen"), "down", [Test("state", "is", ("missing", "stolen"))]),
        ("warranty", _("In use, warranty ends in 90 days"), "down", [USED, Test("warranty_until", "after", ("0m",)), Test("warranty_until", "before", ("90d",))]),
        ("unknown_price", _("In use, day of purchase unknown"), "down", [USED, Test("bought_on", "empty")]),
    )
))
