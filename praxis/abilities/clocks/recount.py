"""Repair after a policy or a calendar was corrected: clocks are counted anew, what they said before stays beside it (SLM-09)."""

from datetime import timedelta

from praxis.kernel.now import now
from praxis.records.models import Record
from praxis.records.write import writing

from . import engine, policy
from .models import Clock, Timing

CHUNK = 200


def recount(kind, organisation, days, by=""):
    """Count the clocks of records opened in the last `days` again; returns {"records", "clocks", "changed"}. Safe to repeat."""
    policy.forget()
    rows = Record.objects.filter(kind=kind, opened_at__gte=now() - timedelta(days=days)).order_by("pk")
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    result, last = {"records": 0, "clocks": 0, "changed": 0}, 0
    while batch := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = batch[-1].pk
        with writing():
            changed, clocks = _batch([r.pk for r in batch], by)
        result = {"records": result["records"] + len(batch), "clocks": result["clocks"] + clocks, "changed": result["changed"] + changed}
    return result


def follow(by=""):
    """Count the clocks of all open records again, after hours or promises changed; returns how many clocks say something else now."""
    policy.forget()
    changed, last = 0, 0
    while ids := list(Record.objects.open().filter(pk__gt=last, pk__in=Timing.objects.values("record")).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        last = ids[-1]
        with writing():
            changed += _batch(ids, by)[0]
    return changed


def _batch(ids, by):
    records = {r.pk: r for r in Record.objects.select_for_update().filter(pk__in=ids)}
    own = {pk: r.type.model.objects.get(pk=pk) if r.is_open else r for pk, r in records.items()}
    timings, at, fresh, due, seen = Timing.objects.in_bulk(ids), now(), [], [], 0
    old = {(c.record_id, c.metric, c.spell): c for c in Clock.objects.filter(record__in=ids)}
    for pk, timing in timings.items():
        record = own[pk]
        segments = engine.life(record, timing)
        found = engine.readings(record, segments, at)
        for row in engine.rows(record, found, at, timing.warned):
            seen += 1
            before = old.get((pk, row.metric, row.spell))
            if before is None or not _same(before, row):
                row.was = before and {"state": before.state, "due_at": before.due_at and before.due_at.isoformat(), "elapsed_s": before.elapsed_s,
                                      "target_s": before.target_s, "at": at.isoformat(), "by": by}
                fresh.append(row)
        if record.is_open and (first := engine.due_at(found)) != records[pk].due_at:
            due.append(Record(pk=pk, due_at=first))
    Clock.objects.bulk_create(fresh, update_conflicts=True, unique_fields=["record", "metric", "spell"], update_fields=[*engine.COLUMNS, "was"])
    Record.objects.bulk_update(due, ["due_at"])
    return len(fresh), seen


def _same(before, row):
    """Whether a recount says the same; a running clock's elapsed time grows by itself."""
    if (before.target_s, before.due_at, before.stopped_at) != (row.target_s, row.due_at, row.stopped_at):
        return False
    return before.stopped_at is None or (before.state, before.elapsed_s) == (row.state, row.elapsed_s)
