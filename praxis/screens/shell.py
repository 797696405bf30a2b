"""What surrounds every page: the side bar, with counts that may be half a minute old."""

from django.core.cache import cache
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import rows
from praxis.kernel.kinds import registry
from praxis.records.models import Record
from praxis.records.read import reach

from .pages import Entry, menu

HEADINGS = {"Operate": _("Operate"), "Know": _("Know"), "Steer": _("Steer")}
KEEP = 30  # seconds
THUMB = ("incident", "change", "task", "item")  # on a telephone two of these stand in the bar, the rest under More


def counts(actor):
    """{kind: open records of my groups, "": mine}; one statement, kept for half a minute for this actor alone."""
    key = f"nav:{actor.id}:{hash(actor.teams)}"
    if (found := cache.get(key)) is None:
        found = {}
        if actor.teams:
            rows = Record.objects.open().filter(reach(actor), team__in=actor.teams).values_list("kind").annotate(n=Count("*"))
            found = dict(rows.order_by())
        found[""] = Record.objects.open().filter(reach(actor), owner=actor.id).count() if actor.id else 0
        cache.set(key, found, KEEP)
    return found


def shell(request):
    """The headings of the side bar with the kinds and pages that this actor may see."""
    actor = request.actor
    number = counts(actor)
    places = {}
    for kind in registry.values():
        if actor.has("desk.work") and actor.has(kind.permission("see")):
            places.setdefault(kind.place, []).append(Entry(kind.place, kind.key, kind.plural, kind.icon, f"/k/{kind.key}", "", number.get(kind.key, 0)))
    for entry in menu:
        if actor.has(entry.needs):
            places.setdefault(entry.place, []).append(entry)
    person = request.person
    known = {e.key: e for entries in places.values() for e in entries}
    return {"thumb": [known[k] for k in THUMB if k in known][:2], "places": [(HEADINGS[p], places[p]) for p in HEADINGS if p in places], "person": person, "mine": number[""],
            "organisation": person.organisation, "theme": person.theme,
            "settings": any(actor.has(r.needs) for r in rows.values())}
