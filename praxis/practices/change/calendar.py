"""The calendar of changes: what happens when, what is frozen, what clashes; for a month as days, for a week as lanes."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import holidays
from django.utils import timezone
from django.utils.translation import gettext as _t

from praxis.kernel.now import now
from praxis.people.models import Organisation, Team
from praxis.records.extras import fulfils
from praxis.records.models import Link, Record, within

from . import rules
from .conflicts import ACTIVE
from .models import Change, Window

# what a mark or a line needs: making two thousand whole changes cost more than reading them
NEEDED = ("pk", "number", "title", "state", "phase", "is_open", "subtype", "result", "planned_start", "planned_end", "organisation_id", "service_id", "team_id", "owner_id", "model_id",
          "scope", "risk", "environment", "priority")
SHOWN, MOST = 6, 2000  # changes of one day before a click shows the rest; of the whole span


@dataclass
class Entry:
    """A change, with the columns of NEEDED, as the calendar shows it: `sign` done, fail, clash, warn, now or ""."""

    change: object
    sign: str = ""


@dataclass
class Day:
    day: date
    out: bool  # of another month
    today: bool
    entries: list = field(default_factory=list)
    frozen: list = field(default_factory=list)  # (window, words)
    open: list = field(default_factory=list)  # maintenance windows
    holiday: str = ""


def midnight(day):
    """The beginning of a local day."""
    return timezone.make_aware(datetime.combine(day, time()))


def changes(actor, first, last, **more):
    """The changes that the actor may see whose window touches the days from first to before last, with what marks them; two statements."""
    rows = Change.objects.visible_to(actor, "change.see").filter(planned_start__lt=midnight(last), planned_end__gt=midnight(first), **more)
    return list(rows.exclude(state="cancelled").order_by("planned_start", "pk").values_list(*NEEDED, named=True)[:MOST])


def freezes(actor, first, last):
    """[(window, start, end)] of freezes, and the same of maintenance windows, that the actor's organisations have in these days."""
    reach = actor.organisations("change.see")
    found = {"freeze": [], "maintenance": []}
    for window in Window.objects.filter(is_active=True).order_by("label"):
        if reach is None or window.organisation_id is None or window.organisation_id in reach:
            found[window.kind] += [(window, a, b) for a, b in window.stretch.between(midnight(first), midnight(last))]
    return found["freeze"], found["maintenance"]


def signed(rows, shut):
    """An Entry for each change: what clashes is what shares an item at the same time, or lies in a freeze that holds for it."""
    items = defaultdict(set)
    active = [c for c in rows if c.state in ACTIVE]
    for change, item in Link.objects.filter(source__in=[c.pk for c in active], type="affects").values_list("source", "target"):
        items[change].add(item)
    on = defaultdict(list)
    for change in active:
        for item in items[change.pk]:
            on[item].append(change)
    shared = set()
    for changes_ in on.values():
        changes_.sort(key=lambda c: c.planned_start)
        for n, one in enumerate(changes_):
            for other in changes_[n + 1 :]:
                if other.planned_start >= one.planned_end:
                    break
                shared |= {one.pk, other.pk}
    return [Entry(c, _sign(c, shut, shared)) for c in rows]


def _sign(change, shut, shared):
    if change.result in rules.FAILED:
        return "fail"
    if change.phase != "open":
        return "done"
    if change.subtype != "emergency" and any(a < change.planned_end and b > change.planned_start and holds(window, change) for window, a, b in shut):
        return "clash"
    return "warn" if change.pk in shared else "now" if change.state == "implement" else ""


def holds(window, change):
    """Whether a freeze is one for this change, as far as its own columns tell; classes of items are judged on its page."""
    if window.organisation_id not in (None, change.organisation_id) or window.item_class_id:
        return False
    return window.service_id in (None, change.service_id) and (not window.when or fulfils(change, window.when))


def month(actor, year, number, **more):
    """(weeks of seven Days, the changes) of a month, from the Monday before it on."""
    start = date(year, number, 1)
    first = start - timedelta(days=start.weekday())
    after = (start + timedelta(days=32)).replace(day=1)
    weeks = -(-(after - first).days // 7)
    last = first + timedelta(days=7 * weeks)
    shut, agreed = freezes(actor, first, last)
    entries = signed(changes(actor, first, last, **more), shut)
    today, free = timezone.localtime(now()).date(), _holidays(actor, first, last)
    days = {first + timedelta(days=n): None for n in range(7 * weeks)}
    for day in days:
        days[day] = Day(day, day.month != number, day == today, holiday=free.get(day, ""))
    for entry in entries:
        for day in _days(entry.change.planned_start, entry.change.planned_end, days):
            days[day].entries.append(entry)
    for pairs, name in ((shut, "frozen"), (agreed, "open")):
        for window, a, b in pairs:
            _mark(days, window, a, b, name)
    rows = list(days.values())
    return [rows[n : n + 7] for n in range(0, len(rows), 7)], entries


def _days(start, end, days):
    """The local days that [start, end) touches, of those shown."""
    first, last = timezone.localtime(start).date(), timezone.localtime(end - timedelta(microseconds=1)).date()
    return [day for day in (first + timedelta(days=n) for n in range((last - first).days + 1)) if day in days]


def _mark(days, window, start, end, name):
    a, b = timezone.localtime(start), timezone.localtime(end)
    for day in _days(start, end, days):
        words = ""
        if day == a.date():
            words = _t("%(what)s from %(time)s") % {"what": window.label, "time": f"{a:%H:%M}"}
        elif day == (b - timedelta(microseconds=1)).date():
            words = _t("%(what)s to %(time)s") % {"what": window.label, "time": f"{b:%H:%M}"} if b.date() == day else window.label
        getattr(days[day], name).append((window, words))


def _holidays(actor, first, last):
    """{day: name} of public holidays in the country of the actor's organisation."""
    country = Organisation.objects.filter(pk=actor.organisation).values_list("country", flat=True).first()
    try:
        known = holidays.country_holidays(country, years={first.year, last.year}) if country else {}
    except NotImplementedError:
        return {}
    return {d: f"{known[d]}, {country}" for d in known if first <= d < last}


def lanes(actor, monday, by, **more):
    """([(label, address, [(Entry, x, width, row)])], freezes, x of now or None) of a week: a line for each service, group or item."""
    last = monday + timedelta(days=7)
    shut, _agreed = freezes(actor, monday, last)
    rows = changes(actor, monday, last, **more)
    entries = signed(rows, shut)
    names = {"team": dict(Team.objects.filter(pk__in={r.team_id for r in rows}).values_list("pk", "name")),
             "service": {s.pk: s for s in Record.objects.filter(within(actor, "service.see"), pk__in={r.service_id for r in rows})}}
    start, whole = midnight(monday), (midnight(last) - midnight(monday)).total_seconds()

    def x(at):
        return round(min(100.0, max(0.0, (at - start).total_seconds() / whole * 100)), 2)

    groups = defaultdict(list)
    for entry in entries:
        for label, href in _lanes_of(entry.change, by, names):
            groups[label, href].append(entry)
    found = []
    for (label, href), rows in sorted(groups.items()):
        placed, ends = [], []
        for entry in rows:
            a, b = x(entry.change.planned_start), x(entry.change.planned_end)
            row = next((n for n, end in enumerate(ends) if end + 16 < a), None)
            if row is None:
                ends.append(0)
                row = len(ends) - 1
            ends[row] = b
            placed.append((entry, a, max(0.9, round(b - a, 2)), row))
        found.append((label, href, placed, len(ends)))
    at = now()
    return found, [(w, x(a), round(x(b) - x(a), 2)) for w, a, b in shut], x(at) if start <= at < midnight(last) else None


def _lanes_of(change, by, names):
    if by == "team":
        return [(names["team"].get(change.team_id, _t("No group")), "")]
    if by == "item":
        return [(name, "") for name in change.scope.split(", ") if name] or [(_t("No items"), "")]
    service = names["service"].get(change.service_id)
    return [(service.title, f"/r/{service.number}")] if service else [(_t("No service"), "")]
