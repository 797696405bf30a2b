"""Items on which work is agreed right now, so that what monitoring says of them alarms nobody; whoever knows such times tells."""

_tellers = []


def tells(run):
    """Decorator: `run(item ids, at) -> {item id: words}` of the items in agreed work at a moment."""
    _tellers.append(run)
    return run


def quiet(items, at):
    """{item id: words} of those of these items on which work is agreed at this moment."""
    found = {}
    for run in _tellers if items else ():
        found |= run(items, at)
    return found
