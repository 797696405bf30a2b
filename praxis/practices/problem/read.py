"""What is asked about problems: their incidents, what they cost, the known errors that fit a record."""

from datetime import timedelta

from django.db.models import Q, Sum

from praxis.abilities.effort.models import Effort
from praxis.abilities.effort.rates import STAFF_RATE, USER_RATE
from praxis.estate.cmdb import impact
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib import likeness
from praxis.records.fields import ours
from praxis.records.models import Link, Record

from . import rules
from .models import Problem

MOST, NEAR = 500, 3
LEAST = 0.12  # likeness of words below which a known error is not offered for its words alone


def incidents(problem):
    """The incidents of a problem in their own class, the newest first; rights are the caller's to ask."""
    ids = Link.objects.filter(target=problem.pk, type="problem", source__kind="incident").values("source")
    return registry["incident"].model.objects.filter(pk__in=ids).order_by("-opened_at")


def spent(rows):
    """[rules.Spent] of incidents: time written down, and what their users lost as far as it is known."""
    minutes = dict(Effort.objects.filter(record__in=[r.pk for r in rows]).order_by().values_list("record").annotate(n=Sum("minutes")))
    found = []
    for r in rows:
        people = max(getattr(r, "affected_count", 0) or 0, 1 if r.requester_id else 0)
        found.append(rules.Spent(r.opened_at, minutes.get(r.pk, 0), rules.users_lost(getattr(r, "outage_from", None) or r.opened_at, r.resolved_at, people)))
    return found


def cost(problem, rows=None):
    """The rules.Cost of a problem, from the incidents that are linked to it."""
    rows = list(incidents(problem)[:MOST]) if rows is None else rows
    home = problem.organisation_id
    return rules.cost(spent(rows), STAFF_RATE(home) or None, USER_RATE(home) or None, now())


def per_week(rows, weeks=10):
    """[(Monday, count)] of the last weeks, this one the last."""
    today = now()
    monday = (today - timedelta(days=today.weekday())).date()
    starts = [monday - timedelta(weeks=n) for n in range(weeks - 1, -1, -1)]
    counts = dict.fromkeys(starts, 0)
    for r in rows:
        week = (r.opened_at - timedelta(days=r.opened_at.weekday())).date()
        if week in counts:
            counts[week] += 1
    return list(counts.items())


def known_for(record, actor, most=5):
    """[(problem, reason)] of published known errors that fit: of its item or what that depends on (INC-08), else by their words."""
    if not actor.has("problem.see"):
        return []
    known = Problem.objects.visible_to(actor, "problem.see").filter(known_at__isnull=False).filter(~Q(phase="final") | Q(close_code="risk_accepted"))
    known = ours(known, actor, record)
    item = getattr(record, "item_id", None)
    near = impact.below([item], NEAR) if item else {}
    found = {p.pk: (p, near[p.item_id], 1.0) for p in known.filter(item__in=near)[:20]} if near else {}
    text = likeness.words(f"{record.title} {record.description}"[:2000])
    rest = list(known.exclude(pk__in=found).order_by("-known_at")[:200]) if text else []
    weights = likeness.Weights([likeness.words(f"{p.title} {p.symptoms}") for p in rest] + [text])
    for p in rest:
        like = likeness.alike(text, likeness.words(f"{p.title} {p.symptoms}"), weights)
        if like >= LEAST:
            found[p.pk] = (p, None, like)
    return sorted(found.values(), key=lambda f: (f[1] is None, f[1] if f[1] is not None else 0, -f[2], -f[0].pk))[:most]


def linked_problem(record):
    """The newest problem that an incident has, or None; rights are the caller's to ask."""
    pk = Link.objects.filter(source=record.pk, type="problem").order_by("-id").values_list("target", flat=True).first()
    return Problem.objects.filter(pk=pk).first() if pk else None


def worked(problem):
    """(how often its workaround closed an incident, how often it was tried and the incident came back) of those linked to it."""
    rows = incidents(problem).filter(close_code__in=("workaround", "known_error")).values_list("reopened", flat=True)[:MOST]
    return sum(not r for r in rows), sum(bool(r) for r in rows)


def raised_from(record):
    """What a new problem takes over from the record that it is raised from."""
    copied = {n: getattr(record, n, None) for n in ("description", "service", "category", "item", "impact", "urgency", "team")}
    if copied["category"] is not None and isinstance(copied["category"], Record):
        copied["category"] = None
    return {k: v for k, v in copied.items() if v not in (None, "")}
