"""Indexes follow the declarations, outside the transaction of whoever changed them."""

from praxis.kernel import listen
from praxis.kernel.jobs import task

from . import indexes


@task(queue_name="long")
def follow_indexes():
    """Make and drop indexes of added fields; returns what was done."""
    made, dropped = indexes.follow()
    return {"made": made, "dropped": dropped}


@listen.on("customfield.saved")
def changed(event):
    if "indexed" in event.changes and (event.changes["indexed"][1] or event.changes["indexed"][0] or event.data.get("gone")):
        follow_indexes.enqueue()
