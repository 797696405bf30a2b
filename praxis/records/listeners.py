"""Records that wait for others."""

from praxis.kernel import listen

from . import blocking, feeds, overlays
from .models import BLOCKS


@listen.on("*")
def state(event):
    if event.subject and "state" in event.changes and not event.name.endswith(".opened"):
        blocking.after_move(event)


@listen.on("record.linked")
def linked(event):
    if event.data.get("type") == BLOCKS and event.data.get("way") == "out":
        blocking.after_link(event)


@listen.on("record.unlinked")
def unlinked(event):
    if event.data.get("type") == BLOCKS and event.data.get("way") == "out":
        blocking.after_unlink(event)


@listen.on("person.saved")
def left(event):
    if event.changes.get("is_active", [None, True])[1] is False:
        feeds.end_all(event.data["row"].partition(":")[2])


@listen.on("moverule.saved")
def overlaid(event):
    for kind in (event.changes.get("kind") or [None, None])[:2]:
        overlays.forget(kind)
    overlays.forget(event.data["title"].partition(".")[0])
