"""What stands in the way of a change's window: others on its items or beside them, freezes, agreed windows, people who would be in two places (CHG-08)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _t

from praxis.abilities.tasks.models import Task
from praxis.estate.cmdb.impact import around
from praxis.estate.cmdb.models import Item, ItemClass
from praxis.kernel.now import now
from praxis.lib.recurring import inside, overlap
from praxis.lib.spans import hours
from praxis.records.extras import fulfils
from praxis.records.models import Link

from . import rules
from .models import LONGEST, Change, Window

REACH = 3  # relations away, in either direction (CM8)
AHEAD, STEP, PROPOSED = timedelta(days=21), timedelta(minutes=30), 3
ACTIVE = ("new", "assess", "authorise", "scheduled", "implement")


@dataclass(frozen=True)
class Conflict:
    """`sort`: item, near, freeze, window, person, lead. `stops`: a start is refused until somebody accepts it. `key` names it until it changes."""

    sort: str
    key: str
    words: str
    stops: bool
    start: object = None
    end: object = None
    change: Change | None = None
    window: Window | None = None


def windows_of(record, items=None):
    """The freezes and maintenance windows that hold for a change: (freezes, maintenance windows)."""
    items = touched(record) if items is None else items
    parents, classes = None, set()
    found = defaultdict(list)
    rows = Window.objects.filter(Q(organisation=None) | Q(organisation=record.organisation_id), is_active=True).select_related("owner").order_by("label", "pk")
    for row in rows:
        if row.item_class_id:
            if parents is None:
                parents = dict(ItemClass.objects.values_list("pk", "parent"))
                classes = _above(Item._base_manager.filter(pk__in=items).values_list("item_class", flat=True), parents)
            if row.item_class_id not in classes:
                continue
        if row.service_id and row.service_id != record.service_id or row.when and not fulfils(record, row.when):
            continue
        found[row.kind].append(row)
    return found["freeze"], found["maintenance"]


def _above(classes, parents):
    """Classes with everything that they are a kind of."""
    found = set()
    for one in classes:
        while one and one not in found:
            found.add(one)
            one = parents.get(one)
    return found


def touched(record):
    """Ids of the items that a change touches, asked once for each of its versions: a link is a version of both ends."""
    if not record.pk:
        return []
    known = record.__dict__.get("_touched")
    if known is None or known[0] != record.version:
        known = record.__dict__["_touched"] = (record.version, list(Link.objects.filter(source=record.pk, type="affects").values_list("target", flat=True)))
    return list(known[1])


def freezes(record):
    """The freezes that the planned window of a change overlaps."""
    if not (record.planned_start and record.planned_end):
        return []
    return [w for w in windows_of(record)[0] if w.stretch.between(record.planned_start, record.planned_end)]


def find(record):
    """Every Conflict of a change's planned window, the hardest first; none without a window."""
    if not (record.planned_start and record.planned_end) or record.phase == "final":
        return []
    start, end, items = record.planned_start, record.planned_end, touched(record)
    shut, agreed = windows_of(record, items)
    return [*_frozen(start, end, shut), *_outside(start, end, agreed), *_others(record, start, end, items), *_lead(record, start)]


def _frozen(start, end, shut):
    found = []
    for window in shut:
        pairs = window.stretch.between(start, end)
        if pairs:
            length = sum((overlap(start, end, a, b) for a, b in pairs), timedelta())
            found.append(Conflict("freeze", f"freeze:{window.pk}:{pairs[0][0]:%Y%m%d}", _t("%(long)s overlap with %(freeze)s, which starts %(at)s.") % {
                "long": hours(length.total_seconds()), "freeze": window.label, "at": _moment(pairs[0][0])}, True, *pairs[0], window=window))
    return found


def _outside(start, end, agreed):
    if not agreed:
        return []
    pairs = [p for w in agreed for p in w.stretch.between(start, end)]
    if inside(start, end, pairs):
        return []
    names = ", ".join(w.label for w in agreed)
    return [Conflict("window", f"window:{start:%Y%m%d%H%M}:{end:%Y%m%d%H%M}", _t("It does not lie within %s.") % names, True, start, end, window=agreed[0])]


def overlapping(start, end, organisation):
    """Changes of an organisation that are on their way, with a window that overlaps this one; one statement, by an index of the window's beginning.

    Other customers' changes are no conflict that one may read about, also where the same provider carries them out.
    """
    longest = start - LONGEST  # nothing that began before can still overlap: the index ends there
    return Change.objects.filter(state__in=ACTIVE, planned_start__lt=end, planned_start__gt=longest, planned_end__gt=start, organisation=organisation)


def _others(record, start, end, items):
    """Changes at the same time on the same items, within reach of them, or of the same people."""
    rows = list(overlapping(start, end, record.organisation_id).exclude(pk=record.pk).select_related("owner").order_by("planned_start", "pk"))
    if not rows:
        return []
    theirs = defaultdict(dict)
    for change, item, number, title, restricted in Link.objects.filter(source__in=rows, type="affects").values_list(
            "source", "target", "target__number", "target__title", "target__restricted"):
        theirs[change][item] = number if restricted else title
    mine, near = set(items), around(items, REACH) if items and any(theirs.values()) else {}
    people = _people([record, *rows])
    found = []
    for other in rows:
        when = {"start": max(start, other.planned_start), "end": min(end, other.planned_end), "change": other}
        same = sorted(theirs[other.pk][i] for i in theirs[other.pk].keys() & mine)
        close = sorted(theirs[other.pk][i] for i in theirs[other.pk].keys() & near.keys() - mine)
        if same:
            found.append(Conflict("item", f"item:{other.pk}", _t("%(number)s works on the same item (%(items)s) until %(end)s.") % {
                "number": other.number, "items": ", ".join(same[:3]), "end": _moment(other.planned_end)}, True, **when))
        elif close:
            found.append(Conflict("near", f"near:{other.pk}", _t("%(number)s works on %(items)s, which this depends on or serves, until %(end)s.") % {
                "number": other.number, "items": ", ".join(close[:3]), "end": _moment(other.planned_end)}, True, **when))
        for name in sorted(people[record.pk].keys() & people[other.pk].keys()):
            found.append(Conflict("person", f"person:{other.pk}:{name}", _t("%(who)s carries out %(number)s at the same time.") % {
                "who": people[record.pk][name], "number": other.number}, True, **when))
    return found


def _people(changes):
    """{change id: {person id: name}} of those who carry changes out."""
    found = {c.pk: {c.owner_id: c.owner.name} if c.owner_id else {} for c in changes}
    for change, person, name in Task.objects.filter(parent__in=[c for c in found if c]).exclude(state="skipped").exclude(owner=None).values_list("parent", "owner", "owner__name"):
        found[change][person] = name
    return found


def _lead(record, start):
    """Too short notice is said, and stops nothing: who decides sees it."""
    if record.subtype != "normal" or record.state not in ("new", "assess", "authorise"):
        return []
    days = rules.LEAD_DAYS[record.risk]
    if start - now() >= timedelta(days=days):
        return []
    return [Conflict("lead", "lead", _t("It starts in less than %s days, the notice that its risk asks for.") % days, False, start, record.planned_end)]


def free(record, count=PROPOSED):
    """[(start, end)] of the next windows as long as the planned one (or the model's) without a conflict; within agreed windows where there are any."""
    length = record.planned_end - record.planned_start if record.planned_start and record.planned_end else timedelta(minutes=record.model.minutes)
    notice = timedelta(days=rules.LEAD_DAYS[record.risk]) if record.subtype == "normal" else timedelta(hours=1)
    first, items = _rounded(now() + notice), touched(record)
    last = first + AHEAD
    shut, agreed = windows_of(record, items)
    closed = [p for w in shut for p in w.stretch.between(first, last + length)]
    open_ = sorted(p for w in agreed for p in w.stretch.between(first, last)) if agreed else [(first, last)]
    mine = Change(pk=record.pk, organisation_id=record.organisation_id, owner=record.owner, risk=record.risk)
    busy = [(c.change.planned_start, c.change.planned_end) for c in _others(mine, first, last + length, items)]
    found = []
    for a, b in open_:
        at = max(a, first)
        while at + length <= b and len(found) < count:
            hit = max((y for x, y in [*closed, *busy] if x < at + length and y > at), default=None)
            if hit is None:
                found.append((at, at + length))
                at += max(timedelta(hours=24), length) if not agreed else length  # other days are more use than the next half hour
            else:
                at = _rounded(hit)
    return found


def _rounded(at):
    """Up to the next half hour."""
    whole = at.replace(minute=0, second=0, microsecond=0)
    while whole < at:
        whole += STEP
    return whole


def _moment(at):
    local = timezone.localtime(at)
    return f"{local:%a} {local.day} {local:%b %H:%M}"
