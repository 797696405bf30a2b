"""From a stored calendar, as people write hours, to the set of instants that the clock measures."""

import re
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from praxis.lib.businesstime import Calendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class BadHours(ValueError):
    """Hours that cannot be read; the text says how to write them, `field` where they stand."""

    def __init__(self, words, field="week"):
        super().__init__(words)
        self.field = field


def parsed(row, zone):
    """The lib Calendar of a stored row, in the row's own zone or else in `zone`."""
    zone = row.zone or zone
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadHours(f"{zone!r} is no time zone. Write one such as Europe/Berlin.") from None
    if not isinstance(row.week, dict):
        raise BadHours("Write a line for each day, such as mon: [\"08:00-18:00\"].")
    if unknown := set(row.week) - set(DAYS):
        raise BadHours(f"Write hours per day: {', '.join(DAYS)}. Unknown: {', '.join(sorted(unknown))}.")
    week = {DAYS.index(d): windows(w) for d, w in row.week.items()}
    if not isinstance(row.exceptions or {}, dict):
        raise BadHours("Write a line for each date, such as 2026-12-24: [\"08:00-12:00\"].", "exceptions")
    try:
        exceptions = {date.fromisoformat(d): windows(w) for d, w in (row.exceptions or {}).items()}
    except ValueError as problem:
        raise BadHours(f"{problem} Write a line for each date, such as 2026-12-24: [\"08:00-12:00\"], or 2026-12-31: [].", "exceptions") from None
    return Calendar(zone, week, _Exceptions(row.holidays, exceptions), row.label)


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


class _Exceptions(dict):
    """Exception dates, with the public holidays of a country or region as closed days."""

    def __init__(self, region, dates):
        super().__init__(dates)
        self.region = region
        if region:
            _free_days(region, 2026)  # an unknown region fails when the calendar is saved

    def get(self, day, default=()):
        if day in self:
            return self[day]
        return () if self.region and day in _free_days(self.region, day.year) else default


@lru_cache(maxsize=256)
def _free_days(region, year):
    country, _, part = region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        raise BadHours(f"No public holidays are known for {region!r}. Write a country such as DE, or DE-HH.", "holidays") from None
