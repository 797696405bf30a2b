"""Months of the calendar: the same day later on, and how many have passed."""

from calendar import monthrange
from datetime import date


def after(day, months):
    """The same day `months` later, the last one of a month that is too short: 31 January and one month is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def passed(first, last):
    """Whole months from one day to another, never negative."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return max(0, months - (after(first, months) > last))
