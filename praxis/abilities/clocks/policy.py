"""Which promises hold for a record: read from few small tables, kept for a few seconds."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from time import monotonic

from django.core.exceptions import ValidationError
from django.db.models import F

from praxis.kernel.settings import Setting
from praxis.lib import spans
from praxis.lib.clock import Target as Promise
from praxis.lib.conditions import Group, Test, from_json
from praxis.people.models import Organisation

from .hours import parsed
from .models import LENGTH, Calendar, Target, check_levels


def _levels(value):
    try:
        check_levels(value)
    except ValidationError as problem:
        raise ValueError(" ".join(problem.messages)) from None


OLDEST = F("valid_from").asc(nulls_first=True)  # without a date: from the beginning; PostgreSQL would put it last
DEFAULT_OLA = Setting("clocks.default_ola", str, "ola", "Promises of a group that has no agreement of its own")
LEVELS = Setting("clocks.levels", dict, {"50": ["owner"], "75": ["owner", "lead"], "90": ["team"], "100": ["lead", "service_owner"], "150": ["manager"]},
                 "Who is told at which percent of a promise", valid=_levels)
DEFAULT_SET = Setting("clocks.default_set", str, "standard", "Promises where neither service nor customer has its own")
KEEP = 5
_cache: dict = {}
_coverage: list = []
_agreed: list = []


def covers(run):
    """Decorator: `run(service ids) -> {service id: (target set key, calendar key)}`, from whoever knows services."""
    _coverage.append(run)
    return run


def agrees(run):
    """Decorator: `run() -> [(service id or None, organisation id or None, team id or None, target set key, from, to)]` of the
    agreements in force, from whoever keeps agreements; dates may be None. One with a team is that team's OLA."""
    _agreed.append(run)
    return run


class Versions:
    """A calendar whose hours changed over time: each stretch is measured by the version in force then."""

    def __init__(self, versions):
        self.versions = versions  # [(valid from or None, Calendar)], oldest first
        self.label = versions[-1][1].label

    def _stretches(self, start, end):
        starts = [max(v or start, start) for v, _ in self.versions]
        for (_, calendar), a, b in zip(self.versions, starts, [*starts[1:], end]):
            if a < min(b, end):
                yield calendar, a, min(b, end)

    def open(self, start, end):
        return [i for calendar, a, b in self._stretches(start, end) for i in calendar.open(a, b)]

    def elapsed(self, start, end, pauses=()):
        return sum((c.elapsed(a, b, pauses) for c, a, b in self._stretches(start, end)), timedelta())

    def due(self, start, target, pauses=()):
        for calendar, a, b in self._stretches(start, start + timedelta(days=800)):
            spent = calendar.elapsed(a, b, pauses)
            if spent >= target:
                return calendar.due(a, target, pauses)
            target -= spent
        return self.versions[-1][1].due(start + timedelta(days=800), target, pauses)


class Policy:
    """All calendars and targets, as they are now."""

    def __init__(self):
        self.zones = dict(Organisation.objects.values_list("pk", "zone"))
        self.rows = {}
        for row in Calendar.objects.order_by(OLDEST):
            self.rows.setdefault((row.key, row.organisation_id), []).append(row)
        self.sets, self.levels = {}, {}
        for target in Target.objects.select_related("set").order_by(OLDEST):
            self.sets.setdefault((target.set.key, target.kind), []).append(target)
            self.levels[target.set.key] = target.set.levels
        self.dates = tuple(sorted({t.length.split()[1] for rows in self.sets.values() for t in rows if t.length.startswith("until ")}))
        self.calendars, self.services, self.promises = {}, {}, {}
        self.agreements = [row for run in _agreed for row in run()]

    def calendar(self, key, organisation):
        """The calendar of this key for an organisation: its own, or the shared one in its zone; None if there is none."""
        if (key, organisation) not in self.calendars:
            rows = self.rows.get((key, organisation)) or self.rows.get((key, None))
            zone = self.zones.get(organisation, "UTC")
            found = rows and [(r.valid_from, parsed(r, zone)) for r in sorted(rows, key=lambda r: (r.valid_from is not None, r.valid_from))]
            self.calendars[key, organisation] = found and (found[0][1] if len(found) == 1 else Versions(found))
        return self.calendars[key, organisation]

    def coverage(self, service):
        """(set key, calendar key) that a service declares, or (None, None)."""
        if service is None:
            return None, None
        if service not in self.services:
            self.services[service] = (None, None)
            for run in _coverage:
                self.services |= run([service])
        return self.services[service]

    def targets(self, kind, organisation, service, at):
        """The promises for a record of `kind`, in force at `at`, as the pure clock takes them; the first match counts."""
        own_set, hours = self.coverage(service)
        day = at and at.date()
        key = (kind, organisation, service, hours, day)
        if key not in self.promises:
            own = self.agreed(service, organisation, None, day) or own_set or self.agreed(None, organisation, None, day)
            found = self._promises(kind, organisation, own or DEFAULT_SET(organisation), hours, at)
            for team in {t for *_, t, _key, _from, _to in self.agreements if t}:
                if ola := self.agreed(service, organisation, team, day):
                    found += [self._of_team(t, team) for t in self._promises(kind, organisation, ola, hours, at)]
            if DEFAULT_OLA(organisation):
                found += self._promises(kind, organisation, DEFAULT_OLA(organisation), hours, at)
            self.promises[key] = found
        return self.promises[key]

    @staticmethod
    def _of_team(target, team):
        return replace(target, applies=Group("all", (target.applies, Test("team", "is", (str(team),)))))

    def agreed(self, service, organisation, team, day):
        """The target set of the agreement that fits best on this day: one for this service and customer before a general one."""
        best = None
        for its_service, its_customer, its_team, key, start, end in self.agreements:
            if its_team != team or its_service not in (None, service) or its_customer not in (None, organisation):
                continue
            if team is None and its_service is None and service is not None:
                continue  # asked for one that names the service
            if day and (start and day < start or end and day > end):
                continue
            rank = (its_service is not None, its_customer is not None)
            if best is None or rank > best[0]:
                best = rank, key
        return best and best[1]

    def _promises(self, kind, organisation, set_key, hours, at):
        latest = {}
        for row in self.sets.get((set_key, kind), ()):
            if row.valid_from is None or at is None or row.valid_from <= at:
                latest[row.metric, row.priority] = row  # rows come oldest first
        found = []
        for row in latest.values():
            calendar = self.calendar((hours or "working") if row.calendar == "service" else row.calendar, organisation)
            if calendar:
                found.append(promise(row, calendar))
        return found


def promise(row, calendar):
    """A stored target as the pure clock takes it."""
    fixed, until = length(row.length, calendar)
    dated = (Test(row.length.split()[1], "not_empty"),) if row.length.startswith("until") else ()  # without its date there is no promise
    return Promise(
        metric=row.metric, length=fixed, until=until, calendar=calendar, restart=row.restart, key=row.pk, set_key=row.set.key,
        applies=Group("all", (Test("priority", "is", (str(row.priority),)), *dated)),
        pauses=from_json(row.pauses) if row.pauses else Group("any"),
        stops=STOPS[row.metric], each=EACH.get(row.metric, ""), latch=row.metric in ("accept", "assign"),
        label=f"{row.set.label}, {calendar.label}, {row.length}",
    )


STOPS = {"respond": "responded", "assign": "assigned", "accept": "taken", "update": "resolved", "resolve": "resolved", "work": "resolved"}
EACH = {"accept": "team", "work": "team", "update": "answers"}


def length(text, calendar):
    """(length, until) of a stored length: 2d of a calendar that is open ten hours a day are twenty hours."""
    text = text.strip()
    if found := LENGTH.fullmatch(text):
        if text.startswith("until"):
            return timedelta(), partial(_its_own_date, calendar, text.split()[1])
        return timedelta(), partial(_hour_of_day, calendar, int(found[1]), time(int(found[2]), int(found[3])))
    return span(text, calendar), None


def span(text, calendar):
    """The open time of 15m, 4h or 2d."""
    if text.endswith("d"):
        newest = getattr(calendar, "versions", [(None, calendar)])[-1][1]
        day = max(sum(b - a for a, b in w) for w in newest.week.values())
        return timedelta(minutes=int(text[:-1]) * day)
    return timedelta(seconds=spans.seconds(text))


def _hour_of_day(calendar, days, hour, start, facts):
    """That hour of the working day which is `days` after the day of `start`, in the calendar's zone."""
    newest = getattr(calendar, "versions", [(None, calendar)])[-1][1]
    day, left = start.astimezone(newest.tz).date(), days
    for _n in range(800):
        day += timedelta(days=1)
        left -= bool(newest.windows(day))
        if not left:
            return datetime.combine(day, hour, newest.tz)
    return start


def _its_own_date(calendar, name, start, facts):
    """The instant that the record itself names; a day lasts until its end in the calendar's zone."""
    value = facts[name]
    if len(value) > 10:
        return datetime.fromisoformat(value)
    newest = getattr(calendar, "versions", [(None, calendar)])[-1][1]
    return datetime.combine(date.fromisoformat(value) + timedelta(days=1), time(), newest.tz)


def policy():
    """The current Policy, at most a few seconds old."""
    at, found = _cache.get("policy", (0, None))
    if found is None or monotonic() - at > KEEP:
        found = Policy()
        _cache["policy"] = monotonic(), found
    return found


def forget():
    """Drop the cache, after a change in this process."""
    _cache.clear()
