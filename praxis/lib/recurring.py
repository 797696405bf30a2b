"""Stretches of local time that come again: freezes and maintenance windows, as RFC 5545 rules in a zone.

A stretch begins and ends at local times; what recurs is the local beginning, so that a Sunday from 02:00 to 06:00 stays one across a change of the
clocks. A local time that a clock change skips is read with the offset before it, one that comes twice means the first (RFC 5545, section 3.3.5).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

LONGEST, FURTHEST, MOST = timedelta(days=366), timedelta(days=800), 2000
FIRST, LAST, STEP = 1970, 2200, timedelta(seconds=1)
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST"}
_RULE = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,+\-:]+)*")


class BadRule(ValueError):
    """A rule that cannot be read; the text says what to write."""


@dataclass(frozen=True)
class Stretch:
    """`starts` and `ends` are naive local times of `zone`; `rule` is an RRULE such as FREQ=WEEKLY;BYDAY=SU, or "" for once."""

    starts: datetime
    ends: datetime
    zone: str
    rule: str = ""

    def between(self, after, before):
        """[(start, end)] in UTC of every occurrence that overlaps [after, before), in their order."""
        return [pair for pair in _occurrences(self, *_months(after, before)) if pair[0] < before and pair[1] > after]

    def check(self):
        """BadRule unless this is a stretch as it should be."""
        if self.ends <= self.starts:
            raise BadRule("It ends after it begins.")
        if not FIRST <= self.starts.year <= self.ends.year <= LAST:
            raise BadRule(f"Write years from {FIRST} to {LAST}.")
        if self.ends - self.starts > LONGEST:
            raise BadRule("It lasts at most a year.")
        if self.rule:
            parts = dict(part.partition("=")[::2] for part in self.rule.split(";"))
            if set(parts) - PARTS or parts.get("INTERVAL", "1").strip("0") == "" or len(self.rule) > 200 or not _RULE.fullmatch(self.rule) or "COUNT=" in self.rule and int(re.search(r"COUNT=(\d+)|$", self.rule)[1] or 0) > MOST:
                raise BadRule("Write a rule such as FREQ=WEEKLY;BYDAY=SU or FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2,-1; empty: once.")
            try:
                never = rrulestr(f"RRULE:{self.rule}", dtstart=self.starts).after(self.starts - STEP) is None
            except (ValueError, TypeError, KeyError) as problem:
                raise BadRule(f"The rule cannot be read: {problem}.") from None
            if never:  # what never comes would be looked for until the end of all years, each time that somebody asks
                raise BadRule("This rule never comes to pass. Write another one.")


def _months(after, before):
    """The asked stretch widened to whole months, so that neighbouring questions share their answer."""
    start = after.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (before.astimezone(UTC) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start, min(end, start + FURTHEST)


@lru_cache(1024)
def _occurrences(stretch, after, before):
    zone, length = ZoneInfo(stretch.zone), stretch.ends - stretch.starts
    if not stretch.rule:
        begins = [stretch.starts]
    else:
        low = after.replace(tzinfo=None) - length - timedelta(days=2)  # a zone is at most a day away
        begins = rrulestr(f"RRULE:{stretch.rule}", dtstart=stretch.starts).between(low, before.replace(tzinfo=None) + timedelta(days=2), inc=True)[:MOST]
    pairs = ((b.replace(tzinfo=zone).astimezone(UTC), (b + length).replace(tzinfo=zone).astimezone(UTC)) for b in begins)
    return tuple((a, b) for a, b in pairs if a < b and a < before and b > after)


def overlap(a, b, c, d):
    """How long [a, b) and [c, d) overlap; zero or less if they do not."""
    return min(b, d) - max(a, c)


def inside(start, end, pairs):
    """Whether [start, end) lies wholly within the union of these stretches."""
    reach = start
    for a, b in sorted(pairs):
        if a > reach:
            break
        reach = max(reach, b)
        if reach >= end:
            return True
    return False
