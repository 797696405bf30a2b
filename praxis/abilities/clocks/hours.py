"""From a stored calendar, as people write hours, to the set of instants that the clock measures."""

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from praxis.lib.businesstime import BadHours, Calendar, week_of, windows


def parsed(row, zone):
    """The lib Calendar of a stored row, in the row's own zone or else in `zone`."""
    zone = row.zone or zone
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadHours(f"{zone!r} is no time zone. Write one such as Europe/Berlin.") from None
    week = week_of(row.week)
    if not isinstance(row.exceptions or {}, dict):
        raise BadHours("Write a line for each date, such as 2026-12-24: [\"08:00-12:00\"].", "exceptions")
    try:
        exceptions = {date.fromisoformat(d): windows(w) for d, w in (row.exceptions or {}).items()}
    except ValueError as problem:
        raise BadHours(f"{problem} Write a line for each date, such as 2026-12-24: [\"08:00-12:00\"], or 2026-12-31: [].", "exceptions") from None
    return Calendar(zone, week, _Exceptions(row.holidays, exceptions), row.label)


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
