"""What changed shortly before something broke, on its item, on what that depends on, or in its service: ranked, with reasons (CHG-14, CM10).

Whoever knows a sort of change tells of it (`tells`); nearness in the graph and in time are weighed here, the same for all. Silent where nothing fits.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Panel, contribute
from praxis.kernel.models import Event
from praxis.lib.spans import short
from praxis.records.models import Record
from praxis.records.read import links_of

from . import impact
from .models import Item

HOURS, NEAR, MOST = timedelta(hours=72), 3, 5
WEIGHT, SERVICE, FRESH = {0: 50, 1: 35, 2: 25, 3: 15}, 15, 30  # by relations between both; the same service; less one for each hour
WATCHED = ("version_of", "product", "serial", "hostname", "condition", "item_class", "site", "place")
_tellers = []


@dataclass(frozen=True)
class Told:
    """One thing that was changed: the `record` that a click opens, when, which items it touched, and what makes it more suspect."""

    record: Record
    at: object
    items: frozenset
    service: int | None = None
    weight: int = 0
    reasons: tuple = ()
    what: str = ""


@dataclass(frozen=True)
class Suspect:
    record: Record
    at: object
    weight: int
    reasons: tuple
    what: str

    @property
    def why(self):
        return ", ".join(self.reasons)


def tells(run):
    """Decorator: `run(near, service, organisation, start, end, actor) -> [Told]`, `near` being {item id: relations away}; rights are the teller's to ask."""
    _tellers.append(run)
    return run


def suspects(items, service, organisation, began, actor, most=MOST):
    """The Suspects for something that began then on these items (ids) or in this service, the likeliest first."""
    items = [i for i in items if i]
    if not items and service is None:
        return []
    near, found = impact.below(items, NEAR) if items else {}, []
    for run in _tellers:
        for told in run(near, service, organisation, began - HOURS, began, actor):
            away = min((near[i] for i in told.items if i in near), default=None)
            if away is not None:
                weight, where = WEIGHT[away], _t("same item") if away == 0 else _t("on what the item depends on, %s relations away") % away
            elif service is not None and told.service == service:
                weight, where = SERVICE, _t("same service")
            else:
                continue
            gap = (began - told.at).total_seconds()
            weight += told.weight + max(0, FRESH - int(gap // 3600))
            found.append(Suspect(told.record, told.at, weight, (where, _t("%s before") % short(gap), *told.reasons), told.what or told.record.title))
    return sorted(found, key=lambda s: (-s.weight, s.record.pk, str(s.at)))[:most]


def about(record, actor, most=MOST):
    """The Suspects for a record that names an item or a service."""
    began = getattr(record, "outage_from", None) or record.opened_at
    return suspects([getattr(record, "item_id", None)], record.service_id, record.organisation_id, began, actor, most)


@tells
def edited(near, service, organisation, start, end, actor):
    """What the log of the items themselves tells: versions, models and conditions that changed."""
    if not near or not actor.has("item.see"):
        return []
    rows = Event.objects.filter(subject__in=near, at__gt=start, at__lte=end, name__startswith="item.").exclude(name__in=("item.opened", "item.moved")).order_by("-id")[:200]
    items, found = {}, []
    changed = [(e, [n for n in WATCHED if n in e.changes and e.changes[n][0] not in (None, "")]) for e in rows]
    changed = [(e, names) for e, names in changed if names]
    if changed:
        items = {i.pk: i for i in Item.objects.visible_to(actor, "item.see").filter(pk__in={e.subject for e, _n in changed})}
    for event, names in changed:
        if item := items.get(event.subject):
            words = ", ".join(f"{Item._meta.get_field(n).verbose_name}: {event.changes[n][2] or '–'} → {event.changes[n][3] or '–'}" for n in names)
            found.append(Told(item, event.at, frozenset([item.pk]), weight=10 if "version_of" in names else 0, reasons=(words,), what=item.title))
    return found


def _recent(record, by):
    """What changed on or below the item before it began, each with its reasons; the one that is confirmed is marked."""
    if not by.has("desk.work"):
        return None
    found = about(record, by)
    known = {x.target_id for x in links_of(record) if x.source_id == record.pk and x.type == "caused_by"} if found else set()
    verbs = record.type.verbs
    return {"found": [(s, s.record.pk in known, f"caused_by_{s.record.kind}" if f"caused_by_{s.record.kind}" in verbs else "") for s in found],
            "may": by.may(f"{record.kind}.link", record)} if found else None


for key in ("incident", "problem"):
    contribute(key, Panel(key="cmdb.recent", title=_("Recent changes"), slot="rail", template="cmdb/recent.j2", load=_recent,
                          on=("record.linked", f"{key}.field.item"), order=36, lazy=True))
