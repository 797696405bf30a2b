from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.sources.models import Fact, Sighting
from praxis.kernel.display import Brief, Column, Field, Option, Panel, Rows, Section, View, administer, contribute, show
from praxis.kernel.now import now
from praxis.lib.conditions import Group, Test, every
from praxis.records.fields import sites
from praxis.records.models import Link
from praxis.records.read import briefs
from praxis.records.relating import types

from . import drawing, impact, recent  # noqa: F401 - recent: its panels are part of the screens
from .kind import ITEM
from .models import AuditRule, Item, ItemClass, RelationType
from .options import classes

MOST, SHOWN = 100, 6  # relations read, and shown of each type before one asks for more
LEVELS = 4


def _conditions(kind, actor, record, typed):
    return [Option(key, str(label)) for key, label in Item.CONDITIONS]


def _briefs(records, actor):
    items = Item.objects.select_related("item_class").in_bulk([r.pk for r in records])
    tones = {"down": "red", "degraded": "amber"}
    return {pk: Brief(icon=i.item_class.icon, note=i.item_class.label, tone=tones.get(i.condition, "")) for pk, i in items.items()}


def _impact(record, by):
    """The picture of what breaks, drawn on the server; None for an item that nothing depends on and that needs nothing."""
    graph = impact.walk(record, by, "up", LEVELS)
    if len(graph.nodes) == 1:
        return None
    return {"drawn": drawing.svg(graph), "said": drawing.sentence(graph), "note": _t("%s levels") % LEVELS, "page": f"/items/{record.number}/impact"}


def _relations(record, by):
    """Relations in words, both directions, to records that the reader may see."""
    known = types()
    links = list(Link.objects.filter(Q(source=record.pk) | Q(target=record.pk)).select_related("source", "target").order_by("type", "-id")[:MOST])
    shown = {r.pk: (r, b) for r, b in briefs([x.target if x.source_id == record.pk else x.source for x in links], by)}
    groups = {}
    for x in links:
        other, out = (x.target_id, True) if x.source_id == record.pk else (x.source_id, False)
        if other in shown and x.type in known:
            groups.setdefault(str(known[x.type].forward if out else known[x.type].reverse), []).append(shown[other])
    add = f"/r/{record.number}/do/link" if by.may("item.link", record) else None
    told = [(words, rows[:SHOWN], rows[SHOWN:]) for words, rows in ((w, sorted(rows, key=lambda r: r[0].title)) for w, rows in sorted(groups.items()))]
    return {"groups": told, "add": add, "more": len(links) == MOST} if told or add else None


def _sources(record, by):
    """Who saw it and when, what each source says, what is locked; three links to what else one asks about an item."""
    seen = list(Sighting.objects.filter(record=record.pk).select_related("source").order_by("-at")[:6])
    for one in seen:
        one.old = one.at < now() - timedelta(days=one.source.stale_days)
    facts = Fact.objects.filter(record=record.pk).select_related("source").order_by("attribute", "-at")[:60]
    told = [(str(Item._meta.get_field(f.attribute).verbose_name), f.value, f.source.label if f.source else "", f.source is None) for f in facts]
    return {"seen": seen, "told": told, "may": by.may("item.delete", record) and record.phase != "final"}


show(
    ITEM,
    columns=(Column("number", "i"), Column("title", "m"), Column("item_class"), Column("condition"), Column("state"), Column("site"), Column("team"),
             Column("owner", "o", quiet=True, draw="face")),
    sorts=("updated",),
    filters=("item_class", "state", "condition", "site", "team", "owner"),
    views=(View("live", _("Live"), every(Test("state", "is", ("live", "in_maintenance", "retiring"))), "updated"),
           View("trouble", _("Degraded or down"), every(Test("condition", "is", ("degraded", "down"))), "updated"),
           View("coming", _("Planned and in build"), every(Test("state", "is", ("planned", "in_build"))), "updated"),
           View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="item_class", label=_("Class"), path="item_class", type="record", icon="network", join="item_class", options=classes),
        Field(key="condition", label=_("Condition"), path="condition", type="choice", icon="activity", read=lambda r: r.get_condition_display(), options=_conditions),
        Field(key="serial", label=_("Serial number"), path="serial", icon="scan-barcode", ops=("is", "contains"), empty=_("Add the serial number")),
        Field(key="hostname", label=_("Host name"), path="hostname", icon="server", ops=("is", "contains"), empty=_("Add the host name")),
        Field(key="maker", label=_("Maker"), path="maker", icon="truck", ops=("is", "contains"), empty=_("Add the maker")),
        Field(key="product", label=_("Model"), path="product", icon="package", ops=("is", "contains"), empty=_("Add the model")),
        Field(key="version_of", label=_("Software version"), path="version_of", icon="code", ops=("is", "contains"), empty=_("Add the version")),
        Field(key="site", label=_("Site"), path="site", type="record", icon="map-pin", join="site", options=sites, ops=("is", "is_not", "empty"), empty=_("Choose a site")),
        Field(key="place", label=_("Place"), path="place", icon="map-pin", ops=("contains",), empty=_("Such as rack B07 U12")),
        Field(key="people", label=_("People who use it"), path="people", type="number", icon="users", ops=("is", "lt", "gt", "empty"), empty=_("Unknown")),
        Field(key="needed", label=_("How many have to work"), path="needed", type="number", icon="split", ops=("is", "empty"), empty=_("All that it depends on")),
    ),
    properties=("item_class", "condition", "product", "maker", "serial", "hostname", "version_of", "owner", "team", "site", "place", "people", "needed"),
    short=("item_class", "condition", "state", "owner", "site"),
    form=(Section(_("What it is"), "title", "item_class", "description"), Section(_("How it is known"), "serial", "hostname", "maker", "product", "version_of"),
          Section(_("Where it is and who answers for it"), "site", "place", "owner", "team"), Section(_("What depends on it"), "people", "needed")),
    buttons=("go_live", "maintain", "resume"),
    panels=("cmdb.impact", "screens.properties", "cmdb.relations"),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock"), ("links.related", "")),
    brief=_briefs, layout="sheet",
)
contribute(
    "item",
    Panel(key="cmdb.impact", title=_("What breaks if it stops"), slot="main", template="cmdb/impact.j2", load=_impact, on=("record.linked", "record.unlinked", "item.*"), order=10),
    Panel(key="cmdb.sources", title=_("Sources"), slot="rail", template="cmdb/sources.j2", load=_sources, on=("item.*",), order=55),
    Panel(key="cmdb.relations", title=_("Relations"), slot="rail", template="cmdb/relations.j2", load=_relations, on=("record.linked", "record.unlinked"), order=25),
)
administer(
    Rows(key="item-classes", label=_("Classes of items"), one=_("Class"), place="practices", model=ItemClass, needs="cmdb.classes", columns=("label", "parent", "layer", "organisation", "is_active"),
         form=("label", "key", "parent", "layer", "icon", "organisation", "is_active"), natural=("organisation", "key"), find=("label", "key"), order=("layer", "label"),
         joins=("parent", "organisation"), about=_("What a configuration item can be. Facts of a class are fields with the condition that the class is this one."),
         hints={"key": _("One word, such as switch"), "icon": _("The name of a sign, such as server, network, package"), "parent": _("Empty: a class of the first level")}),
    Rows(key="relation-types", label=_("Types of relations"), one=_("Type of relation"), place="practices", model=RelationType, needs="cmdb.classes", home="",
         columns=("forward", "reverse", "impact", "is_active"), form=("forward", "reverse", "key", "impact", "is_active"), natural=("key",), find=("forward", "reverse"), order=("forward",),
         about=_("How items relate, in words for both directions, and which end a failure reaches."), hints={"key": _("One word, such as depends-on")}),
    Rows(key="audit-rules", label=_("Rules of the audit"), one=_("Rule of the audit"), place="practices", model=AuditRule, needs="cmdb.classes", columns=("label", "weight", "organisation", "is_active"),
         form=("label", "scope", "rule", "weight", "organisation", "is_active"), natural=("organisation", "label"), find=("label",), order=("label",), joins=("organisation",),
         about=_("What should hold for items; the audit shows how many keep it and which do not."),
         hints={"scope": _("As in the address of a list, such as site.is=3; empty: all in use"), "rule": _("Such as owner.is_not=, or serial.not_empty=")}),
)
