"""Records that wait for others."""

from praxis.kernel import listen

from . import blocking
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
