"""History from elsewhere: records rebuilt with their original times, in bulk (SETTLED 20).

No guards, notices or jobs; any transition is taken as it comes. The events are the same as those of real work, so the
promise that replaying events gives the row holds for them too.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import DecimalField

from praxis.kernel import journal, numbers
from praxis.kernel.actors import Actor

from ..models import Record
from ._commit import enter
from .gate import writing
from .values import EMPTY, entry, exact, tracked, unset

BATCH = 400
_hooks = []


@dataclass
class Happening:
    """One thing that happened to a record: columns set, or a fact that an ability understands (`body`)."""

    at: datetime
    by: Actor
    values: dict = field(default_factory=dict)
    name: str = ""  # default: opened, moved or changed
    data: dict = field(default_factory=dict)
    body: dict = field(default_factory=dict)  # {"text": ..., "internal": ...} becomes an entry of the conversation
    custom: dict = field(default_factory=dict)  # declared custom fields
    kept: bool = False  # an event even if nothing changed


@dataclass
class History:
    """A whole life in order of time; `external_ref` is its number elsewhere."""

    kind: object
    organisation: int | None
    happenings: list
    external_ref: str = ""
    record: Record = None
    events: list = field(default_factory=list)


def replays(run):
    """Decorator: `run(histories)` is called with records stored and events not yet, to add an ability's own rows."""
    _hooks.append(run)
    return run


@writing()
def replay(histories, origin="import"):
    """Store these histories; returns their records. All or nothing for one call: call it in chunks."""
    for kind in {h.kind.key: h.kind for h in histories}.values():
        mine = [h for h in histories if h.kind is kind]
        for history, number in zip(mine, numbers.take(kind, len(mine))):
            _build(history, number, origin)
        _insert(kind.model, [h.record for h in mine])
    for history in histories:
        for event in history.events:
            event.subject = history.record.pk
    for run in _hooks:
        run(histories)
    journal.store(*[e for h in histories for e in h.events])
    return [h.record for h in histories]


def _build(history, number, origin):
    kind = history.kind
    record = history.record = kind.model(kind=kind.key, number=number, organisation_id=history.organisation,
                                         external_ref=history.external_ref)
    enter(record, kind.lifecycle.first.name)
    names = tracked(kind.model)
    for n, step in enumerate(history.happenings):
        if n == 0:
            record.opened_at = step.values.pop("opened_at", step.at)
        old_state = record.state
        before = {} if n == 0 else {name: getattr(record, name) for name in step.values}
        custom = {k: [record.custom.get(k), v] for k, v in step.custom.items() if record.custom.get(k) != v}
        record.custom.update(step.custom)
        step.values |= {m: exact(names[m], v) for m, v in step.values.items() if v is not None and isinstance(names.get(m), DecimalField)}
        for name, value in step.values.items():
            enter(record, value) if name == "state" else setattr(record, name, value)
        if n == 0:
            changes = {m: entry(record, m, None, v) for m in names if not unset(names[m], v := getattr(record, m))}
            name = f"{kind.key}.opened"
        else:
            changes = {m: entry(record, m, before[m], v) for m, v in step.values.items() if before[m] != v}
            moved = record.state != old_state
            name = step.name or (f"{kind.key}.moved" if moved else f"{kind.key}.changed")
        changes |= {f"custom.{k}": [old, new, _said(old), _said(new)] for k, (old, new) in custom.items() if n or new not in EMPTY}
        if n == 0 or changes or step.body or step.name or step.kept:
            record.version = len(history.events) + 1
            record.updated_at = step.at
            history.events.append(journal.made(
                name, step.by, at=step.at, origin=origin, kind=kind.key, organisation=history.organisation,
                version=record.version, changes=changes, data=dict(step.data)))
            history.events[-1].body = step.body


def _said(value):
    return "" if value is None else str(value)


def _insert(model, records):
    """Insert children of Record in bulk, which Django's own bulk_create refuses: parents first, then the own columns."""
    shared = [f for f in Record._meta.concrete_fields if f.name != "id"]
    parents = [Record(**{f.attname: getattr(r, f.attname) for f in shared}) for r in records]
    Record.objects.bulk_create(parents, batch_size=BATCH)
    own = model._meta.local_concrete_fields
    for record, parent in zip(records, parents):
        record.id = record.record_ptr_id = parent.pk
        record._state.adding = False
    if len(own):
        for i in range(0, len(records), BATCH):
            model._base_manager._insert(records[i : i + BATCH], fields=own, using=Record.objects.db)
