from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

FORCE = Test("state", "is", ("in_force", "notice_given"))
measure(*(
    Measure(key=f"contract.{key}", label=label, kind="contract", group=_("Contracts"), condition=every(*tests), better=better)
    for key, label, better, tests in (
        ("in_force", _("In force"), "", [FORCE]),
        ("to_decide", _("To decide in 90 days"), "down", [Test("state", "is", ("in_force",)), Test("notice_on", "before", ("90d",))]),
        ("no_owner", _("In force without an owner"), "down", [FORCE, Test("owner", "empty")]),
    )
))
