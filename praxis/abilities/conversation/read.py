"""Reading the conversation: what an actor may see of it, newest last."""

from dataclasses import dataclass

from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.records import extras
from praxis.records.joined import subjects
from praxis.records.models import Record
from praxis.records.read import reach, unseen

from .models import Entry, File

SHOWN, LONG = 50, 8_000
PUBLIC = ("conversation.replied",)
LINKED = ("record.linked", "record.unlinked", "record.blocked", "record.released")  # they name another record
TALK = ("conversation.replied", "conversation.noted")


@dataclass
class Line:
    """One line of the timeline: an event, with the body if it is something said."""

    event: Event
    body: Entry | None = None
    files: tuple = ()

    @property
    def cut(self):
        """Whether a page shows only the beginning of what was said; the whole is a click away."""
        return len(self.body.text) > LONG

    @property
    def text(self):
        return self.body.text if not self.cut else self.body.text[:LONG].rsplit(" ", 1)[0] + " …"


def sees_notes(record, actor):
    return actor.may(f"{record.kind}.notes", record)


def timeline(record, actor, limit=SHOWN, names=None, before=None):
    """(lines, the id before which there are older events, or None): the newest `limit`, oldest first, in three queries whatever the mixture."""
    notes = sees_notes(record, actor)
    mine = subjects(record, actor, notes)
    events = Event.objects.filter(subject=record.pk) if len(mine) == 1 else Event.objects.filter(subject__in=mine)
    if names:
        events = events.filter(name__in=names)
    if not notes:
        events = events.exclude(name__in=["conversation.noted", *(t.key for t in registry.event_types.values() if t.internal)])
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
    hidden = _hidden(events, actor)
    if any(name.startswith("custom.") for e in events for name in e.changes):
        known = {f"custom.{e.key}" for e in extras.on(record, actor).values()}
        for event in events:
            event.changes = {n: c for n, c in event.changes.items() if not n.startswith("custom.") or n in known}
    if shut := unseen(record.type, actor, record):
        for event in events:
            event.changes = {n: c for n, c in event.changes.items() if n not in shut}
    return [x for x in lines if (notes or not (x.body and x.body.internal)) and x.event.pk not in hidden], older


def _hidden(events, actor):
    """Events that tell of a link to a record which the actor may not see."""
    links = {e.pk: e.data.get("to") or e.data.get("by") for e in events if e.name in LINKED}
    if not links:
        return set()
    seen = set(Record.objects.filter(reach(actor), number__in=set(links.values())).values_list("number", flat=True))
    return {pk for pk, number in links.items() if number not in seen}


def entry_for(pk, actor, find):
    """The Entry of this id if the actor may read it, else None. `find(number, actor)` gives a visible record."""
    entry = Entry.objects.select_related("record").filter(pk=pk).first()
    record = entry and find(entry.record.number, actor)
    return entry if record and (not entry.internal or sees_notes(record, actor)) else None


def file_for(pk, actor, find):
    """The File of this id if the actor may have it, else None. `find(number, actor)` gives a visible record."""
    file = File.objects.select_related("record", "entry").filter(pk=pk).first()
    record = file and find(file.record.number, actor)
    if not record or file.entry and file.entry.internal and not sees_notes(record, actor):
        return None
    return file
