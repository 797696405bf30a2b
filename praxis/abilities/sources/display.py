from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Rows, administer

from .models import Source

administer(
    Rows(key="sources", label=_("Sources of items"), one=_("Source of items"), place="practices", model=Source, needs="sources.keep", columns=("label", "rank", "stale_days", "creates", "organisation"),
         form=("label", "key", "rank", "ranks", "stale_days", "creates", "organisation"), natural=("organisation", "key"), find=("label", "key"), order=("rank",), joins=("organisation",),
         about=_("Whom Praxis believes: the smallest rank first, what a person entered before all. What no source has seen for these days counts as stale."),
         hints={"ranks": _("Another rank for single attributes, a line each, such as hostname: 5"), "creates": _("If not, what is unknown waits under Discovery asks")}),
)
