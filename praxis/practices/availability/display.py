from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.cmdb import impact
from praxis.estate.cmdb.options import items
from praxis.kernel.display import Brief, Column, Field, Option, Panel, Rows, Section, View, administer, contribute, show
from praxis.kernel.now import now
from praxis.lib.conditions import Group, Test, every
from praxis.lib.spans import exact

from . import drawing, read
from .kind import OUTAGE
from .models import Objective, Outage


def _choices(choices):
    return lambda kind, actor, record, typed: [Option(str(v), str(label)) for v, label in choices]


def _lasted(outage):
    return exact(((outage.ended_at or now()) - outage.began_at).total_seconds()) if outage.began_at and outage.began_at <= now() else ""


def _briefs(records, actor):
    rows = Outage.objects.filter(pk__in=[r.pk for r in records])
    return {o.pk: Brief(note=_lasted(o) or str(o.stage.label), tone="red" if o.state == "ongoing" and o.sort == "unplanned" else "") for o in rows}


show(
    OUTAGE,
    columns=(Column("number", "i"), Column("title", "m"), Column("sort"), Column("state"), Column("began"), Column("lasted"), Column("service")),
    sorts=("began", "updated"),
    filters=("state", "sort", "service", "item", "cause", "began", "agreed", "title"),
    views=(View("now", _("Now"), every(Test("state", "is", ("ongoing",))), "began", count=True), View("planned", _("Planned"), every(Test("state", "is", ("planned",))), "began"),
           View("check", _("To be confirmed"), every(Test("state", "is", ("ended",))), "began", count=True), View("all", _("All"), Group("all"), "began")),
    fields=(
        Field(key="item", label=_("Item"), draw="service", path="item", type="record", join="item", icon="network", options=items, ops=("is", "is_not", "empty"), empty=_("Which item is out")),
        Field(key="sort", label=_("Sort"), path="sort", type="choice", icon="activity", read=lambda r: r.get_sort_display(), options=_choices(Outage.SORTS)),
        Field(key="cause", label=_("Cause"), path="cause", type="choice", icon="wrench", read=lambda r: r.get_cause_display(), options=_choices(Outage.CAUSES), ops=("is", "is_not", "empty"), empty=_("Unknown")),
        Field(key="began", label=_("Began"), path="began_at", type="time", draw="when", icon="clock", read=lambda r: r.began_at, edit=False, ops=("before", "after", "within", "empty")),
        Field(key="began_at", label=_("Began"), path="began_at", icon="clock", read=lambda r: r.began_at and f"{timezone.localtime(r.began_at):%Y-%m-%d %H:%M:%S}", type="time", ops=("before", "after"), empty=_("Say when")),
        Field(key="ended_at", label=_("Ended"), path="ended_at", icon="clock", read=lambda r: r.ended_at and f"{timezone.localtime(r.ended_at):%Y-%m-%d %H:%M:%S}", type="time", ops=("before", "after", "empty"), empty=_("It goes on")),
        Field(key="lasted", label=_("Lasted"), icon="clock", read=_lasted, edit=False),
        Field(key="users", label=_("People hit"), path="users", type="number", icon="users", ops=("gt", "lt", "empty"), empty=_("Unknown")),
        Field(key="agreed", label=_("Agreed"), path="agreed", type="yes", icon="check", read=lambda r: _("Yes") if r.agreed else _("No"), options=_choices([("True", _("Yes")), ("False", _("No"))]), ops=("is",)),
        Field(key="words", label=_("What everybody may read"), path="words", icon="megaphone", empty=_("Nothing"), ops=("contains", "empty")),
    ),
    properties=("sort", "service", "item", "began_at", "ended_at", "cause", "users", "agreed", "words", "owner", "team"),
    short=("state", "sort", "service", "item", "began_at", "ended_at"),
    exported=("ended_at", "cause", "users", "agreed", "item"),
    form=(Section(_("What is out"), "title", "service", "item", "sort"), Section(_("When"), "began_at", "ended_at", "agreed"), Section(_("Why, and whom it hits"), "cause", "users", "words", "description")),
    buttons=("begin", "confirm", "end"), brief=_briefs, layout="sheet",
    places=(("conversation.thread", "main"), ("conversation.composer", "dock")),
)


def percent(value):
    """A share in percent as people read it, and no rounding that makes a failure disappear."""
    if value is None:
        return "–"
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "99.999" if text == "100" and value < 100 else text


def _of_service(record, by):
    """This month against the objective, the last ninety days, and what is going on."""
    if not by.has("outage.see"):
        return None
    zone = read.zone_of(record)
    start, end = read.month_of(timezone.localtime(now(), ZoneInfo(zone)).date(), zone)
    graph = read.graph_below(record)
    found = read.told(record, start, end, graph=graph)
    budget = read.budget_of(record, graph=graph) if found.objective else None
    rows = read.days(record, now(), 30, graph) if found.objective else []
    return {"found": found, "percent": percent(found.percent), "drawn": drawing.days(record.title, rows, _t("%s %% this month") % percent(found.percent)) if rows else "",
            "budget": budget, "page": f"/services/{record.number}/availability", "note": _t("this month")}


def _on_item(record, by):
    rows = [o for o in Outage.objects.filter(item=record.pk).order_by("-began_at")[:20] if by.may("outage.see", o)][:5]
    return {"rows": [(o, _lasted(o)) for o in rows]} if rows else None


@impact.overlay
def _on_graph(ids, actor):
    """What is out now, in the picture of an impact."""
    rows = Outage.objects.visible_to(actor, "outage.see").filter(item__in=ids, state="ongoing").values_list("item", "sort")
    words = {"unplanned": _t("out now"), "planned": _t("out as planned"), "degraded": _t("degraded now")}
    return {pk: words[sort] for pk, sort in rows}


contribute("service", Panel(key="availability.month", title=_("Availability"), slot="rail", template="availability/month.j2", load=_of_service, on=("outage.*",), order=12, lazy=True))
contribute("item", Panel(key="availability.on_item", title=_("Outages"), slot="rail", template="availability/on_item.j2", load=_on_item, on=("outage.*",), order=42))
administer(
    Rows(key="objectives", label=_("Objectives of services"), one=_("Objective"), place="practices", model=Objective, needs="availability.objectives", home="service__organisation",
         columns=("service", "customer", "target", "slo", "hours", "is_active"), form=("service", "customer", "target", "hours", "slo", "least", "price", "is_active"),
         natural=("service", "customer"), joins=("service", "customer"), order=("pk",), portable=False,
         about=_("What a service is to reach in a month. Without an objective its availability is unknown, and nothing is green."),
         hints={"customer": _("Empty: for all"), "hours": _("Key of hours; empty: the service's own"), "slo": _("Of the events that monitoring counts; empty: minutes out count")}),
)
