"""Working time: a calendar is a set of instants, and elapsed time is the measure of that set.

Definition (frameworks, section 3.1): an instant t is open when the local wall time of t lies inside a window
[from, to) of its weekday, or of its exception date. Membership is decided on instants, so the gap and the fold of a
clock change need no rule of their own.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60  # minutes
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
HORIZON = timedelta(days=800)  # how far a due time is looked for


class BadHours(ValueError):
    """Hours that cannot be read; the text says how to write them, `field` where they stand."""

    def __init__(self, words, field="week"):
        super().__init__(words)
        self.field = field


def week_of(rows):
    """{weekday: windows} of `{"mon": ["08:00-16:00"]}`, as people write the hours of a week."""
    if not isinstance(rows, dict):
        raise BadHours("Write a line for each day, such as mon: [\"08:00-18:00\"].")
    if unknown := set(rows) - set(DAYS):
        raise BadHours(f"Write hours per day: {', '.join(DAYS)}. Unknown: {', '.join(sorted(unknown))}.")
    return {DAYS.index(day): windows(texts) for day, texts in rows.items()}


def windows(texts):
    """(("08:00-18:00"), ...) as minutes of the day; ends at 24:00 at the latest."""
    if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
        raise BadHours("Write the hours of a day as a list, such as [\"08:00-12:00\", \"13:00-17:00\"]; closed: [].")
    out = []
    for text in texts:
        if not (found := _WINDOW.fullmatch(text.strip())):
            raise BadHours(f"{text!r} are no hours. Write 08:00-18:00; a day ends at 24:00.")
        a, b, c, d = map(int, found.groups())
        out.append((a * 60 + b, c * 60 + d))
    return tuple(sorted(out))


class NeverOpen(ValueError):
    """The calendar has no open minute within the horizon; refused when it is saved."""


@dataclass(frozen=True)
class Calendar:
    """Weekly windows in minutes of the local day, with exception dates that replace the day's windows.

    `week` maps weekday (Monday 0) to ((from, to), ...), minutes 0 to 1440; overnight work is two windows.
    """

    zone: str
    week: dict = field(hash=False)
    exceptions: dict = field(default_factory=dict, hash=False)
    label: str = ""

    @property
    def tz(self):
        return ZoneInfo(self.zone)

    def windows(self, day):
        return self.exceptions.get(day, self.week.get(day.weekday(), ()))

    def is_open(self, at):
        local = at.astimezone(self.tz)
        minute = local.hour * 60 + local.minute + local.second / 60 + local.microsecond / 6e7
        return any(a <= minute < b for a, b in self.windows(local.date()))

    def open(self, start, end):
        """Open intervals of [start, end) in UTC, in order, adjacent ones joined."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        joined = []
        for a, b in self._pieces(start, end):
            if joined and a <= joined[-1][1]:
                joined[-1][1] = max(b, joined[-1][1])
            else:
                joined.append([a, b])
        return [(a, b) for a, b in joined]

    def _pieces(self, start, end):
        if start >= end:
            return
        day, last = start.astimezone(self.tz).date(), end.astimezone(self.tz).date()
        while day <= last:
            for a, b in _open_of_day(self.zone, day, tuple(self.windows(day))):
                if a < end and b > start:
                    yield max(a, start), min(b, end)
            day += timedelta(days=1)

    def elapsed(self, start, end, pauses=()):
        """The open time in [start, end) less the union of `pauses`, pairs of instants."""
        return sum((b - a for a, b in without(self.open(start, end), pauses)), timedelta())

    def due(self, start, target, pauses=()):
        """The earliest instant at which `target` has elapsed since `start`; NeverOpen if there is none in 800 days."""
        if target <= timedelta(0):
            return start.astimezone(UTC)
        left, at, limit = target, start.astimezone(UTC), start.astimezone(UTC) + HORIZON
        step = timedelta(days=2)
        while at < limit:
            upto = min(at + step, limit)
            for a, b in without(self.open(at, upto), pauses):
                if b - a >= left:
                    return a + left
                left -= b - a
            at, step = upto, min(step * 2, timedelta(days=56))
        raise NeverOpen(f"The calendar {self.label or self.zone} is not open long enough within 800 days.")

    def next_open(self, at):
        """The first open instant at or after `at`."""
        return self.due(at, timedelta(microseconds=1)) - timedelta(microseconds=1)

    def check_windows(self):
        """Raise for windows out of order or outside the day."""
        for day in (*self.week.values(), *self.exceptions.values()):
            if any(not 0 <= a < b <= DAY for a, b in day):
                raise ValueError("A window runs from an earlier to a later minute of one day, 00:00 to 24:00.")

    def check(self, today=None):
        """Raise for windows out of order or outside the day, and for a calendar that never opens."""
        self.check_windows()
        self.next_open(datetime.combine(today or date(2026, 1, 1), time(), UTC))


@lru_cache(maxsize=4096)
def _open_of_day(zone, day, windows):
    """The windows of one local day as UTC intervals; a day with a clock change is cut at the change."""
    out = []
    tz = ZoneInfo(zone)
    midnight = datetime.combine(day, time())
    for low, high, offset in _stretches(tz, day):
        for a, b in windows:
            first = max(midnight + timedelta(minutes=a), low)
            past = min(midnight + timedelta(minutes=b), high)
            if first < past:
                out.append(((first - offset).replace(tzinfo=UTC), (past - offset).replace(tzinfo=UTC)))
    return sorted(out)


def _stretches(tz, day):
    """(local from, local to, offset) of the parts of a local day on which the offset from UTC is constant."""
    midnight = datetime.combine(day, time())
    # an offset is at most a day, so these two instants enclose every instant whose local date is `day`
    low, high = midnight.replace(tzinfo=UTC) - timedelta(hours=26), midnight.replace(tzinfo=UTC) + timedelta(hours=50)
    edges = [low, *_changes(tz, low, high), high]
    for a, b in zip(edges, edges[1:]):
        offset = a.astimezone(tz).utcoffset()
        first = max((a + offset).replace(tzinfo=None), midnight)
        past = min((b + offset).replace(tzinfo=None), midnight + timedelta(days=1))
        if first < past:
            yield first, past, offset


def _changes(tz, low, high):
    """The instants in (low, high) at which the offset of a zone changes, to the second."""
    at = low
    while at < high:
        after = min(at + timedelta(hours=6), high)
        if at.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset():
            a, b = at, after
            while b - a > timedelta(seconds=1):
                middle = a + timedelta(seconds=(b - a) // timedelta(seconds=2))
                if middle.astimezone(tz).utcoffset() == at.astimezone(tz).utcoffset():
                    a = middle
                else:
                    b = middle
            yield b
        at = after


def union(intervals):
    """Overlapping and touching intervals joined, in order."""
    out = []
    for a, b in sorted((a.astimezone(UTC), b.astimezone(UTC)) for a, b in intervals if a < b):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def without(intervals, pauses):
    """`intervals` (ordered, disjoint) less the union of `pauses`."""
    cuts = union(pauses)
    if not cuts:
        return list(intervals)
    starts, out = [a for a, _ in cuts], []
    for a, b in intervals:
        i = max(0, bisect_right(starts, a) - 1)
        while i < len(cuts) and cuts[i][0] < b:
            p, q = cuts[i]
            if q > a:
                if p > a:
                    out.append((a, p))
                a = max(a, q)
                if a >= b:
                    break
            i += 1
        if a < b:
            out.append((a, b))
    return out
