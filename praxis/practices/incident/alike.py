"""Which incidents a text is like: those that are open (is it the same?), and those that were solved (is it the same fix?), each with its reasons (INC-07)."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _t

from praxis.abilities.search.query import near
from praxis.kernel.now import now
from praxis.lib import likeness

from .models import Incident

CANDIDATES, SHOWN, ENOUGH, BACK = 80, 5, 0.3, timedelta(days=365)
ITEM, SERVICE, SITE, CATEGORY = 0.3, 0.06, 0.04, 0.06  # what the same place adds to the likeness of the words


@dataclass(frozen=True)
class Like:
    incident: Incident
    score: float
    reasons: tuple

    @property
    def why(self):
        return ", ".join(self.reasons)


def find(text, actor, organisation, *, item=None, service=None, site=None, category=None, but=None, most=SHOWN):
    """([Like] that are open, [Like] that were solved, each the likeliest first) for what somebody wrote; only incidents that the actor may see."""
    own = likeness.words(text[:2000])
    rows = Incident.objects.visible_to(actor, "incident.see").filter(organisation=organisation, merged_to=None).exclude(pk=but).exclude(state="cancelled")
    ids = near(own, "incident", organisation, CANDIDATES) if own else []
    if item:
        ids += list(rows.filter(item=item).open().order_by("-pk").values_list("pk", flat=True)[:20])
    found = list(rows.filter(pk__in=ids, opened_at__gte=now() - BACK).defer("custom", "tags")) if ids else []
    texts = {r.pk: likeness.words(f"{r.title} {r.description}"[:600]) for r in found}
    weights = likeness.Weights([*texts.values(), own])
    told = {True: [], False: []}
    for r in found:
        words = likeness.alike(own, texts[r.pk], weights)
        score, reasons = words, [_t("%s %% of the words") % round(100 * words)] if words >= 0.15 else []
        for same, add, reason in ((item and r.item_id == item, ITEM, _t("same item")), (service and r.service_id == service, SERVICE, _t("same service")),
                                  (site and r.site_id == site, SITE, _t("same site")), (category and r.category_id == category, CATEGORY, _t("same category"))):
            if same:
                score, reasons = score + add, [*reasons, reason]
        if score >= ENOUGH and reasons and (r.is_open or r.solution):
            told[r.is_open].append(Like(r, round(score, 3), tuple(reasons)))
    return tuple(sorted(told[which], key=lambda x: (-x.score, -x.incident.pk))[:most] for which in (True, False))


def of(record, actor, most=SHOWN):
    """The same for an incident that exists."""
    return find(f"{record.title} {record.description}", actor, record.organisation_id, item=record.item_id, service=record.service_id, site=record.site_id, category=record.category_id,
                but=record.pk, most=most)
