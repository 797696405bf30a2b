from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.cmdb.models import ItemClass
from praxis.estate.cmdb.options import items
from praxis.estate.stock.models import Stockroom
from praxis.estate.supplier.display import amount, choices, day, suppliers
from praxis.kernel.display import Brief, Column, Field, Option, Panel, Rows, Section, View, administer, contribute, show
from praxis.kernel.models import Event
from praxis.lib.conditions import Group, Test, every
from praxis.records.fields import ours, people, sites

from . import labels, value
from .kind import ASSET
from .models import Asset, Product, TagSequence

MOST, STEPS = 200, 60
THERE = Test("state", "is_not", ("disposed",))
HISTORY = ("asset.moved", "asset.passed", "asset.extended", "asset.reserved", "asset.unreserved", "asset.confirmed", "asset.relocated", "asset.opened")


def products(kind, actor, record, typed):
    """Models that all share, and the organisation's own."""
    rows = ours(Product.objects.filter(is_active=True), actor, record).order_by("maker", "name")
    return [Option(str(p.pk), str(p)) for p in (rows.filter(name__icontains=typed) | rows.filter(maker__icontains=typed) if typed else rows)[:MOST]]


def stockrooms(kind, actor, record, typed):
    """Stockrooms of the record's organisation, or of those in reach."""
    rows = Stockroom.objects.filter(is_active=True)
    if record is not None:
        rows = rows.filter(organisation=record.organisation_id)
    elif (reach := actor.organisations()) is not None:
        rows = rows.filter(organisation__in=reach)
    return [Option(str(s.pk), s.name) for s in rows.filter(name__icontains=typed).order_by("name")[:MOST]]


def _classes(kind, actor, record, typed):
    return [Option(c.key, c.label) for c in ItemClass.objects.filter(pk__in=Product.objects.values("item_class")).order_by("label")]


def _briefs(records, actor):
    rows = Asset.objects.select_related("product", "requester").in_bulk([r.pk for r in records])
    return {pk: Brief(icon="laptop", note=", ".join(filter(None, (a.tag, a.requester.name if a.requester_id else str(a.stage.label))))) for pk, a in rows.items()}


def _custody(record, by):
    """Who had it and where it was, step by step, newest first, each with its reason."""
    rows = Event.objects.filter(subject=record.pk, name__in=HISTORY).order_by("-id")[:STEPS]
    told = []
    for event in rows:
        new = {n: c[3] for n, c in event.changes.items() if c[3]}
        what = new.get("state") or {"asset.passed": _t("Passed on"), "asset.extended": _t("Lent longer"), "asset.reserved": _t("Reserved"), "asset.unreserved": _t("No longer reserved"),
                                    "asset.confirmed": _t("Receipt confirmed"), "asset.relocated": _t("Found elsewhere"), "asset.opened": _t("Registered")}.get(event.name, "")
        told.append((event.at, event.actor_name, what, new.get("requester") or new.get("reserved_for") or "", ", ".join(filter(None, (new.get("stockroom"), new.get("site"), new.get("place")))), new.get("because", "")))
    return {"steps": told, "asset": record}


def _worth(record, by):
    """Its value today and what it has cost, or what is missing to tell."""
    record = record if isinstance(record, Asset) else Asset.objects.select_related("product").get(pk=record.pk)
    made, today = value.plan(record), value.today()
    missing = [str(Asset._meta.get_field(n).verbose_name) for n in value.missing(record)]
    return {"plan": made, "missing": missing, "worth": made and amount(made.worth(record.disposed_on or today), record.currency), "monthly": made and made.monthly is not None and amount(round(made.monthly, 4), record.currency),
            "owned": value.ownership(record, today), "money": lambda v: amount(v, record.currency)}


def _label(record, by):
    return {"code": labels.code(record), "asset": record} if record.tag else None


def _of_item(record, by):
    """The asset beside an item: who has it, and its tag."""
    found = Asset.objects.visible_to(by, "asset.see").filter(item=record.pk).select_related("requester").first()
    return {"asset": found} if found else None


def _of_person(record, by):
    """What the caller has, beside what it asks for; one statement."""
    if record.requester_id is None or not by.has("asset.see"):
        return None
    rows = Asset.objects.visible_to(by, "asset.see").filter(requester=record.requester_id, state="in_use").order_by("title")[:12]
    things = [(a, Brief(icon="laptop", note=a.tag)) for a in rows]
    return {"things": things} if things else None


show(
    ASSET,
    columns=(Column("number", "i"), Column("title", "m"), Column("tag"), Column("state"), Column("requester"), Column("loan_until")),
    sorts=("updated",),
    filters=("state", "substate", "product", "class", "requester", "stockroom", "site", "tag", "serial", "loan_until", "warranty_until", "bought_on", "supplier", "cost_centre", "owner", "team", "title"),
    views=(View("use", _("In use"), every(Test("state", "is", ("in_use",))), "updated"),
           View("stock", _("In stock"), every(Test("state", "is", ("in_stock",))), "updated"),
           View("late", _("Lent and over"), every(Test("state", "is", ("in_use",)), Test("loan_until", "before", ("0m",))), "updated", count=True),
           View("away", _("Missing or stolen"), every(Test("state", "is", ("missing", "stolen"))), "updated", count=True),
           View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="requester", label=_("Who has it"), draw="person", icon="user", path="requester", type="person", join="requester", options=people, ops=("is", "is_not", "me", "empty"), edit=False, empty=_("Nobody")),
        Field(key="tag", label=_("Asset tag"), path="tag", icon="scan-barcode", ops=("is", "contains", "empty"), empty=_("Add a tag")),
        Field(key="serial", label=_("Serial number"), path="serial", icon="scan-barcode", ops=("is", "contains"), empty=_("Add the serial number")),
        Field(key="product", label=_("Model"), path="product", type="record", join="product", icon="package", options=products, ops=("is", "is_not", "empty"), empty=_("Choose a model")),
        Field(key="class", label=_("Class"), path="subtype", type="choice", icon="network", read=lambda r: r.subtype, options=_classes, edit=False, ops=("is", "is_not")),
        Field(key="item", label=_("Configuration item"), path="item", type="record", join="item", icon="network", options=items, ops=("empty",), read=lambda r: r.item, empty=_("None")),
        Field(key="substate", label=_("In stock as"), path="substate", type="choice", icon="archive", options=choices(Asset, "substate"), read=lambda r: r.get_substate_display(), empty=_("–")),
        Field(key="stockroom", label=_("Stockroom"), path="stockroom", type="record", join="stockroom", icon="archive", options=stockrooms, ops=("is", "is_not", "empty"), edit=False, empty=_("None")),
        Field(key="site", label=_("Site"), path="site", type="record", icon="map-pin", join="site", options=sites, ops=("is", "is_not", "empty"), empty=_("Choose a site")),
        Field(key="place", label=_("Place"), path="place", icon="map-pin", ops=("contains",), empty=_("Such as room 2.14")),
        Field(key="loan_until", label=_("Lent until"), path="loan_until", type="date", icon="calendar-clock", read=day("loan_until"), edit=False, ops=("before", "after", "empty"), empty=_("Not lent")),
        Field(key="reserved_for", label=_("Reserved for"), path="reserved_for", type="person", join="reserved_for", icon="lock", draw="person", options=people, edit=False, ops=("is", "empty"), empty=_("Nobody")),
        Field(key="reserved_until", label=_("Reserved until"), path="reserved_until", type="date", icon="lock", read=day("reserved_until"), edit=False, ops=("before", "after", "empty"), empty=_("–")),
        Field(key="supplier", label=_("Supplier"), path="supplier", type="record", join="supplier", icon="truck", options=suppliers, ops=("is", "is_not", "empty"), empty=_("Choose a supplier")),
        Field(key="order_number", label=_("Order number"), path="order_number", icon="diamond", ops=("is", "contains"), empty=_("Add a number")),
        Field(key="cost", label=_("Price"), icon="badge-euro", see="*.money", needs="*.change", read=lambda r: amount(r.cost, r.currency), empty=_("Unknown")),
        Field(key="proceeds", label=_("Proceeds"), icon="badge-euro", see="*.money", read=lambda r: amount(r.proceeds, r.currency), edit=False),
        Field(key="currency", label=_("Currency"), path="currency", icon="coins", ops=("is",)),
        Field(key="bought_on", label=_("Bought on"), path="bought_on", type="date", icon="calendar-days", read=day("bought_on"), ops=("before", "after", "empty"), empty=_("Add a date")),
        Field(key="warranty_until", label=_("Warranty until"), path="warranty_until", type="date", icon="shield-check", read=day("warranty_until"), ops=("before", "after", "empty"), empty=_("Add a date")),
        Field(key="cost_centre", label=_("Cost centre"), path="cost_centre", icon="coins", ops=("is", "contains"), empty=_("Add a cost centre")),
        Field(key="disposal", label=_("What became of it"), path="disposal", type="choice", icon="archive", options=choices(Asset, "disposal"), read=lambda r: r.get_disposal_display(), edit=False),
        Field(key="disposed_on", label=_("Gone on"), path="disposed_on", type="date", icon="calendar-days", read=day("disposed_on"), edit=False, ops=("before", "after", "empty")),
        Field(key="certificate", label=_("Certificate of disposal"), path="certificate", icon="file-code", edit=False, ops=("contains",)),
        Field(key="wiped", label=_("How its data was wiped"), path="wiped", icon="shield-check", edit=False, ops=("contains",)),
        Field(key="because", label=_("Reason of the last step"), path="because", icon="message-square", edit=False, ops=("contains",)),
    ),
    properties=("requester", "tag", "serial", "product", "item", "substate", "stockroom", "site", "place", "loan_until", "reserved_for", "owner", "team", "supplier", "order_number", "cost", "currency", "bought_on", "warranty_until", "cost_centre"),
    short=("state", "requester", "tag", "product", "stockroom", "site"),
    exported=("serial", "site", "place", "substate", "supplier", "order_number", "cost", "currency", "bought_on", "warranty_until", "cost_centre", "disposal", "disposed_on", "certificate", "wiped", "because"),
    form=(Section(_("What it is"), "title", "product", "tag", "serial", "item", "description"), Section(_("Where it belongs"), "site", "place", "owner", "team"),
          Section(_("Where it came from"), "supplier", "order_number", "bought_on", "cost", "currency", "warranty_until", "cost_centre")),
    buttons=("receive", "take_back", "repaired", "lend", "hand_out"),
    panels=("screens.properties", "asset.custody"),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock")),
    layout="sheet", brief=_briefs,
)
contribute(
    "asset",
    Panel(key="asset.custody", title=_("Who had it"), slot="main", template="asset/custody.j2", load=_custody, on=("asset.*",), order=10),
    Panel(key="asset.worth", title=_("What it is worth"), slot="rail", template="asset/worth.j2", load=_worth, needs="*.money", on=("asset.*",), order=30),
    Panel(key="asset.label", title=_("Label"), slot="rail", template="asset/label.j2", load=_label, on=("asset.field.tag",), order=60),
)
contribute("item", Panel(key="asset.of_item", title=_("Asset"), slot="rail", template="asset/of_item.j2", load=_of_item, order=22))
contribute("incident", Panel(key="asset.of_person", title=_("What the caller has"), slot="rail", template="asset/things.j2", load=_of_person, order=46))
administer(
    Rows(key="products", label=_("Models"), one=_("Model"), place="practices", model=Product, needs="asset.products", columns=("maker", "name", "item_class", "life_months", "organisation", "is_active"),
         form=("maker", "name", "part", "item_class", "supplier", "holds_data", "method", "life_months", "residual", "rate", "yearly", "organisation", "is_active"), natural=("organisation", "maker", "name"),
         find=("maker", "name", "part"), order=("maker", "name"), joins=("item_class", "organisation", "supplier"),
         about=_("What assets are of: how long they last, how their price is spread, what they cost to run, whether they hold data."), hints={"rate": _("Only where a share of what is left is taken off each year")}),
    Rows(key="tag-sequences", label=_("Asset tags"), one=_("Sequence of asset tags"), place="practices", model=TagSequence, needs="asset.products", columns=("prefix", "digits", "item_class", "organisation", "is_active"),
         form=("prefix", "digits", "first", "item_class", "organisation", "is_active"), natural=("organisation", "item_class"), order=("prefix",), joins=("item_class", "organisation"),
         about=_("How a tag is made for an asset that has none: the sequence of its class, else the one for all. A number is given once."), hints={"prefix": _("Such as A- or LT-")}),
)
