"""Spans of time as people write and read them; pure functions over seconds."""

import re

UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = re.compile(r"(\d{1,6})([mhdw])")


def short(seconds):
    """26m, 3h 48m, 1d 2h: the largest two units, rounded down, never negative."""
    minutes = int(abs(seconds)) // 60
    if minutes < 60:
        return f"{minutes}m"
    if minutes < 1440:
        return f"{minutes // 60}h {minutes % 60:02d}m" if minutes % 60 else f"{minutes // 60}h"
    days, hours = divmod(minutes // 60, 24)
    return f"{days}d {hours}h" if hours else f"{days}d"


def exact(seconds):
    """As `short`, with the seconds of what is below a minute: 17s."""
    return f"{int(abs(seconds))}s" if 0 < abs(seconds) < 60 else short(seconds)


def hours(seconds):
    """16m, 3h 05m, 50h: working time, which has no days of 24 hours."""
    minutes = int(abs(seconds)) // 60
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h {minutes % 60:02d}m" if minutes % 60 else f"{minutes // 60}h"


def seconds(text):
    """The seconds of "14d", "8h" or "30m"; ValueError for anything else."""
    if not (found := _SPAN.fullmatch(text.strip())):
        raise ValueError(f"{text!r} is not a span of time. Write a number and m, h, d or w, such as 30m or 14d.")
    return int(found[1]) * UNITS[found[2]]
