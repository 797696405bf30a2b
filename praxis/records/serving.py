"""Which services of another organisation one may name, because an agreement gives them to it; who keeps agreements tells."""

_tellers = []


def serves(run):
    """Decorator: `run(organisation id) -> ids of services` that this organisation is served with."""
    _tellers.append(run)
    return run


def served(organisation):
    """The ids of services of others that an organisation may use."""
    return {pk for run in _tellers for pk in run(organisation)} if organisation else set()
