"""Pages that no declaration can make: a practice adds them here, the web interface gives them their addresses."""

from .access import access

added: list[tuple[str, object, str]] = []


def page(route, name, needs):
    """Decorator: serve the view at `route` for whoever holds `needs`."""

    def add(view):
        added.append((route, access(needs)(view), name))
        return view

    return add
