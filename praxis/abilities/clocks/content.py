"""Loads calendars and target sets from packs."""

from praxis.kernel import content
from praxis.records import write

from .models import Calendar, Target, TargetSet


@content.loader("calendar")
def calendar(entry, by):
    row = Calendar.objects.filter(organisation=None, key=entry.key).first()
    if entry.state == "absent":
        if row:
            write.remove(row, by)
        return "removed" if row else "same"
    if row and entry.state == "created":
        return "same"
    version = row and row.version
    values = entry.set | {"label": content.words(entry.set["label"])}
    row = write.save(row or Calendar(), by, key=entry.key, **values)
    return "made" if version is None else "same" if row.version == version else "changed"


@content.loader("targets")
def targets(entry, by):
    """`set: {label: ..., kind: incident, pauses: {...}, rows: [[metric, priority, length, calendar], ...]}`"""
    made = TargetSet.objects.filter(key=entry.key).first()
    if made and made.targets.filter(kind=entry.set["kind"]).exists():
        return "same"
    made = made or write.save(TargetSet(), by, key=entry.key, label=content.words(entry.set["label"]))
    for metric, priority, length, hours in entry.set["rows"]:
        write.save(Target(), by, set=made, kind=entry.set["kind"], metric=metric, priority=priority, length=length,
                   calendar=hours, pauses=entry.set.get("pauses", {}))
    return "made"
