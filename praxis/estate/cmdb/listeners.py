"""Gives the words of relations to whoever links records, and forgets them when they change."""

from praxis.abilities.sources import store
from praxis.kernel import listen
from praxis.kernel.kinds import LinkType
from praxis.lib import identity
from praxis.records.relating import provides
from praxis.records.write.replay import replays

from . import impact
from .models import ATTRIBUTES, Item, RelationType


@provides
def relations():
    return [LinkType(row.key, row.forward, row.reverse) for row in RelationType.objects.filter(is_active=True).order_by("pk")]


@listen.on("relationtype.saved")
@listen.on("itemclass.saved")
def anew(event):
    impact.forget()


@listen.on("item.*")
def entered(event):
    """What a person enters is locked against sources; what a table brings identifies, and is no more than that."""
    names = [n for n in ATTRIBUTES if n in event.changes]
    if not names or event.name == "item.discovered" or event.data.get("source"):
        return
    item = Item.objects.get(pk=event.subject)  # whole, since what a merge or a change did is not in the event
    new = event.name == "item.opened"
    if event.actor_id is not None and event.origin in ("ui", "rest"):
        store.entered(item, names, event.at)
    elif not new:
        store.let_go(item, names)  # a change or a merge set it: what was entered before is no longer so
    if new:
        store.remember_many([(item.pk, sort, value) for sort, value in own_marks(item).items() if value], event.at)
    else:
        store.remember(item, own_marks(item), event.at)


def own_marks(item):
    """What an item's own columns identify it by."""
    return {"serial": identity.serial(item.serial)[:120], "host": identity.host(item.hostname)[:120]}


@replays
def remembered(histories):
    """Items from elsewhere are recognised by their serial number and host name too."""
    store.remember_many([(h.record.pk, sort, value) for h in histories if h.record.kind == "item" for sort, value in own_marks(h.record).items() if value])
