from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

measure(*(
    Measure(key=f"service.{key}", label=label, kind="service", group=_("Services"), condition=every(*tests))
    for key, label, tests in (
        ("live", _("Live"), [Test("state", "is", ("live", "retiring"))]),
        ("pipeline", _("In the pipeline"), [Test("state", "is_not", ("live", "retiring", "retired"))]),
        ("critical", _("Live and critical"), [Test("state", "is", ("live", "retiring")), Test("criticality", "is", ("1",))]),
        ("no_owner", _("Live without an owner"), [Test("state", "is", ("live", "retiring")), Test("owner", "empty")]),
    )
))
