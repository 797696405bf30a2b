from django.utils.translation import gettext_lazy as _

from praxis.estate.supplier.display import amount, suppliers
from praxis.kernel.display import Brief, Column, Field, Panel, Rows, Section, View, administer, contribute, show
from praxis.lib.conditions import Group, Test, every

from .kind import CONSUMABLE
from .models import Consumable, Stock, Stockroom


def _briefs(records, actor):
    rows = Consumable.objects.in_bulk([r.pk for r in records])
    return {pk: Brief(icon="package", note=f"{c.on_hand} {c.unit}", tone="amber" if c.short else "") for pk, c in rows.items()}


def _lying(record, by):
    """How many lie where."""
    rows = list(Stock.objects.filter(consumable=record.pk).select_related("stockroom").order_by("stockroom__name"))
    return {"rows": rows, "add": f"/r/{record.number}/do/deliver" if by.may("consumable.take", record) and record.state == "kept" else None}


show(
    CONSUMABLE,
    columns=(Column("number", "i"), Column("title", "m"), Column("on_hand"), Column("minimum"), Column("short"), Column("supplier"), Column("state"), Column("owner", "o", quiet=True, draw="face")),
    sorts=("updated",),
    filters=("state", "short", "supplier", "owner", "team", "title", "article"),
    views=(View("kept", _("Kept in stock"), every(Test("state", "is", ("kept",))), "updated", count=True),
           View("short", _("To reorder"), every(Test("state", "is", ("kept",)), Test("short", "is", ("yes",))), "updated", count=True),
           View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="on_hand", label=_("On hand"), path="on_hand", type="number", icon="package", edit=False, ops=("is", "lt", "gt")),
        Field(key="minimum", label=_("Reorder below"), path="minimum", type="number", icon="bell", ops=("is", "lt", "gt")),
        Field(key="short", label=_("To be reordered"), path="short", type="yes", icon="bell-ring", read=lambda r: _("Yes") if r.short else "", edit=False),
        Field(key="unit", label=_("Counted in"), path="unit", icon="type", ops=("is",)),
        Field(key="article", label=_("Article number"), path="article", icon="scan-barcode", ops=("is", "contains"), empty=_("Add a number")),
        Field(key="supplier", label=_("Supplier"), path="supplier", type="record", join="supplier", icon="truck", options=suppliers, ops=("is", "is_not", "empty"), empty=_("Choose a supplier")),
        Field(key="price", label=_("Price of one"), icon="badge-euro", see="*.money", read=lambda r: amount(r.price, r.currency), empty=_("Unknown")),
        Field(key="currency", label=_("Currency"), path="currency", icon="coins", ops=("is",)),
    ),
    properties=("on_hand", "minimum", "unit", "article", "supplier", "price", "currency", "owner", "team"),
    short=("on_hand", "minimum", "state", "owner"),
    form=(Section(_("What it is"), "title", "unit", "article", "description"), Section(_("When more is needed"), "minimum", "owner", "team"), Section(_("Where it comes from"), "supplier", "price", "currency")),
    buttons=("keep", "deliver", "take"),
    panels=("stock.lying", "screens.properties"),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock")),
    layout="sheet", brief=_briefs,
)
contribute("consumable", Panel(key="stock.lying", title=_("Where it lies"), slot="main", template="stock/lying.j2", load=_lying, on=("consumable.*",), order=5))
administer(
    Rows(key="stockrooms", label=_("Stockrooms"), one=_("Stockroom"), place="practices", model=Stockroom, needs="stock.rooms", columns=("name", "site", "organisation", "is_active"),
         form=("name", "site", "organisation", "is_active"), natural=("organisation", "name"), find=("name",), order=("name",), joins=("site", "organisation"),
         about=_("Where assets and consumables lie that nobody uses at the moment.")),
)
