"""Hears of work that comes to a group without an owner."""

from django.core.cache import cache

from praxis.kernel import listen
from praxis.records.models import Record

from . import jobs, read  # noqa: F401  read fills the port of who covers whom
from .models import AssignmentRule, Unplaced

KEEP = 5  # seconds; other processes see a new rule after this long


def ruled():
    """The groups that have a rule."""
    found = cache.get("staffing:ruled")
    if found is None:
        found = set(AssignmentRule.objects.values_list("team", flat=True))
        cache.set("staffing:ruled", found, KEEP)
    return found


@listen.on("*")
def arrived(event):
    if event.subject and event.origin != "import" and ("team" in event.changes or "owner" in event.changes) and ruled():
        row = Record.objects.filter(pk=event.subject).values("team", "owner", "is_open").first()
        if row["owner"] is not None:
            Unplaced.objects.filter(record=event.subject).delete()
        elif row["is_open"] and row["team"] in ruled():
            jobs.place.enqueue(event.subject)


@listen.on("assignmentrule.saved")
def changed(event):
    cache.delete("staffing:ruled")
