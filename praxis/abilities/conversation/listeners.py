"""Bodies of histories that come from elsewhere, and the words of the conversation for whoever indexes them."""

from praxis.records.read import base
from praxis.records.texts import tells
from praxis.records.write.replay import replays

from .models import Entry


@tells
def said(ids):
    """(record id, text, internal) of everything said on these records."""
    for entry in Entry.objects.filter(record__in=ids).prefetch_related("files").order_by("id"):
        names = " ".join(f.name for f in entry.files.all())
        yield entry.record_id, f"{entry.text} {names}".strip(), entry.internal


@replays
def entries(histories):
    made, events = [], []
    for history in histories:
        for event in history.events:
            if event.body:
                made.append(Entry(record=base(history.record), author_id=event.actor_id, at=event.at, text=event.body["text"],
                                  internal=event.body.get("internal", False), aside=event.body.get("aside", "")))
                events.append(event)
    Entry.objects.bulk_create(made, batch_size=400)
    for entry, event in zip(made, events):
        event.data["entry"] = entry.pk
