"""All criteria, in the order of the page."""

from . import change, configuration, incident, levels, problem
from .criteria import PRACTICES, known

MODULES = (incident, problem, change, configuration, levels)


def criteria():
    return tuple(sorted(known, key=lambda c: (list(PRACTICES).index(c.practice), c.key)))
