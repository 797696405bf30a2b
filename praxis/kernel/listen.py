"""Who reacts to what happened: inline in the same transaction, or later by a job; and who derives columns."""

from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase

_inline, _later, _derivers = [], [], []
_heard = ContextVar("heard", default=None)


@contextmanager
def collect():
    """Gather the events written inside; screens answer a POST with the panels they made stale."""
    events = []
    token = _heard.set(events)
    try:
        yield events
    finally:
        _heard.reset(token)


def on(pattern):
    """Decorator: call the function for every event whose name fits, inside its transaction.

    It must be quick, use no network, and may not write the record it hears about.
    """

    def add(run):
        _inline.append((pattern, run))
        return run

    return add


def later(pattern, task):
    """Enqueue `task(event_id)` for every event whose name fits; the job row commits together with the event."""
    _later.append((pattern, task))


def derives(run):
    """Decorator: `run(record, event) -> ({column: value}, after or None)`, asked before a record is stored.

    For columns that can be computed from the record's history (a due time): they are stored in the same statement
    and not logged. `after(record)` is called once the record and its event are stored.
    """
    _derivers.append(run)
    return run


def derived(record, event):
    """(columns, afters) of all derivers for a record about to be stored."""
    columns, afters = {}, []
    for run in _derivers:
        more, after = run(record, event)
        columns |= more
        if after:
            afters.append(after)
    return columns, afters


def tell(*events):
    """Called by the writer for each stored event."""
    heard = _heard.get()
    for event in events:
        if heard is not None:
            heard.append(event)
        for pattern, run in _inline:
            if fnmatchcase(event.name, pattern):
                run(event)
        for pattern, task in _later:
            if fnmatchcase(event.name, pattern):
                task.enqueue(event.pk)
