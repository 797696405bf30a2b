"""What the screens themselves keep: the lifecycle's rules, with its picture."""

from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Rows, administer
from praxis.records.models import MoveRule

administer(
    Rows(key="moves", label=_("Lifecycle"), one=_("Step of the lifecycle"), place="practices", model=MoveRule, columns=("kind", "move", "label", "hidden", "organisation"),
         form=("kind", "move", "organisation", "hidden", "label", "asks", "when", "tasks", "approval"), natural=("organisation", "kind", "move"), find=("kind", "move", "label"),
         order=("kind", "move"), joins=("organisation",), picture="admin/lifecycle.j2",
         about=_("Declared steps can be hidden, renamed, tied to a condition, and made to ask for more or to add tasks. States stay as they are."),
         hints={"kind": _("Such as incident"), "move": _("Its key, such as resolve; the picture of a saved one shows them all"), "organisation": _("Empty: for all"),
                "asks": _("Columns that have to be filled, a line each, such as - category"), "tasks": _("Key of a template of tasks, made when the step is taken"),
                "when": _("The step is possible only where this holds, such as {field: priority, op: is_not, values: [\"1\"]}")}),
)
