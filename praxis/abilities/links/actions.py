from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor
from praxis.kernel.kinds import Ask, registry
from praxis.records import write
from praxis.records.models import Record
from praxis.records.read import by_number


def _types(record, actor):
    return [(t.key, t.forward) for t in registry.link_types.values()]


@registry.offer("*", label=_("Link"), needs="*.link", icon="link-2", hotkey="L", after_close=True)
def link(record: Record, by: Actor, to: Annotated[str, Ask(_("Record"), kind="record", hint=_("Its number, such as INC-1042"))],
         type: Annotated[str, Ask(_("How"), options=_types)] = "related"):
    """Relate this record to another that you can see."""
    other = by_number(to.strip().upper(), by)
    if other is None:
        raise ValidationError({"to": _t("There is no record of this number that you can see.")})
    write.link(record, other, type, by)
    return record
