from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Brief, Column, Field, Option, Panel, Rows, Section, View, administer, contribute, show
from praxis.kernel.now import now
from praxis.lib.conditions import Group, Test, every
from praxis.records.fields import ours
from praxis.records.models import Link
from praxis.records.read import briefs

from .kind import CONTRACT
from .models import Contract, Supplier

MOST = 200
RUNNING = Test("state", "is", ("in_force", "notice_given"))


def suppliers(kind, actor, record, typed):
    """Suppliers that all share, and the organisation's own."""
    rows = ours(Supplier.objects.filter(is_active=True), actor, record)
    return [Option(str(s.pk), s.name) for s in (rows.filter(name__icontains=typed) if typed else rows).order_by("name")[:MOST]]


def choices(model, name):
    """Options of a column that has choices."""
    return lambda kind, actor, record, typed: [Option(str(key), str(label)) for key, label in model._meta.get_field(name).flatchoices]


def amount(value, currency):
    """Money as it is read: 1,234.50 EUR; "" for what is unknown."""
    return "" if value is None else f"{value:,.2f} {currency}"


def day(name):
    return lambda r: getattr(r, name) and str(getattr(r, name))


def _left(record):
    """How long there is still time to say no, in words."""
    days = record.notice_on and (record.notice_on - now().date()).days
    if days is None or record.phase == "final":
        return ""
    return _t("%s, over") % record.notice_on if days < 0 else _t("%(day)s, in %(n)s days") % {"day": record.notice_on, "n": days}


def _briefs(records, actor):
    names = dict(Contract.objects.filter(pk__in=[r.pk for r in records]).values_list("pk", "supplier__name"))
    return {r.pk: Brief(icon="file-diff", note=names.get(r.pk) or str(r.stage.label)) for r in records}


def _things(record, by):
    """What it covers."""
    links = Link.objects.filter(source=record.pk, type="covers").select_related("target").order_by("target__title")[:MOST]
    return {"things": briefs([x.target for x in links], by), "add": f"/r/{record.number}/do/cover" if by.may("contract.change", record) and record.phase != "final" else None}


def _of(record, by):
    """The contracts that cover a record, those in force first; one statement."""
    if not by.has("contract.see"):
        return None
    rows = Contract.objects.visible_to(by, "contract.see").filter(links_out__target=record.pk, links_out__type="covers").select_related("supplier").order_by("phase", "title")[:20]
    things = [(c, Brief(icon="file-diff", note=c.supplier.name if c.supplier_id else str(c.stage.label))) for c in rows]
    return {"things": things} if things else None


show(
    CONTRACT,
    columns=(Column("number", "i"), Column("title", "m"), Column("state"), Column("sort"), Column("supplier"), Column("ends_on"), Column("notice_on"), Column("owner", "o", quiet=True, draw="face")),
    sorts=("updated",),
    filters=("state", "sort", "supplier", "ends_on", "notice_on", "owner", "team", "title"),
    views=(View("force", _("In force"), every(RUNNING), "updated", count=True),
           View("soon", _("To decide in 90 days"), every(Test("state", "is", ("in_force",)), Test("notice_on", "before", ("90d",))), "updated", count=True),
           View("draft", _("Drafts"), every(Test("state", "is", ("draft",))), "updated"),
           View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="sort", label=_("Type"), path="sort", type="choice", icon="file-diff", options=choices(Contract, "sort"), read=lambda r: r.get_sort_display()),
        Field(key="supplier", label=_("Supplier"), path="supplier", type="record", join="supplier", icon="truck", options=suppliers, ops=("is", "is_not", "empty"), empty=_("Choose a supplier")),
        Field(key="reference", label=_("Their number"), path="reference", icon="diamond", ops=("is", "contains"), empty=_("Add a number")),
        Field(key="starts_on", label=_("Begins on"), path="starts_on", type="date", icon="calendar-days", read=day("starts_on"), ops=("before", "after", "empty"), empty=_("Add a date")),
        Field(key="ends_on", label=_("Ends on"), path="ends_on", type="date", icon="calendar-days", read=day("ends_on"), ops=("before", "after", "empty"), empty=_("No end")),
        Field(key="notice_days", label=_("Days of notice"), path="notice_days", type="number", icon="bell", ops=("is", "lt", "gt")),
        Field(key="notice_on", label=_("Notice until"), path="notice_on", type="date", icon="bell-ring", read=_left, edit=False, ops=("before", "after", "empty")),
        Field(key="renewal_months", label=_("Renews itself by months"), path="renewal_months", type="number", icon="repeat", ops=("is", "empty", "not_empty"), empty=_("Not by itself")),
        Field(key="value", label=_("Price"), icon="badge-euro", see="*.money", read=lambda r: r.value and f"{amount(r.value, r.currency)} {r.get_per_display()}", empty=_("Unknown")),
        Field(key="currency", label=_("Currency"), path="currency", icon="coins", ops=("is",)),
        Field(key="per", label=_("Paid"), path="per", type="choice", icon="coins", options=choices(Contract, "per"), read=lambda r: r.get_per_display()),
        Field(key="cost_centre", label=_("Cost centre"), path="cost_centre", icon="coins", ops=("is", "contains"), empty=_("Add a cost centre")),
    ),
    properties=("owner", "team", "sort", "supplier", "reference", "starts_on", "ends_on", "notice_days", "notice_on", "renewal_months", "value", "per", "currency", "cost_centre"),
    short=("state", "supplier", "ends_on", "notice_on", "owner"),
    form=(Section(_("What it is"), "title", "sort", "description"), Section(_("With whom"), "supplier", "reference", "owner", "team"),
          Section(_("How long"), "starts_on", "ends_on", "notice_days", "renewal_months"), Section(_("What it costs"), "value", "currency", "per", "cost_centre")),
    buttons=("give_notice", "sign", "renew"),
    panels=("screens.properties", "supplier.things"),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock"), ("links.related", "")),
    layout="sheet", brief=_briefs,
)
contribute("contract", Panel(key="supplier.things", title=_("What it covers"), slot="main", template="supplier/things.j2", load=_things, on=("record.linked", "record.unlinked"), order=20))
for _kind in ("asset", "item", "service"):
    contribute(_kind, Panel(key="supplier.contracts", title=_("Contracts"), slot="rail", template="supplier/things.j2", load=_of, on=("record.linked", "record.unlinked"), order=48))
administer(
    Rows(key="suppliers", label=_("Suppliers"), one=_("Supplier"), place="practices", model=Supplier, needs="supplier.keep", columns=("name", "contact", "email", "organisation", "is_active"),
         form=("name", "customer_number", "contact", "email", "phone", "website", "organisation", "is_active"), natural=("organisation", "name"), find=("name", "contact", "email"), order=("name",), joins=("organisation",),
         about=_("Whom something is bought, rented or serviced from; contracts, models and assets name them.")),
)
