"""Which changes may have caused an incident: what was carried out on its item, or on what that depends on, shortly before it began (CHG-14, CM10)."""

from datetime import timedelta

from django.utils.translation import gettext as _t

from praxis.estate.cmdb import impact
from praxis.lib.spans import short
from praxis.records.models import Link, Record

from .models import Change

HOURS, NEAR, MOST = timedelta(hours=72), 3, 5
WEIGHT = {0: 50, 1: 35, 2: 25, 3: 15}  # by relations between both


def of(record, actor):
    """[(change, [reason])] for an incident, the likeliest first; empty where nothing fits. Only changes that the actor may see."""
    item = getattr(record, "item_id", None)
    if item is None and record.service_id is None:
        return []
    began = getattr(record, "outage_from", None) or record.opened_at
    rows = Change.objects.visible_to(actor, "change.see").filter(started_at__lte=began, started_at__gte=began - HOURS, organisation=record.organisation_id)
    near = impact.below([item], NEAR) if item else {}
    links = Link.objects.filter(source__in=rows, type="affects").values_list("source", "target")
    away = {}
    for change, target in links:
        if target in near:
            away[change] = min(near[target], away.get(change, NEAR))
    found = []
    for change in rows:
        reasons, weight = [], 0
        if change.pk in away:
            weight += WEIGHT[away[change.pk]]
            reasons.append(_t("same item") if away[change.pk] == 0 else _t("on what the item depends on, %s relations away") % away[change.pk])
        elif record.service_id and change.service_id == record.service_id:
            weight += 15
            reasons.append(_t("same service"))
        else:
            continue
        gap = began - change.started_at
        weight += max(0, 30 - int(gap.total_seconds() // 3600))
        reasons.append(_t("started %s before") % short(gap.total_seconds()))
        if change.result.startswith("failed") or change.result == "issues" or change.backing_out:
            weight += 20
            reasons.append(str(change.get_result_display() or _t("being backed out")).lower())
        found.append((weight, change, reasons))
    return [(c, r) for _w, c, r in sorted(found, key=lambda f: (-f[0], f[1].pk))[:MOST]]


def proposed_for(change, actor):
    """Incidents that began within three days after a change, on its items or on what depends on them, not yet linked to it."""
    if change.started_at is None:
        return []
    items = list(Link.objects.filter(source=change.pk, type="affects").values_list("target", flat=True))
    hit = {*items, *impact.reached(items, NEAR)} if items else set()
    known = Link.objects.filter(target=change.pk, type="caused_by").values("source")
    rows = Record.objects.filter(kind="incident", opened_at__gte=change.started_at, opened_at__lte=change.started_at + HOURS, incident__item__in=hit)
    return [r for r in rows.exclude(pk__in=known).order_by("opened_at")[:MOST] if actor.may("incident.see", r)]
