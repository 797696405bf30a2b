from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.kernel.display import fields
from praxis.kernel.errors import Conflict, Forbidden, NotPossible
from praxis.kernel.lifecycle import Phase
from praxis.kernel.models import Event

from .. import extras
from ._commit import Stale, commit, enter
from .gate import writing
from .open import PROTECTED
from .values import check, check_added, entry, held, put, resolved, told

TRIES = 5


@writing()
def change(record, by, *, needs=None, event=None, seen=None, data=None, **values):
    """Set columns and note before and after as one event; returns the record.

    `seen` is the version that the person looked at: what nobody touched since merges, the same column raises Conflict.
    Verbs pass their own `event` name and `needs`; without them the kind's rules on single columns apply.
    """
    wanted = values
    seen = record.version if seen is None else seen
    for _try in range(TRIES):
        _allowed(record, by, wanted, needs, event)
        values = resolved(record, by, wanted)
        if seen > record.version:
            raise Conflict(record.number)
        if seen != record.version:
            _merge(record, seen, values)
        changes = _apply(record, values, by)
        if not changes:
            return record
        try:
            commit(record, by, event or f"{record.kind}.changed", {told(n): c for n, c in changes.items()}, data=data)
            return record
        except Stale:
            record.refresh_from_db()  # and judge anew: it may be closed or out of reach by now
    raise Conflict(record.number)


def _allowed(record, by, values, needs, event):
    if event is None:
        _by_hand(record, values)
    for permission in _needed(record, values, needs, event):
        if not by.may(permission, record):
            raise Forbidden(permission)


def _by_hand(record, values):
    kind = record.type
    if bad := set(values) & (PROTECTED | set(kind.computed) | {"organisation"}):
        raise ValidationError({f: _("This is not set by hand.") for f in bad})
    if bad := set(values) & set(kind.by_verb):
        steps = kind.verbs | kind.lifecycle.moves
        label = {f: steps[kind.by_verb[f]].label for f in bad}
        raise ValidationError({f: _("Use “%s”, which asks for what this needs.") % label[f] for f in bad})
    if record.phase == Phase.FINAL and (bad := set(values) - set(kind.after_close)):
        raise NotPossible(_("%(number)s is %(state)s: %(fields)s can no longer change.") % {
            "number": record.number, "state": str(record.stage.label).lower(), "fields": ", ".join(sorted(bad))})


def _needed(record, values, needs, event):
    """The permissions of a change: the given one, or each column's own, or the kind's."""
    general = needs or record.type.permission("change")
    if event:
        return {general}
    catalogue = fields(record.kind)
    own = {(f.needs if (f := catalogue.get(name)) else "").replace("*", record.kind) for name in values}
    return {permission or general for permission in own} or {general}


def _merge(record, seen, values):
    """A stale copy may still change what nobody else touched; the log knows who touched what."""
    for event in Event.objects.filter(subject=record.pk, version__gt=seen).order_by("-id"):
        for name, value in values.items():
            if told(name) in event.changes and held(record, name) != value:
                raise Conflict(record.number, name, event)


def _apply(record, values, by):
    """Set what differs and what follows from it; returns the log entries."""
    changes = {}
    for name, value in values.items():
        _set(record, changes, name, value)
    check(record, [n for n in changes if not n.startswith(extras.PREFIX)])
    if any(n.startswith(extras.PREFIX) for n in changes):
        check_added(record, by, changes)
    if changes and record.type.compute:
        for name, value in record.type.compute(record).items():
            _set(record, changes, name, value)
    return changes


def _set(record, changes, name, value):
    old = held(record, name)
    if old == value:
        return
    changes[name] = entry(record, name, old, value)
    enter(record, value) if name == "state" else put(record, name, value)
