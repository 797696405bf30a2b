"""Reading the conversation: what an actor may see of it, newest last."""

from dataclasses import dataclass

from praxis.kernel.models import Event
from praxis.records.models import Record
from praxis.records.read import reach

from .models import Entry, File

SHOWN = 50
PUBLIC = ("conversation.replied",)
TALK = ("conversation.replied", "conversation.noted")


@dataclass
class Line:
    """One line of the timeline: an event, with the body if it is something said."""

    event: Event
    body: Entry | None = None
    files: tuple = ()


def sees_notes(record, actor):
    return actor.may(f"{record.kind}.notes", record)


def timeline(record, actor, limit=SHOWN, names=None, before=None):
    """(lines, the id before which there are older events, or None): the newest `limit`, oldest first, in three queries whatever the mixture."""
    events = Event.objects.filter(subject=record.pk)
    if names:
        events = events.filter(name__in=names)
    if not sees_notes(record, actor):
        events = events.exclude(name="conversation.noted")
    if before:
        events = events.filter(id__lt=before)
    events = list(events.order_by("-id")[: limit + 1])
    older, events = events[limit - 1].pk if len(events) > limit else None, events[:limit][::-1]
    ids = [e.data["entry"] for e in events if "entry" in e.data]
    bodies = Entry.objects.select_related("author").in_bulk(ids) if ids else {}
    files = {}
    if any(e.data.get("files") for e in events):
        for file in File.objects.filter(entry__in=ids):
            files.setdefault(file.entry_id, []).append(file)
    lines = [Line(e, bodies.get(e.data.get("entry")), tuple(files.get(e.data.get("entry"), ()))) for e in events]
    notes, hidden = sees_notes(record, actor), _hidden(events, actor)
    return [x for x in lines if (notes or not (x.body and x.body.internal)) and x.event.pk not in hidden], older


def _hidden(events, actor):
    """Events that tell of a link to a record which the actor may not see."""
    links = {e.pk: e.data["to"] for e in events if e.name == "record.linked"}
    if not links:
        return set()
    seen = set(Record.objects.filter(reach(actor), number__in=set(links.values())).values_list("number", flat=True))
    return {pk for pk, number in links.items() if number not in seen}


def file_for(pk, actor, find):
    """The File of this id if the actor may have it, else None. `find(number, actor)` gives a visible record."""
    file = File.objects.select_related("record", "entry").filter(pk=pk).first()
    record = file and find(file.record.number, actor)
    if not record or file.entry and file.entry.internal and not sees_notes(record, actor):
        return None
    return file
