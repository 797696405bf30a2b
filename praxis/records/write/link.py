from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.kernel import journal, listen
from praxis.kernel.errors import Forbidden
from praxis.kernel.now import now

from ..models import BLOCKS, Link, Record
from ..read import base
from ..relating import type_of, types
from .gate import writing
from .note import note

BATCH = 400
LONGEST_CHAIN = 1000  # records that one may wait for, however indirectly


@writing()
def link(source, target, type, by, *, needs="link"):
    """Relate two records that the actor may both see, and log it on both sides. Doing it twice does nothing."""
    if type_of(type) is None:
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


@writing()
def link_many(relations, by, *, needs="link"):
    """The bulk twin of `link`: [(source, target, type)]; those that exist stay. Returns how many were made.

    Every relation is checked, and stands in the log of both ends, as if made alone. What waits for another is linked one by one.
    """
    known = types()
    wanted = list(dict.fromkeys((s.pk, t.pk, type) for s, t, type in relations))
    if any(type not in known or type == BLOCKS for _s, _t, type in wanted):
        raise ValidationError({"type": _("Choose one of the list.")})
    ends = {r.pk: r for s, t, _type in relations for r in (s, t)}
    for source, target, _type in relations:
        _may(source, target, by, needs)
    there = set()
    for part in batches({s for s, _t, _type in wanted}):
        there |= set(Link.objects.filter(source__in=part).values_list("source", "target", "type"))
    new = [one for one in wanted if one not in there]
    Link.objects.bulk_create([Link(source_id=s, target_id=t, type=type) for s, t, type in new], batch_size=BATCH)
    touched = {pk for s, t, _type in new for pk in (s, t)}
    locked = {}
    for part in batches(touched):
        locked |= {r.pk: r for r in Record.objects.select_for_update().filter(pk__in=part).only("version", "updated_at")}
    at, events = now(), []
    for s, t, type in new:
        for one, other, words, way in ((s, t, known[type].forward, "out"), (t, s, known[type].reverse, "in")):
            record, row = ends[one], locked[one]
            row.version, row.updated_at = row.version + 1, at
            events.append(journal.made("record.linked", by, at=at, subject=one, kind=record.kind, organisation=record.organisation_id, version=row.version,
                                       changes={}, data=_said(ends[other], type, words, way)))
    for part in batches(locked.values()):
        Record.objects.bulk_update(part, ["version", "updated_at"])
    for pk, row in locked.items():
        ends[pk].version, ends[pk].updated_at = row.version, row.updated_at
    journal.store(*events)
    for event in events:
        listen.tell(event)
    return len(new)


def batches(rows):
    """The rows in lists of at most BATCH."""
    rows = list(rows)
    return [rows[n : n + BATCH] for n in range(0, len(rows), BATCH)]


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
    told = type_of(type)
    for one, other, words, way in ((source, target, told.forward, "out"), (target, source, told.reverse, "in")):
        note(one, by, needs=f"{one.kind}.see", event=event,
             data=_said(other, type, words, way))


def _said(other, type, words, way):
    return {"to": other.number, "title": other.title, "type": type, "words": str(words), "way": way}
