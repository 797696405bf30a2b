"""Where a write comes from: by which door, in which request, by which rule. Kept beside the call, read by the journal."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Source:
    """`origin` is one of ui, rest, mail, rule, job, import."""

    origin: str = "job"
    request: str = ""
    rule: str = ""


NOWHERE = Source()
_source = ContextVar("source", default=NOWHERE)


def source():
    return _source.get()


@contextmanager
def come_from(**parts):
    """Everything written inside carries these parts of its source."""
    token = _source.set(replace(_source.get(), **parts))
    try:
        yield
    finally:
        _source.reset(token)
