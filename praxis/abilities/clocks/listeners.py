"""Clocks follow the record in the same transaction; a policy that changes is read anew."""

from praxis.kernel import listen
from praxis.records.models import Record
from praxis.records.write.replay import replays

from . import engine, policy
from .models import Clock, Timing

TELLING = ("conversation.replied", "record.blocked", "record.released")  # events that change no column but a clock


@listen.derives
def due(record, event):
    """The record's next due time, and its clocks once it is stored."""
    new = record.pk is None
    if not new and not (set(event.changes) & {*engine.WATCHED, *policy.policy().dates}) and event.name not in TELLING:
        return {}, None
    if not engine.has_clocks(record):
        return {}, None
    if event.data.get("untimed"):  # it ended at a time that nobody knows: no clock can say anything
        return {"due_at": None}, lambda stored: (Clock.objects.filter(record=stored.pk).delete(), Timing.objects.filter(pk=stored.pk).delete())
    segments, warned = [], {}
    if not new:
        timing = Timing.objects.filter(pk=record.pk).first()
        warned = timing.warned if timing else {}
        segments = engine.life(record, timing) if timing else []
    before = segments[-1].facts if segments else {}
    grown = engine.extend(segments, record, event)
    if grown is None:
        return {}, None
    found = engine.readings(record, grown, event.at, last=2)
    r = next((r for r in found if r.target.metric == "respond"), None)
    if grown[-1].facts["responded"] and not before.get("responded") and r and r.stopped_at:
        event.data["clock"] = {"metric": "respond", "state": r.state, "seconds": int(r.elapsed.total_seconds())}
    gone = bool(segments) and bool(set(event.changes) & {"priority", "service", *policy.policy().dates})
    return {"due_at": engine.due_at(found)}, lambda stored: engine.store(stored, grown, found, event.at, not segments, warned, gone)


@listen.on("calendar.saved")
@listen.on("targetset.saved")
@listen.on("target.saved")
@listen.on("organisation.saved")
@listen.on("service.*")
@listen.on("agreement.*")
@listen.on("setting.saved")
def anew(event):
    policy.forget()


@replays
def clocks(histories):
    """Clocks of histories from elsewhere, computed once at their end; they raise nothing."""
    timings, found_rows, due = [], [], []
    for history in histories:
        if not engine.has_clocks(history.record):
            continue
        segments = engine.fold(history.events, history.record)
        found = engine.readings(history.record, segments)
        told = {engine.name_of(r): int(100 * (r.elapsed / r.target.length)) if r.target.length else 100 for r in found if not r.stopped_at}
        timings.append(Timing(record_id=history.record.pk, segments=engine.packed(segments), form=engine.FORM, warned=told))
        found_rows += engine.rows(history.record, found, history.events[-1].at)
        if (at := engine.due_at(found)) is not None and history.record.is_open:
            history.record.due_at = at
            due.append(history.record)
    Timing.objects.bulk_create(timings, batch_size=400)
    Clock.objects.bulk_create(found_rows, batch_size=400)
    Record.objects.bulk_update([Record(pk=r.pk, due_at=r.due_at) for r in due], ["due_at"], batch_size=400)
