"""Which changes may have caused an incident, and which incidents a change may have caused (CHG-14, CM10)."""

from django.db.models import Q
from django.utils.translation import gettext as _t

from praxis.estate.cmdb import impact, quiet, recent
from praxis.estate.cmdb.recent import HOURS, MOST, NEAR
from praxis.records.models import Link, Record

from .models import Change


@recent.tells
def changes(near, service, organisation, start, end, actor):
    """Changes that were carried out within the time, with what makes each more suspect; only those that the actor may see."""
    if not actor.has("change.see"):
        return []
    touched = {}
    for change, target in Link.objects.filter(target__in=near, type="affects", source__kind="change").values_list("source", "target") if near else ():
        touched.setdefault(change, set()).add(target)  # first by what is near: few, where three days of changes are many
    fits = Q(pk__in=touched) if service is None else Q(pk__in=touched) | Q(service=service)
    rows = list(Change.objects.visible_to(actor, "change.see").filter(fits, started_at__lte=end, started_at__gte=start, organisation=organisation))
    return [_told(c, frozenset(touched.get(c.pk, ()))) for c in rows]


def _told(change, items):
    went_wrong = change.result.startswith("failed") or change.result == "issues" or change.backing_out
    words = (str(change.get_result_display() or _t("being backed out")).lower(),) if went_wrong else ()
    return recent.Told(change, change.started_at, items, change.service_id, 20 if went_wrong else 0, words)


def proposed_for(change, actor):
    """Incidents that began within three days after a change, on its items or on what depends on them, not yet linked to it."""
    if change.started_at is None:
        return []
    items = list(Link.objects.filter(source=change.pk, type="affects").values_list("target", flat=True))
    hit = {*items, *impact.reached(items, NEAR)} if items else set()
    known = Link.objects.filter(target=change.pk, type="caused_by").values("source")
    rows = Record.objects.filter(kind="incident", opened_at__gte=change.started_at, opened_at__lte=change.started_at + HOURS, incident__item__in=hit)
    return [r for r in rows.exclude(pk__in=known).order_by("opened_at")[:MOST] if actor.may("incident.see", r)]


@quiet.tells
def worked_on(ids, at):
    """Items of a change that is being carried out within its window."""
    rows = Link.objects.filter(target__in=ids, type="affects", source__kind="change", source__change__state="implement", source__change__planned_end__gte=at)
    return {target: _t("%s under way") % number for target, number in rows.values_list("target", "source__number")}
