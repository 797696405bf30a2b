"""Keeps the clocks of a record up to date with its events, and explains them."""

from datetime import datetime

from praxis.kernel.lifecycle import Phase
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.lib.clock import Segment, clock, spans

from .models import Clock, Timing
from .policy import policy

WATCHED = ("state", "priority", "hold_reason", "service")


def has_clocks(record):
    """Whether any promise exists for records of this kind; most kinds have none."""
    return any(kind == record.kind for _, kind in policy().sets)


def facts_of(record):
    """The facts of a record that a clock can depend on, but for the answer to its requester."""
    found = {name: getattr(record, name) for name in ("state", "priority")}
    found["service"] = record.service_id
    found["hold_reason"] = getattr(record, "hold_reason", "")
    found["resolved"] = record.phase in (Phase.DONE, Phase.FINAL)
    return found


def is_response(event, requester):
    """A public reply by anybody but the requester ends the wait for the first response."""
    return event.name == "conversation.replied" and event.actor_id != requester


def fold(events, record):
    """Segments of a record's whole life from its events; the same as following them one by one."""
    states = record.type.lifecycle.states
    facts, segments = {"responded": False, "hold_reason": "", "service": None}, []
    for event in events:
        new = dict(facts)
        for name in WATCHED:
            if name in event.changes:
                new[name] = event.changes[name][1]
        if "state" in new:
            new["resolved"] = states[new["state"]].phase in (Phase.DONE, Phase.FINAL)
        new["responded"] = new["responded"] or new.get("resolved", False) or is_response(event, record.requester_id)
        if new != facts or not segments:
            start = max(event.at, segments[-1].start) if segments else record.opened_at  # imported logs may step back
            segments.append(Segment(start, new))
            facts = new
    return segments


def packed(segments):
    return [[s.start.isoformat(), s.facts] for s in segments]


def unpacked(rows):
    return [Segment(datetime.fromisoformat(at), facts) for at, facts in rows]


def extend(segments, record, event):
    """`segments` with what this event adds, or None when it adds nothing."""
    last = segments[-1].facts if segments else {"responded": False}
    new = facts_of(record)
    new["responded"] = last["responded"] or new["resolved"] or is_response(event, record.requester_id)
    return None if segments and new == last else [*segments, Segment(event.at, new)]


def readings(record, segments, at=None):
    """{metric: Reading} of a record with these segments."""
    service = segments[-1].facts.get("service")
    targets = policy().targets(record.kind, record.organisation_id, service, segments[0].start)
    return clock(segments, targets, at or now())


def due_at(found):
    """The next instant at which a running promise is due; None when nothing runs."""
    return min((r.due_at for r in found.values() if r.due_at and not r.stopped_at), default=None)


def rows(record, found, at):
    """The rows to store of readings."""
    return [
        Clock(record_id=record.pk, metric=m, label=r.target.label[:120], target_s=int(r.target.length.total_seconds()),
              started_at=r.started_at, due_at=r.due_at, stopped_at=r.stopped_at, elapsed_s=int(r.elapsed.total_seconds()),
              state=r.state, at=at)
        for m, r in found.items()
    ]


def store(record, segments, found, at, new):
    """Write the cache of segments and the rows of the clocks: two statements."""
    if new:
        Timing.objects.bulk_create([Timing(record_id=record.pk, segments=packed(segments))])
    else:
        Timing.objects.filter(pk=record.pk).update(segments=packed(segments))
    fresh = rows(record, found, at)
    Clock.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["record", "metric"],
        update_fields=["label", "target_s", "started_at", "due_at", "stopped_at", "elapsed_s", "state", "at"])


def explain(record):
    """[(Reading, [Span])] at this moment, recomputed from the events by the function that keeps the clocks (SLM-08)."""
    segments = fold(Event.objects.filter(subject=record.pk).order_by("id").only("at", "name", "changes", "actor_id"), record)
    if not segments:
        return []
    at = now()
    return [(r, spans(segments, r.target, at)) for r in readings(record, segments, at).values()]
