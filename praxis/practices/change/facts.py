"""What is known about a change that its risk follows from: the graph below its items, its window, and how changes like it went."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Count, Q

from praxis.estate.cmdb import impact
from praxis.estate.cmdb.models import Item
from praxis.estate.service.models import Service
from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.records.models import Link

from . import conflicts, rules
from .models import Change

COST = Setting("change.cost_of_hour", int, 0, "Money that an hour of outage costs, for the exposure of a change; 0: unknown")
YEAR, REACHED = timedelta(days=365), 6
EPOCH = "change.epoch"
KEPT = 60  # seconds that the figures of a year are kept: they are counted over thousands of changes, and no page needs the last minute of them
PEOPLE = (0, 10, 50, 250, 1000)  # who use what is hit: from more than so many on, impact 1 to 5


@dataclass
class Blast:
    """What a change reaches if it fails: services, people, sites (CHG-17). Only for working out; who reads it is told no more than they may see."""

    services: list = field(default_factory=list)
    people: int = 0
    items: int = 0
    sites: set = field(default_factory=set)

    @property
    def critical(self):
        return any(s.criticality == 1 for s in self.services)


def blast(record):
    """The Blast of a change's items, over everything that a failure reaches; three statements."""
    items = conflicts.touched(record)
    people, services = impact.hit_by(items, REACHED)
    services = {*services, record.service_id} - {None}
    found = Blast(sorted(Service.objects.filter(pk__in=services), key=lambda s: s.title) if services else [], items=len(items))
    for number, site in people:
        found.people += number
        found.sites |= {site} - {None}
    return found


def known(record, found=None):
    """(Facts, Blast, [Conflict]) of a change as it stands; `found` if its conflicts were looked for already."""
    hit, found = blast(record), conflicts.find(record) if found is None else found
    failed, similar = _similar(record)
    streak, tried, failed_last = _of_model(record)
    unresolved = sum(c.stops and c.key not in record.accepted for c in found)
    band = max([sum(hit.people > p for p in PEOPLE) or 1] + [{1: 5, 2: 3, 3: 2}.get(s.criticality, 1) for s in hit.services])
    return rules.Facts(
        critical=hit.critical, conflicts=unresolved, frozen=any(c.sort == "freeze" for c in found), outside=any(c.sort == "window" for c in found),
        poor=poor(record.team_id), failed_last=failed_last, streak=streak, tried=tried, failed=failed, similar=similar, first_time=not similar,
        backout_tested=record.backout_tested is not None, impact=band), hit, found


def judged(record, found=None):
    """(Risk, Facts, Blast, [Conflict]): what decides, and what it follows from."""
    facts, hit, found = known(record, found)
    return rules.risk(record.answers, facts), facts, hit, found


def forget():
    """Count the year anew: a change ended, or what it ended as was changed. Other processes follow within a minute."""
    cache.incr(EPOCH) if cache.get(EPOCH) else cache.set(EPOCH, 1, None)


def _kept(what, run):
    """What `run` counted over the year's changes, kept for a moment under `what`."""
    key = f"change.year:{cache.get(EPOCH, 0)}:{what}"
    if (found := cache.get(key)) is None:
        found = run()
        cache.set(key, found, KEPT)
    return found


def _ended(**more):
    """The year's ended changes; always asked of one organisation, so that no customer's figures follow from another's."""
    return Change.objects.filter(ended_at__gte=now() - YEAR, result__in=(*rules.SUCCESS, *rules.WITH_ISSUES, *rules.FAILED), **more)


def _similar(record):
    """(failed, all) of the year's changes of the same model, on the same classes of items, or for the same service (frameworks 3.4)."""
    model = record.model_id if _is_particular(record) else None
    classes = sorted(set(Item._base_manager.filter(pk__in=items).values_list("item_class", flat=True))) if (items := conflicts.touched(record)) else []
    if record.result:  # it has ended itself and must not count as one like itself
        return _alike(record.organisation_id, model, record.service_id, classes, record.pk)
    return _kept(f"{record.organisation_id}:{model}:{record.service_id}:{'-'.join(map(str, classes))}", lambda: _alike(record.organisation_id, model, record.service_id, classes))


def _alike(organisation, model, service, classes, but=None):
    like = Q(model=model) if model else Q(pk__in=())
    if service:
        like |= Q(service=service)
    if classes:
        like |= Q(pk__in=Link.objects.filter(type="affects", target__in=Item._base_manager.filter(item_class__in=classes)).values("source"))
    found = _ended(organisation=organisation).filter(like).exclude(pk=but).aggregate(all=Count("pk"), failed=Count("pk", filter=Q(result__in=rules.FAILED)))
    return found["failed"], found["all"]


def _is_particular(record):
    """Whether its model says what is done; the general ones that ship, such as Normal change, say nothing of that."""
    return record.model.type == "standard" or record.model.organisation_id is not None


def _of_model(record):
    """(successes in a row up to now, how many ended, whether the last failed) of the change's model; of a general model, for its service."""
    more = {} if _is_particular(record) else {"service": record.service_id}
    if more == {"service": None}:
        return 0, 0, False
    results = list(_ended(model=record.model_id, organisation=record.organisation_id, **more).exclude(pk=record.pk).order_by("-ended_at").values_list("result", flat=True)[:200])
    streak = next((n for n, r in enumerate(results) if r not in rules.SUCCESS), len(results))
    return streak, len(results), bool(results) and results[0] in rules.FAILED


def poor(team):
    """Whether a group's changes of the year did more harm than good: their success score (CHG-07) is below zero."""
    return team is not None and team in _kept("poor", _poor)


def _poor():
    """The ids of such groups, counted for all of them at once: what each change ended as, and the incidents that they are confirmed to have caused."""
    results, caused = {}, {}
    for team, result, n in _ended(team__isnull=False).order_by().values_list("team", "result").annotate(n=Count("pk")):
        results.setdefault(team, []).extend([result] * n)
    links = Link.objects.filter(type="caused_by", source__kind="incident", target__team__isnull=False, target__change__in=_ended().values("pk"))
    for team, priority, n in links.order_by().values_list("target__team", "source__priority").annotate(n=Count("pk")):
        caused.setdefault(team, []).extend([priority] * n)
    return {team for team, ended in results.items() if rules.score(ended, caused.get(team, [])) < 0}
