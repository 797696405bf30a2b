"""When a service was down, from its own outages and from those of everything it depends on, and what that means against what was agreed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from praxis.abilities.clocks.policy import policy
from praxis.estate.cmdb import impact
from praxis.estate.cmdb.models import Item
from praxis.estate.service.models import Service
from praxis.kernel.now import now
from praxis.lib import availability, budget, failing
from praxis.people.models import Organisation

from .models import Objective, Outage, Reading

DEPTH, WINDOW = 6, timedelta(days=30)
VOID = "void"


@dataclass(frozen=True)
class Down:
    """A stretch in which the service was down, and the outages that made it so; `users` as far as somebody said whom it hit."""

    start: datetime
    end: datetime
    outages: tuple
    users: int | None


@dataclass(frozen=True)
class Told:
    """A service over a period: `found` is None where nothing is known, because nobody set an objective for it."""

    start: datetime
    end: datetime
    objective: Objective | None
    found: availability.Availability | None
    downs: tuple = ()
    degraded: timedelta = timedelta(0)
    excluded: timedelta = timedelta(0)
    lost: int = 0  # minutes that people lost
    blind: int = 0  # failures of which nobody said whom they hit

    @property
    def percent(self):
        return None if self.found is None or self.found.share is None else 100 * self.found.share

    @property
    def kept(self):
        """Whether the objective was reached; None is unknown."""
        return None if self.percent is None or self.objective is None else self.percent >= float(self.objective.target)


def graph_below(service):
    """({what depends: {what it depends on}}, {what depends: how many have to work}) of a service and all that it rests on."""
    ids = [*impact.below([service.pk], DEPTH)]
    needs = {}
    for failed, hit, _type in impact._edges(ids):
        needs.setdefault(hit, set()).add(failed)
    enough = dict(Item._base_manager.filter(pk__in=ids, needed__isnull=False).values_list("pk", "needed"))
    return needs, enough


def outages_of(service, ids, start, end):
    """The outages of a service and of these items that touch the period."""
    touches = Q(began_at__lt=end) & (Q(ended_at=None) | Q(ended_at__gt=start))
    return list(Outage.objects.filter(touches, Q(service=service.pk, item=None) | Q(item__in=ids)).exclude(state=VOID).order_by("began_at", "pk"))


def downs(service, start, end, until=None, rows=None, graph=None):
    """[Down] within a period, in order; a running outage lasts until `until` (now). Degraded and agreed ones are not among them."""
    needs, enough = graph or graph_below(service)
    ids = {*needs, *(p for parts in needs.values() for p in parts)} - {service.pk}
    rows = outages_of(service, ids, start, end) if rows is None else rows
    until = min(until or now(), end)
    counted = [(max(o.began_at, start), min(o.ended_at or until, end), o) for o in rows if o.sort == "unplanned" or o.sort == "planned" and not o.agreed]
    counted = [(a, b, o) for a, b, o in counted if a < b]
    cuts = sorted({t for a, b, _o in counted for t in (a, b)})
    found = []
    for a, b in zip(cuts, cuts[1:]):
        there = [o for s, e, o in counted if s < b and e > a]
        own = [o for o in there if o.item_id is None]
        if not own and not (there and service.pk in failing.propagate(needs, enough, {o.item_id for o in there if o.item_id})):
            continue
        made = tuple(own or there)
        hit = [o.users for o in made if o.users is not None]
        users = max(hit) if hit else None
        if found and found[-1].end == a:
            last = found[-1]
            joined = tuple(dict.fromkeys((*last.outages, *made)))
            if {o.pk for o in last.outages} == {o.pk for o in made}:
                found[-1] = Down(last.start, b, joined, last.users)
                continue
        found.append(Down(a, b, made, users))
    return found


def objective_of(service, customer=None):
    """The objective in force for a customer, else for all, else None."""
    rows = Objective.objects.filter(service=service.pk, is_active=True).filter(Q(customer=None) | Q(customer=customer)).order_by("customer")
    found = sorted(rows, key=lambda o: o.customer_id is None)
    return found[0] if found else None


def agreed_time(service, objective, customer, start, end):
    """The spans in which the service was promised: the objective's hours, else the service's, in the customer's zone."""
    hours = (objective and objective.hours) or Service.objects.filter(pk=service.pk).values_list("hours", flat=True).first()
    calendar = policy().calendar(hours, customer or service.organisation_id) if hours else None
    return calendar.open(start, end) if calendar else [(start, end)]


def told(service, start, end, customer=None, graph=None):
    """What a service reached in a period, for all its users or for one customer; unknown without an objective."""
    objective, until = objective_of(service, customer), min(now(), end)
    if objective is None or until <= start:
        return Told(start, end, objective, None)
    graph = graph or graph_below(service)
    ids = {*graph[0], *(p for parts in graph[0].values() for p in parts)} - {service.pk}
    rows = outages_of(service, ids, start, end)
    found = downs(service, start, end, until, rows, graph)
    agreed = agreed_time(service, objective, customer, start, until)
    excluded = [(max(o.began_at, start), min(o.ended_at or until, until)) for o in rows if o.sort == "planned" and o.agreed and _hits(service, o, graph)]
    slow = [(max(o.began_at, start), min(o.ended_at or until, until)) for o in rows if o.sort == "degraded" and _hits(service, o, graph)]
    counted = availability.without(agreed, excluded)
    measured = availability.measured([(d.start, d.end) for d in found], agreed, excluded)
    lost = sum(int(availability.length(availability.both([(d.start, d.end)], counted)).total_seconds() // 60) * d.users for d in found if d.users)
    return Told(start, end, objective, measured, tuple(found), availability.length(availability.both(slow, counted)), availability.length(availability.both(agreed, excluded)), lost,
                sum(d.users is None for d in found))


def _hits(service, outage, graph):
    """Whether an outage alone would take the service down; a planned one of a redundant part changes nothing."""
    return outage.item_id is None or service.pk in failing.propagate(*graph, {outage.item_id})


def month_of(day, zone):
    """(first instant, first of the next) of a month in a zone."""
    first = datetime(day.year, day.month, 1, tzinfo=ZoneInfo(zone))
    return first, datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=ZoneInfo(zone))


def zone_of(service):
    return Organisation.objects.filter(pk=service.organisation_id).values_list("zone", flat=True).first() or "UTC"


def days(service, until, count, graph=None):
    """[(date, share down 0 to 1 or None before anything is known)] of the last days, for bars; one look at the outages for all of them."""
    zone = ZoneInfo(zone_of(service))
    last = until.astimezone(zone).date()
    first = last - timedelta(days=count - 1)
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    found = downs(service, start, until, until, graph=graph)
    out = []
    for n in range(count):
        day = first + timedelta(days=n)
        a = datetime(day.year, day.month, day.day, tzinfo=zone)
        b = min(datetime.combine(day + timedelta(days=1), datetime.min.time(), zone), until)
        parts = availability.both([(d.start, d.end) for d in found], [(a, b)])
        out.append((day, availability.length(parts) / (b - a) if b > a else 0.0))
    return out


# -- error budgets (AVL-04)


@dataclass(frozen=True)
class Budget:
    """`used` is the share of the budget, None is unknown; `ratios` by window, `events` counted; `alarm` is page, ticket or nothing."""

    objective: Objective
    used: float | None
    minutes: float | None  # of outage that the objective allows in thirty days, where no events are counted
    spent: float | None
    ratios: dict
    events: dict
    alarm: str

    @property
    def freeze(self):
        """Whether only what makes the service more reliable should be changed."""
        return self.used is not None and self.used >= 1


def budget_of(service, at=None, graph=None):
    """The Budget of a service over the last thirty days: of events where they are counted, else of minutes out; None without an objective."""
    at, objective = at or now(), objective_of(service)
    if objective is None:
        return None
    if objective.slo is not None and Reading.objects.filter(service=service.pk, at__gt=at - WINDOW, at__lte=at).exists():
        sums = {name: _sums(service, at - span, at) for name, span in (*budget.WINDOWS.items(), ("30d", WINDOW))}
        good, bad = sums.pop("30d")
        ratios = {name: b / (g + b) for name, (g, b) in sums.items() if g + b}
        events = {name: g + b for name, (g, b) in sums.items()}
        return Budget(objective, budget.used(bad, good + bad, objective.slo), None, None, ratios, events, budget.alarm(ratios, objective.slo, events, objective.least))
    found = told(service, at - WINDOW, at, graph=graph)
    allowed = budget.minutes(objective.target)
    spent = found.found.down.total_seconds() / 60 if found.found else None
    return Budget(objective, spent / allowed if allowed and spent is not None else None, allowed, spent, {}, {}, "")


def _sums(service, start, end):
    row = Reading.objects.filter(service=service.pk, at__gt=start, at__lte=end).aggregate(g=Sum("good"), b=Sum("bad"))
    return row["g"] or 0, row["b"] or 0
