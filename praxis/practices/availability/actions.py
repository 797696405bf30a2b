"""Outages from what showed them: an incident, a change; and what ends with them."""

from datetime import timedelta
from typing import Annotated

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.links.cascades import Cascade, cascade
from praxis.estate.cmdb import quiet
from praxis.kernel.actors import Actor
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.now import now
from praxis.records import write
from praxis.records.fields import moment
from praxis.records.models import Record

from .kind import OUTAGE
from .models import Outage


@registry.offer("incident", label=_("Record the outage"), needs="outage.open", icon="activity", after_close=True, when=lambda r: bool(getattr(r, "item_id", None) or r.service_id))
def record_outage(record: Record, by: Actor, began_at: Annotated[str, Ask(_("Since when"), kind="time", hint=_("Empty: since it was reported"))] = "",
                  ended_at: Annotated[str, Ask(_("Until"), kind="time", hint=_("Empty: it goes on, or until it was resolved"))] = "",
                  sort: Annotated[str, Ask(_("Sort"), options=lambda r, a: Outage.SORTS[::2])] = "unplanned", users: Annotated[int, Ask(_("How many people it hits"))] = None):
    """What was out because of this: of its item, else of its service; availability follows."""
    start = moment(began_at, "began_at") if began_at else getattr(record, "outage_from", None) or record.opened_at
    end = moment(ended_at, "ended_at") if ended_at else record.resolved_at
    item = getattr(record, "item", None)
    people = users if users is not None else (getattr(item, "people", None) if item else None)
    made = write.open_record(OUTAGE, by, title=record.title, item=item, service=None if item else record.service, sort=sort or "unplanned", began_at=start, users=people,
                             organisation=record.organisation_id, team=record.team_id, restricted=record.restricted)
    write.link(made, record, "outage_of", by, needs="see")
    write.move(made, by, "begin")
    if end:
        write.move(made, by, "end", ended_at=end)
    return made


@registry.offer("change", label=_("Plan its outage"), needs="outage.open", icon="activity", when=lambda r: bool(r.planned_start and r.planned_end) and r.is_open)
def plan_outage(record: Record, by: Actor, agreed: Annotated[bool, Ask(_("Agreed with the customers: it is no downtime"))] = False,
                words: Annotated[str, Ask(_("What everybody may read"), hint=_("Shown on the status page"))] = ""):
    """What will be out while the change is carried out: its first item, else its service, for the minutes that it expects."""
    item = registry["item"].model.objects.filter(links_in__source=record.pk, links_in__type="affects").order_by("pk").first()
    if item is None and record.service_id is None:
        raise ValidationError(_t("Say first which items or which service the change touches."))
    end = record.planned_end if record.outage_minutes is None else min(record.planned_end, record.planned_start + timedelta(minutes=record.outage_minutes))
    made = write.open_record(OUTAGE, by, title=record.title, item=item, service=None if item else record.service, sort="planned", began_at=record.planned_start, ended_at=end, agreed=agreed,
                             words=words.strip()[:200], cause="maintenance", organisation=record.organisation_id, team=record.team_id, restricted=record.restricted)
    write.link(made, record, "outage_of", by, needs="see")
    return made


@quiet.tells
def agreed_work(ids, at):
    """Items with a planned outage at this moment."""
    rows = Outage.objects.filter(item__in=ids, sort="planned", began_at__lte=at).exclude(state__in=("void", "ended", "confirmed")).filter(Q(ended_at=None) | Q(ended_at__gte=at))
    return {o.item_id: _t("planned outage %s") % o.number for o in rows}


cascade(
    Cascade(kind="incident", type="outage_of", label=_("End its outage"), when=lambda r: r.state in ("resolved", "closed"),
            step=lambda record, outage: ("end", {"ended_at": record.resolved_at or now()}) if outage.state == "ongoing" else None),
    Cascade(kind="change", type="outage_of", label=_("End its outage"), when=lambda r: getattr(r, "ended_at", None) is not None and not r.is_open,
            step=lambda record, outage: ("end", {"ended_at": record.ended_at}) if outage.state in ("planned", "ongoing") else None),
)
