"""The service-level clock: pure, so that it can be recomputed, tested against an oracle and explained.

A record's life is a list of segments (a stretch of time and the facts that held: state, hold reason, priority).
A target says what is promised, counted in which calendar, and under which condition the clock stands still.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from .businesstime import NeverOpen, union, without
from .conditions import Group, holds

FAR = timedelta(days=3650)


@dataclass(frozen=True)
class Segment:
    """`facts` held from `start` until the next segment's start."""

    start: datetime
    facts: dict


@dataclass(frozen=True)
class Target:
    """One promise: `length` of open time of `calendar` for records to which `applies` holds.

    `pauses` tells when the clock stands still; `stops` is the fact that ends it ("responded", "resolved").
    `restart` starts the clock anew when the target comes into force; otherwise it counts from the beginning, so that
    a raised priority finds the time already spent. `each` names a fact by whose values the life is cut into spells, each
    with a clock of its own: a group's turn, the wait for the next update. `latch`: once stopped, a spell stays stopped.
    `until(start, facts)` gives a due instant instead of a length: the length is then the open time up to it.
    """

    metric: str
    length: timedelta
    calendar: object
    applies: Group = Group("all")
    pauses: Group = Group("any")
    stops: str = "resolved"
    restart: bool = False
    label: str = ""
    key: object = None
    set_key: str = ""  # of the set of promises it belongs to
    each: str = ""
    latch: bool = False
    until: object = None


@dataclass(frozen=True)
class Span:
    """A stretch of a clock's life for the explanation: counted, or not and why."""

    start: datetime
    end: datetime
    counted: bool
    reason: str  # open, closed, paused


@dataclass(frozen=True)
class Reading:
    """What a clock says at `now`: `due_at` is None while it stands still before its end."""

    target: Target
    started_at: datetime
    state: str  # running, paused, met, missed
    elapsed: timedelta
    due_at: datetime | None
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    spell: int = 0  # the number of the spell, from 1, for targets with `each`
    value: object = None  # what the fact of `each` was in it

    @property
    def left(self):
        return self.target.length - self.elapsed


def clock(segments, targets, now):
    """One Reading for each metric that has a target in force; `segments` in order of time, `now` an aware instant.

    `stops` facts are looked for in the segments: the clock ended where the fact last became and stayed true, so a
    reopened record runs on, with the time between counted as paused.
    """
    readings = {}
    for target in targets:
        if target.metric in readings or target.each or not holds(target.applies, segments[-1].facts.get):
            continue
        readings[target.metric] = read(segments, target, now)
    return readings


def turns(segments, fact):
    """[(value, segments, where the next turn begins or None)] of the stretches in which a fact kept its value."""
    found, first = [], 0
    for n in range(1, len(segments) + 1):
        if n == len(segments) or segments[n].facts.get(fact) != segments[first].facts.get(fact):
            found.append((segments[first].facts.get(fact), segments[first:n], segments[n].start if n < len(segments) else None))
            first = n
    return found


def spells(segments, targets, now, last=0):
    """The Readings of targets that are cut by a fact, spell by spell; a spell without a value has no clock.

    Leaving a spell ends its clock and keeps what it said (SL5). `targets` may list several of one metric: in each spell
    the first that applies counts. `last` asks only for the newest spells.
    """
    found = []
    for metric, fact in dict.fromkeys((t.metric, t.each) for t in targets if t.each):
        mine = [t for t in targets if t.metric == metric]
        parts = list(enumerate(turns(segments, fact), 1))
        for n, (value, part, end) in parts[-last:]:
            target = value and next((t for t in mine if holds(t.applies, part[-1].facts.get)), None)
            if target:
                found.append(replace(read(_turn(part, target, end), target, now), spell=n, value=value))
    return found


def _turn(part, target, end):
    """The segments of one spell as a life of its own."""
    if target.latch:
        done, kept = False, []
        for segment in part:
            done = done or bool(segment.facts.get(target.stops))
            kept.append(Segment(segment.start, segment.facts | {target.stops: done}))
        part = kept
    if end is None or part[-1].facts.get(target.stops):
        return part
    return [*part, Segment(end, part[-1].facts | {target.stops: True})]


def shares(segments, pauses, stops, now):
    """[(group, start, end, time)] of each turn of a group: its wall clock less the time that the record stood or was done.

    The times of all turns sum to the wall clock of the record minus its pauses (SL5, SLM-07).
    """
    found = []
    for value, part, end in turns(segments, "team"):
        spent = timedelta()
        for segment, after in zip(part, [*part[1:], None]):
            until = after.start if after else end or max(now, segment.start)
            if not segment.facts.get(stops) and not holds(pauses, segment.facts.get):
                spent += until - segment.start
        found.append((value, part[0].start, end, spent))
    return found


def read(segments, target, now):
    """The Reading of one target."""
    start = _start(segments, target)
    target = fixed(target, start, segments[-1].facts)
    pauses, stopped_at, paused = _stands(segments, target, start, now)
    end = min(stopped_at or now, now)
    elapsed = target.calendar.elapsed(start, end, pauses) if end > start else timedelta()
    over = _passed(target, start, pauses, elapsed)
    if stopped_at:
        state, due = ("missed" if over else "met"), over or None
    elif paused:
        state, due = ("missed" if over else "paused"), over
    else:
        due = over or reach(target.calendar, max(now, start), target.length - elapsed)
        state = "missed" if due and now > due else "running"
    return Reading(target, start, state, elapsed, due, stopped_at, over if over and state == "missed" else None)


def fixed(target, start, facts):
    """The target with a length: one that ends at an instant lasts as long as its calendar is open until then (SLM-05)."""
    if target.until is None:
        return target
    end = target.until(start, facts)
    if not end or end <= start:
        return replace(target, until=None, length=timedelta())
    far = max(1.0, (end - start) / FAR)  # whoever writes the year 6515 gets the open time of ten years as many times, and no clock counts two million days
    return replace(target, until=None, length=target.calendar.elapsed(start, min(end, start + FAR)) * far)


def spans(segments, target, now):
    """Every interval of the clock's life, counted and skipped, each with its reason (SL7)."""
    start = _start(segments, target)
    pauses, stopped_at, _ = _stands(segments, target, start, now)
    end = min(stopped_at or now, now)
    if end <= start:
        return []
    open_ = target.calendar.open(start, end)
    counted = without(open_, pauses)
    paused = [(max(a, start), min(b, end)) for a, b in union(pauses) if a < end and b > start]
    closed = without([(start.astimezone(UTC), end.astimezone(UTC))], [*open_, *paused])
    rows = [Span(a, b, True, "open") for a, b in counted]
    rows += [Span(a, b, False, "paused") for a, b in paused]
    rows += [Span(a, b, False, "closed") for a, b in closed]
    return sorted(rows, key=lambda s: s.start)


def _start(segments, target):
    """Where the clock begins: the record's beginning, or, for a restarting target, where it came into force."""
    start = segments[0].start
    if target.restart:
        for segment in reversed(segments):
            if not holds(target.applies, segment.facts.get):
                break
            start = segment.start
    return start


def _stands(segments, target, start, now):
    """(pauses, stopped at, paused now): the stretches in which the clock stands, and its end."""
    pauses, stopped_at, paused = [], None, False
    for segment, after in zip(segments, [*segments[1:], None]):
        end = after.start if after else max(now, segment.start)
        stopped = bool(segment.facts.get(target.stops))
        paused = not stopped and holds(target.pauses, segment.facts.get)
        if stopped:
            stopped_at = stopped_at or segment.start
        elif stopped_at:
            pauses.append((stopped_at, segment.start))  # reopened: the time while it was resolved does not count
            stopped_at = None
        if paused:
            pauses.append((segment.start, end))
    return pauses, stopped_at, paused


def _passed(target, start, pauses, elapsed):
    """The instant at which the promise was used up, if more than the target has elapsed. Equal is still in time."""
    if elapsed <= target.length:
        return None
    return target.calendar.due(start, target.length, pauses)


def reach(calendar, start, length):
    """The instant at which `length` has passed since `start`; None where the calendar is not open long enough for it."""
    try:
        return calendar.due(start, length)
    except NeverOpen:
        return None
