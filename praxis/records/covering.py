"""Who answers for whom while somebody is away; whoever knows absences tells."""

_tellers = []


def covers(run):
    """Decorator: `run(person id, at) -> ids` of people for whom this person stands in at that moment."""
    _tellers.append(run)
    return run


def covered(person, at):
    """The ids of everybody for whom a person stands in, never the person's own."""
    return {pk for run in _tellers for pk in run(person, at)} - {person}
