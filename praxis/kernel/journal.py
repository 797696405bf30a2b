"""The only writer of events. Only praxis.records and praxis.people may import it; everyone above uses records.write."""

from contextlib import contextmanager

from django.db import transaction

from .context import source
from .kinds import registry
from .models import Event, Lift
from .now import now


class Undeclared(KeyError):
    """An event name that nobody declared."""


def made(name, by, *, at=None, origin="", **parts):
    """An Event that is not stored yet; its name must be declared."""
    if name not in registry.event_types:
        raise Undeclared(name)
    here = source()
    return Event(
        name=name, at=at or now(), actor_id=by.id, actor_name=by.name, on_behalf_of=by.on_behalf_of,
        origin=origin or here.origin, rule=here.rule, request_id=here.request, **parts,
    )


def store(*events):
    """Append events in the transaction of the write they tell of."""
    if len(events) == 1:
        events[0].save(force_insert=True)
    else:
        Event.objects.bulk_create(events, batch_size=400)
    return events


def replayed(subject, upto=None):
    """{field: value} of a record as its events tell it, up to an event id."""
    events = Event.objects.filter(subject=subject).order_by("id")
    if upto:
        events = events.filter(id__lte=upto)
    state = {}
    for event in events:
        for field, change in event.changes.items():
            state[field] = change[1]
    return state


@contextmanager
def lifted(why):
    """Inside, events may be removed: for erasure and for removing the demo. The reason must be given."""
    if not why:
        raise ValueError("Say why events are removed.")
    with transaction.atomic():
        lift = Lift.objects.create(why=why)
        try:
            yield
        finally:
            lift.delete()
