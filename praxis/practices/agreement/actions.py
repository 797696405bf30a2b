from typing import Annotated

from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor
from praxis.kernel.kinds import Ask
from praxis.records import write

from .kind import AGREEMENT
from .models import Agreement


@AGREEMENT.action(label=_("Set services"), needs="agreement.change", icon="gem")
def cover(record: Agreement, by: Actor,
          services: Annotated[str, Ask(_("Services"), lines=2, hint=_("Their numbers with commas between, such as SVC-1, SVC-4; none: all"))] = ""):
    """Say for which services the agreement holds; without any it holds for all of its customer."""
    numbers = sorted({n.strip().upper() for n in services.replace("\n", ",").split(",") if n.strip()})
    return write.change(record, by, needs="agreement.change", event="agreement.changed", services=numbers)
