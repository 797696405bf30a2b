"""The one place that stores a record: derive, guard by version, write the event, tell the listeners."""

from praxis.kernel import journal, listen
from praxis.kernel.now import now

from ..models import Record
from ..read import columns


class Stale(Exception):
    """The record was written by somebody else since it was read; the caller reads again and decides."""


def commit(record, by, name, changes, *, data=None, at=None, creating=False, body=None):
    """Store `record`, whose attributes already hold the new values, and one event that tells of it.

    `changes` are log entries by column; `body` is something said, for whoever reads along. Runs inside the caller's transaction; raises Stale without having written.
    """
    at = at or now()
    seen = record.version
    event = journal.made(
        name, by, at=at, subject=record.pk, kind=record.kind, organisation=record.organisation_id,
        version=1 if creating else seen + 1, changes=changes, data=data or {},
    )
    event.body = body or {}
    derived, afters = listen.derived(record, event)
    for column, value in derived.items():
        setattr(record, column, value)
    record.updated_at, record.version = at, event.version
    if creating:
        record.save(force_insert=True)
        event.subject = record.pk
    elif not _store(record, seen, {*changes, *derived}):
        record.version = seen
        raise Stale
    journal.store(event)
    for after in afters:
        after(record)
    listen.tell(event)
    return event


def _store(record, seen, names):
    """One UPDATE of the shared table, guarded by the version; one more if the practice's own columns changed."""
    names = {"custom" if n.startswith("custom.") else n for n in names}
    known = columns(type(record))
    own = {f.name for f in record._meta.local_fields}
    shared = {known[n].attname: getattr(record, known[n].attname) for n in names if n not in own}
    if "state" in names:
        shared |= {"phase": record.phase, "is_open": record.is_open}
    rows = Record.objects.filter(pk=record.pk, version=seen)
    if not rows.update(version=record.version, updated_at=record.updated_at, **shared):
        return False
    if mine := own & names:
        record.save_base(update_fields=mine, raw=True)
    return True


def enter(record, state):
    """Set a state and what follows from it."""
    stage = record.type.lifecycle.states[state]
    record.state, record.phase, record.is_open = state, stage.phase, stage.is_open
