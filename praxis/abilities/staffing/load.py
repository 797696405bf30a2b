"""Who of one's groups has how much open, and what would even it out."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Count, F, Q

from praxis.people.models import Person
from praxis.records.models import Record
from praxis.records.read import reach

from .models import MOST_OPEN, AssignmentRule
from .read import HERE, presence

SOON, MOST_PEOPLE, MOST_MOVED, KEEP = timedelta(hours=2), 12, 5, 30  # KEEP in seconds


@dataclass(frozen=True)
class Load:
    """A colleague with the open work of the reader's groups; `share` is percent of what one may have open."""

    person: Person
    open: int
    risk: int
    share: int
    presence: object

    @property
    def tone(self):
        return "red" if self.share >= 100 else "amber" if self.share >= 80 else ""


def load_of(actor, at):
    """[Load] of the actor's teams, the members by name; kept for half a minute for this actor alone."""
    if not actor.teams:
        return []
    if (found := cache.get(_key(actor))) is None:
        rows = Record.objects.open().filter(reach(actor), team__in=actor.teams, owner__isnull=False).order_by().values("owner")
        numbers = {r["owner"]: (r["n"], r["risk"]) for r in rows.annotate(n=Count("*"), risk=Count("pk", filter=Q(due_at__lt=at + SOON)))}
        people, mine = Person.objects.filter(teams__in=actor.teams, is_active=True).select_related("organisation"), actor.organisations()
        people = people if mine is None else people.filter(organisation__in=mine)
        people = list(people.distinct().order_by("name")[:MOST_PEOPLE])
        most = AssignmentRule.objects.filter(team__in=actor.teams).order_by("-most_open").values_list("most_open", flat=True).first() or MOST_OPEN
        here = presence(people, at)
        found = [Load(p, n, risk, min(100, round(100 * n / (most or 1))), here.get(p.pk, HERE)) for p in people for n, risk in [numbers.get(p.pk, (0, 0))]]
        cache.set(_key(actor), found, KEEP)
    return found


def forget(actor):
    """Drop what is kept, after work was moved."""
    cache.delete(_key(actor))


def _key(actor):
    return f"load:{actor.id}:{hash(actor.teams)}"


def proposal(load):
    """(from, to, how many) that evens out the most between two colleagues, the receiver being here; None where it would not help."""
    here = [one for one in load if one.presence.here]
    if not load or not here:
        return None
    most, least = max(load, key=lambda one: one.open), min(here, key=lambda one: (one.open, one.person.name))
    n = min(MOST_MOVED, (most.open - least.open) // 2)
    return (most.person, least.person, n) if n > 0 else None


def movable(actor, giver, most):
    """Open records of a colleague in the actor's groups that could go: not started first, then what is due last, then what waits for others."""
    rows = Record.objects.open().filter(reach(actor, "change"), team__in=actor.teams, owner=giver).select_related("service")
    order = {"new": 0, "wait": 2}
    return sorted(rows.order_by(F("due_at").desc(nulls_last=True), "-pk")[:200], key=lambda r: order.get(r.stage.sign, 1))[:most]
