"""Shifts: the hours of a week as people write them, and whether an instant lies in them."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def windows_of(week, day):
    """[(from, to)] in minutes of a day, of `{"mon": ["08:00-16:00"]}`; ValueError for what are no hours of a week."""
    if not isinstance(week, dict) or set(week) - set(DAYS):
        raise ValueError(f"Write a line for each day that is worked, one of {', '.join(DAYS)}, such as mon: [\"08:00-16:00\"].")
    found = {}
    for name, texts in week.items():
        if not isinstance(texts, list):
            raise ValueError(f"{name}: write the hours as a list, such as [\"08:00-16:00\"].")
        for text in texts:
            match = _WINDOW.fullmatch(str(text))
            start, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (1, 0)
            if not start < end <= 1440:
                raise ValueError(f"{name}: {text!r} are no hours. Write 08:00-16:00; a night is two windows, until 24:00 and from 00:00.")
            found.setdefault(name, []).append((start, end))
    return sorted(found.get(DAYS[day.weekday()], []))


def on_shift(week, at, zone):
    """Whether an instant lies within the hours of a week, by the wall clock of the zone."""
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in windows_of(week, local.date()))


def next_shift(week, at, zone):
    """The beginning of the next window after an instant within eight days, or None."""
    tz = ZoneInfo(zone)
    local = at.astimezone(tz)
    for n in range(8):
        day: date = local.date() + timedelta(days=n)
        for start, _end in windows_of(week, day):
            begin = datetime.combine(day, time(start // 60, start % 60), tz)
            if begin > at:
                return begin
    return None
