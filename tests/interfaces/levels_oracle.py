"""Service levels of an imported log counted from its raw events, in another way than the product does: day by day, in plain seconds."""

from datetime import UTC, datetime, time, timedelta

from praxis.kernel.models import Event

STANDS = ("caller", "scheduled")
DONE = ("resolved", "closed", "cancelled")


def stories(incidents):
    """{incident: [(instant, state, hold reason, team, priority)]} of each change, from the events alone."""
    known = {i.pk: i for i in incidents}
    found = {i: [] for i in incidents}
    for subject, at, changes in Event.objects.filter(kind="incident").order_by("id").values_list("subject", "at", "changes").iterator():
        if (incident := known.get(subject)) is None:
            continue
        steps = found[incident]
        last = dict(steps[-1][1]) if steps else {"state": "new", "hold_reason": "", "team": None, "priority": 3}
        last |= {k: v[1] for k, v in changes.items() if k in last}
        if steps and last == steps[-1][1]:
            continue  # nothing that matters here; the log's times step back now and then, so it must not count as a moment
        steps.append((max(at, steps[-1][0]) if steps else incident.opened_at, last))
    return found


def running(steps, reasons, now):
    """[(from, to, team)] in which the resolution promise ran: neither on hold for one of `reasons` (None: any) nor done."""
    out = []
    for (at, facts), nxt in zip(steps, [*steps[1:], (now, None)]):
        held = facts["state"] == "on_hold" and (reasons is None or facts["hold_reason"] in reasons)
        if facts["state"] not in DONE and not held and nxt[0] > at:
            out.append((at, nxt[0], facts["team"]))
    return out


def open_seconds(start, end, first, last):
    """Seconds of Monday to Friday, `first` to `last` o'clock UTC, between two instants."""
    total, day = 0.0, start.astimezone(UTC).date()
    while day <= end.astimezone(UTC).date():
        if day.weekday() < 5:
            a = max(start, datetime.combine(day, time(first), UTC))
            b = min(end, datetime.combine(day, time(last), UTC))
            total += max(0.0, (b - a).total_seconds())
        day += timedelta(days=1)
    return total


def kept(steps, targets, hours, now):
    """Whether the incident was resolved in time, None when it is not done or has no target; `targets` {priority: seconds}."""
    final = steps[-1][1]
    if final["state"] not in DONE or final["priority"] not in targets:
        return None
    return sum(open_seconds(a, b, *hours) for a, b, _t in running(steps, STANDS, now)) <= targets[final["priority"]]
