from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

measure(*(
    Measure(key=f"agreement.{key}", label=label, kind="agreement", group=_("Agreements"), condition=every(*tests))
    for key, label, tests in (
        ("in_force", _("In force"), [Test("state", "is", ("in_force", "under_review"))]),
        ("drafts", _("Drafts"), [Test("state", "is", ("draft", "proposed"))]),
        ("no_owner", _("In force without an owner"), [Test("state", "is", ("in_force", "under_review")), Test("owner", "empty")]),
    )
))
