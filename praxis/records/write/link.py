from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.kernel.errors import Forbidden
from praxis.kernel.kinds import registry

from ..models import Link
from ..read import base
from .gate import writing
from .note import note


@writing()
def link(source, target, type, by, *, needs="link"):
    """Relate two records that the actor may both see, and log it on both sides. Doing it twice does nothing."""
    if type not in registry.link_types:
        raise ValidationError({"type": _("Choose one of the list.")})
    if not by.may(f"{source.kind}.{needs}", source):
        raise Forbidden(f"{source.kind}.{needs}")
    if not by.may(f"{target.kind}.see", target) or source.pk == target.pk:
        raise ValidationError({"to": _("Choose another record that you can see.")})
    made, new = Link.objects.get_or_create(source=base(source), target=base(target), type=type)
    if new:
        told = registry.link_types[type]
        for one, other, words in ((source, target, told.forward), (target, source, told.reverse)):
            note(one, by, needs=f"{one.kind}.see", event="record.linked",
                 data={"to": other.number, "title": other.title, "type": type, "words": str(words)})
    return made
