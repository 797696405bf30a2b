from praxis.kernel.errors import Conflict, Forbidden

from ._commit import Stale, commit
from .change import TRIES
from .gate import writing


@writing()
def note(record, by, *, needs, event, data=None, body=None):
    """Log a fact that changes no column: a reply, a link, a file. `body` is {"text", "internal"} of something said. Returns the event."""
    if not by.may(needs, record):
        raise Forbidden(needs)
    for _try in range(TRIES):
        try:
            return commit(record, by, event, {}, data=data, body=body)
        except Stale:
            record.refresh_from_db()
    raise Conflict(record.number)
