"""All criteria, in the order of the page."""

from . import change, configuration, incident, levels, problem
from .criteria import known

MODULES = (incident, problem, change, configuration, levels)


def criteria():
    return tuple(known)
