"""Pages that no declaration can make: a practice adds them here, the web interface gives them their addresses."""

from dataclasses import dataclass

from .access import access

added: list[tuple[str, object, str]] = []


@dataclass(frozen=True)
class Entry:
    """A page in the side bar, under the heading `place`, for whoever holds `needs`."""

    place: str
    key: str  # the section that marks it as the present one
    label: str
    icon: str
    href: str
    needs: str
    count: int = 0


menu: list[Entry] = []


def page(route, name, needs):
    """Decorator: serve the view at `route` for whoever holds `needs`."""

    def add(view):
        added.append((route, access(needs)(view), name))
        return view

    return add
