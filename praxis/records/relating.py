"""The types of links: those declared in code, and those that somebody keeps as rows, such as the relations of an estate."""

from praxis.kernel.kinds import registry

_providers = []


def provides(run):
    """Decorator: `run()` gives LinkTypes that are rows."""
    _providers.append(run)
    return run


def types():
    """{key: LinkType} of everything that can relate two records; what code declares cannot be redefined by a row."""
    found = {one.key: one for run in _providers for one in run()}
    return found | registry.link_types


def type_of(key):
    """The LinkType of this key, or None; those of code without a query."""
    return registry.link_types.get(key) or types().get(key)
