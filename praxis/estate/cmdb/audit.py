"""How well the configuration is kept: scores of declared rules, and what is incomplete, stale, alone or twice (CMD-06, CMD-07)."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils.translation import gettext as _t

from praxis.abilities.sources.models import Mark, Sighting, Source
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib.conditions import Group, from_query
from praxis.records.models import Link
from praxis.records.question import Question
from praxis.records.where import catalogue, to_q

from .models import AuditRule, Item

SHOWN = 50



@dataclass
class Finding:
    """A rule and what does not keep it: `score` is a percentage, None where nothing is in its scope, which is unknown and not good."""

    label: str
    total: int
    failing: int
    items: list = field(default_factory=list)
    weight: int = 1
    about: str = ""

    @property
    def score(self):
        return round(100 * (self.total - self.failing) / self.total, 1) if self.total else None


def _asked(text, actor):
    return from_query(parse_qsl(text.lstrip("?")), catalogue(registry["item"], actor)) if text else Group("all")


def in_use(actor):
    """The items in use that the actor may see."""
    return Item.objects.visible_to(actor, "item.see").filter(phase="standing")


def of_rules(actor):
    """A Finding for each rule that holds for the actor's organisations."""
    reach, kind, found = actor.organisations("item.see"), registry["item"], []
    for rule in AuditRule.objects.filter(is_active=True).order_by("label"):
        if reach is not None and rule.organisation_id not in (None, *reach):
            continue
        rows = Question(kind, actor, _asked(rule.scope, actor)).rows().filter(phase="standing")
        bad = rows.exclude(pk__in=rows.filter(to_q(_asked(rule.rule, actor), kind, actor)).values("pk"))
        found.append(Finding(rule.label, rows.count(), bad.count(), list(bad.order_by("title")[:SHOWN]), rule.weight))
    return found


def of_health(actor):
    """Completeness, stale, orphans and duplicates, each over the items in use that the actor may see."""
    rows = in_use(actor)
    total, at = rows.count(), now()
    empty = Q(owner=None) | Q(team=None) | Q(site=None)
    bare = rows.filter(empty)
    seen = Sighting.objects.filter(record=OuterRef("pk")).values("record").annotate(last=Max("at")).values("last")
    watched = rows.annotate(last=seen).exclude(last=None)
    fresh = Q(pk__in=())
    for days, sources in _stale_days().items():
        fresh |= Q(pk__in=Sighting.objects.filter(source__in=sources, at__gte=at - timedelta(days=days)).values("record"))
    stale = watched.exclude(fresh)
    alone = rows.exclude(Exists(Link.objects.filter(source=OuterRef("pk")))).exclude(Exists(Link.objects.filter(target=OuterRef("pk"))))
    twins = Mark.objects.filter(sort__in=("serial", "uuid"), record__in=rows.values("pk")).values("sort", "value").annotate(n=Count("record", distinct=True)).filter(n__gt=1)
    values = Q(pk__in=())
    for row in twins[:200]:
        values |= Q(sort=row["sort"], value=row["value"])
    double = rows.filter(pk__in=Mark.objects.filter(values).values("record"))
    told = ((_t("Complete: owner, group and site are known"), total, bare, ""), (_t("Seen lately by its sources"), watched.count(), stale, _t("Of the items that a source has ever seen.")),
            (_t("Related to something"), total, alone, ""), (_t("There once: no other item has its serial number or UUID"), total, double, ""))
    return [Finding(label, n, bad.count(), list(bad.order_by("title")[:SHOWN]), about=about) for label, n, bad, about in told]


def _stale_days():
    """{days: [source id]} after which what these sources saw counts as stale."""
    found = {}
    for pk, days in Source.objects.values_list("pk", "stale_days"):
        found.setdefault(days, []).append(pk)
    return found


def score(findings):
    """The weighted mean of the scores; None where none is known."""
    known = [(f.score, f.weight) for f in findings if f.score is not None]
    return round(sum(s * w for s, w in known) / sum(w for _s, w in known), 1) if known else None
