"""A port for text that belongs to records but is kept by abilities: who keeps some tells, who indexes asks."""

_tellers = []


def tells(run):
    """Decorator: `run(record ids)` yields (record id, text, internal)."""
    _tellers.append(run)
    return run


def of(ids):
    """{record id: [(text, internal), ...]} of everything that any ability keeps for these records."""
    found = {}
    for run in _tellers:
        for pk, text, internal in run(ids):
            found.setdefault(pk, []).append((text, internal))
    return found
