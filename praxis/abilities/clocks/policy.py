"""Which promises hold for a record: read from few small tables, kept for a few seconds."""

from datetime import timedelta
from time import monotonic

from praxis.kernel.settings import Setting
from praxis.lib import spans
from praxis.lib.clock import Target as Promise
from praxis.lib.conditions import Group, Test, from_json
from praxis.people.models import Organisation

from .hours import parsed
from .models import Calendar, Target

DEFAULT_SET = Setting("clocks.default_set", str, "standard", "Promises where neither service nor customer has its own")
KEEP = 5
_cache: dict = {}
_coverage: list = []


def covers(run):
    """Decorator: `run(service ids) -> {service id: (target set key, calendar key)}`, from whoever knows services."""
    _coverage.append(run)
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
        for row in Calendar.objects.order_by("valid_from"):
            self.rows.setdefault((row.key, row.organisation_id), []).append(row)
        self.sets = {}
        for target in Target.objects.select_related("set").order_by("valid_from"):
            self.sets.setdefault((target.set.key, target.kind), []).append(target)
        self.calendars, self.services, self.promises = {}, {}, {}

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
        key = (kind, organisation, own_set, hours, at and at.date())
        if key not in self.promises:
            self.promises[key] = self._promises(kind, organisation, own_set or DEFAULT_SET(organisation), hours, at)
        return self.promises[key]

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
    return Promise(
        metric=row.metric, length=length(row.length, calendar), calendar=calendar, restart=row.restart, key=row.pk,
        applies=Group("all", (Test("priority", "is", (str(row.priority),)),)),
        pauses=from_json(row.pauses) if row.pauses else Group("any"),
        stops={"respond": "responded"}.get(row.metric, "resolved"),
        label=f"{row.set.label}, {calendar.label}, {row.length}",
    )


def length(text, calendar):
    """2d of a calendar that is open ten hours a day are twenty hours."""
    if text.endswith("d"):
        newest = getattr(calendar, "versions", [(None, calendar)])[-1][1]
        day = max(sum(b - a for a, b in w) for w in newest.week.values())
        return timedelta(minutes=int(text[:-1]) * day)
    return timedelta(seconds=spans.seconds(text))


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
