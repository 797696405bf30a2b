from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.kernel.errors import Forbidden
from praxis.kernel.kinds import registry

from ..models import BLOCKS, Link
from ..read import base
from .gate import writing
from .note import note

LONGEST_CHAIN = 1000  # records that one may wait for, however indirectly


@writing()
def link(source, target, type, by, *, needs="link"):
    """Relate two records that the actor may both see, and log it on both sides. Doing it twice does nothing."""
    if type not in registry.link_types:
        raise ValidationError({"type": _("Choose one of the list.")})
    _may(source, target, by, needs)
    if type == BLOCKS and _waits_for(source, target):
        raise ValidationError({"to": _("These would wait for each other for ever.")})
    made, new = Link.objects.get_or_create(source=base(source), target=base(target), type=type)
    if new:
        _log(source, target, type, by, "record.linked")
    return made


@writing()
def unlink(source, target, type, by, *, needs="link"):
    """Take a relation away again and log it on both sides; returns whether there was one."""
    _may(source, target, by, needs)
    gone, _rows = Link.objects.filter(source=source.pk, target=target.pk, type=type).delete()
    if gone:
        _log(source, target, type, by, "record.unlinked")
    return bool(gone)


def _waits_for(record, other):
    """Whether a record waits for another, directly or through others; a chain too long to follow counts as yes."""
    front, seen = {record.pk}, set()
    while front:
        if other.pk in front or len(seen) > LONGEST_CHAIN:
            return True
        seen |= front
        front = set(Link.objects.filter(target__in=front, type=BLOCKS).values_list("source", flat=True)) - seen
    return False


def _may(source, target, by, needs):
    if not by.may(f"{source.kind}.{needs}", source):
        raise Forbidden(f"{source.kind}.{needs}")
    if not by.may(f"{target.kind}.see", target) or source.pk == target.pk:
        raise ValidationError({"to": _("Choose another record that you can see.")})


def _log(source, target, type, by, event):
    told = registry.link_types[type]
    for one, other, words, way in ((source, target, told.forward, "out"), (target, source, told.reverse, "in")):
        note(one, by, needs=f"{one.kind}.see", event=event,
             data={"to": other.number, "title": other.title, "type": type, "words": str(words), "way": way})
