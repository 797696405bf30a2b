"""What the status page says, from outages, major incidents and planned work; nothing of a record is shown but the words that were written for everybody."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache

from praxis.estate.cmdb import impact
from praxis.estate.service.models import Service
from praxis.kernel.actors import system
from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.people.models import Organisation
from praxis.practices.availability import read as availability
from praxis.practices.availability.drawing import SEVERE
from praxis.practices.availability.models import Objective, Outage
from praxis.practices.major.models import Major

PUBLIC = Setting("status.public", bool, False, "Everybody may read the status page, without signing in")
KEEP, DAYS, BACK, AHEAD = 20, 90, timedelta(days=90), timedelta(days=30)
STATES = {"works": ("Works", "green"), "slow": ("Slow", "amber"), "partly": ("Partly down", "amber"), "down": ("Down", "red"), "maintenance": ("Maintenance", "blue"), "unknown": ("Unknown", "grey")}
ORDER = ("down", "partly", "slow", "maintenance", "unknown", "works")


@dataclass(frozen=True)
class Component:
    """A service on the page: its state, a bar a day (None: nothing is known), and its percent over these days."""

    title: str
    state: str
    days: tuple
    percent: float | None

    @property
    def words(self):
        return STATES[self.state][0]

    @property
    def tone(self):
        return STATES[self.state][1]


@dataclass(frozen=True)
class Case:
    """A major incident as everybody may read it."""

    title: str
    stage: str
    since: object
    told: tuple  # (when, stage, text), the newest first
    next_at: object = None
    ended_at: object = None


@dataclass(frozen=True)
class Page:
    name: str
    zone: str
    at: object
    components: tuple
    cases: tuple
    past: tuple
    planned: tuple  # (title, start, end)

    @property
    def worst(self):
        states = [c.state for c in self.components]
        return next((s for s in ORDER if s in states), "unknown")


def page_of(key):
    """The Page of an organisation, at most twenty seconds old; None if there is none, or it is not public."""
    home = Organisation.objects.filter(key=key).first()
    if home is None or not PUBLIC(home.pk):
        return None
    found = cache.get(f"status:{home.pk}")
    if found is None:
        found = _page(home)
        cache.set(f"status:{home.pk}", found, KEEP)
    return found


def _page(home):
    at = now()
    services = Service.objects.filter(organisation=home, on_status=True, phase="standing", restricted=False).order_by("title")
    cases = [_case(m) for m in Major.objects.filter(organisation=home, public=True, state="declared").order_by("-at")[:10]]
    past = [_case(m) for m in Major.objects.filter(organisation=home, public=True, state="stood_down", ended_at__gte=at - BACK).order_by("-ended_at")[:30]]
    planned = Outage.objects.filter(organisation=home, sort="planned", state__in=("planned", "ongoing"), began_at__lt=at + AHEAD, restricted=False).exclude(words="").order_by("began_at")[:20]
    return Page(home.name, home.zone, at, tuple(_component(s, at) for s in services[:60]), tuple(cases), tuple(past), tuple((o.words, o.began_at, o.ended_at) for o in planned))


def _case(major):
    told = tuple((t.at, Major.PUBLIC[t.stage], t.text) for t in major.told.order_by("-at") if "status" in t.to)
    return Case(major.title or "A disruption that we know of", Major.PUBLIC[major.stage], major.at, told[:20], major.next_at, major.ended_at)


def _component(service, at):
    graph = availability.graph_below(service)
    known = Objective.objects.filter(service=service.pk, is_active=True).exists()
    days = tuple(availability.days(service, at, DAYS, graph)) if known else tuple((None, None) for _n in range(DAYS))
    found = availability.told(service, at - timedelta(days=DAYS), at, graph=graph) if known else None
    return Component(service.title, _state(service, graph, known, at), days, found.percent if found else None)


def _state(service, graph, known, at):
    """Down if the graph says so, partly if something that it rests on is out and it still works; unknown where nobody watches."""
    needs, _enough = graph
    ids = {*needs, *(p for parts in needs.values() for p in parts)}
    rows = [o for o in availability.outages_of(service, ids, at - timedelta(seconds=1), at + timedelta(seconds=1)) if o.state == "ongoing" or o.sort == "planned" and o.began_at <= at]
    if availability.downs(service, at - timedelta(minutes=1), at, at, [o for o in rows if o.sort == "unplanned"], graph):
        users = [o.users for o in rows if o.users is not None]
        everybody = _people(service)
        return "partly" if users and everybody and max(users) < everybody else "down"
    if any(o.sort == "planned" for o in rows):
        return "maintenance"
    if any(o.sort == "degraded" for o in rows):
        return "slow"
    if rows:
        return "partly"
    return "works" if known else "unknown"


def _people(service):
    """How many people use what the service rests on, as far as items say."""
    return impact.told(impact.walk(service, system("Praxis", service.organisation_id), "down", 3))["people"] or None


def tone_of(share):
    return "grey" if share is None else "green" if not share else "amber" if share < SEVERE else "red"
