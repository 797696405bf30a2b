"""Loads the declarations of all apps in explicit phases, then freezes the registry.

The phases, not the order of the apps, decide who comes first: kinds, then facts, verbs and listeners, then displays.
"""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from .kinds import registry

PHASES = ("kind", "fields", "actions", "listeners", "jobs", "content", "display", "measures", "panels", "pages")


def load(order=None):
    """Import every declaring module of the installed Praxis apps; called once, when Django is ready."""
    if registry.frozen:
        return
    names = sorted(c.name for c in apps.get_app_configs() if c.name.startswith("praxis."))
    if order:
        names = order(names)
    for phase in PHASES:
        for name in names:
            if find_spec(f"{name}.{phase}"):
                import_module(f"{name}.{phase}")
    registry.freeze()
