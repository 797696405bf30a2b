from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.clocks.models import Target, TargetSet
from praxis.kernel.display import Brief, Column, Field, Option, Panel, Section, View, contribute, show
from praxis.lib.conditions import Group, Test, every
from praxis.people.models import Organisation
from praxis.records.models import Record
from praxis.records.read import briefs

from .kind import AGREEMENT
from .models import Agreement, Type


def _types(kind, actor, record, typed):
    return [Option(v, str(label)) for v, label in Type.choices]


def _sets(kind, actor, record, typed):
    return [Option(t.key, t.label) for t in TargetSet.objects.order_by("label")]


def _customers(kind, actor, record, typed):
    rows, reach = Organisation.objects.order_by("name"), actor.organisations()
    rows = rows if reach is None else rows.filter(pk__in=reach)
    return [Option(str(o.pk), o.name) for o in rows.filter(name__icontains=typed)[:200]]


def _briefs(records, actor):
    return {r.pk: Brief(icon="scale", note=str(r.stage.label)) for r in records}


def _promises(record, by):
    rows = Target.objects.filter(set__key=record.targets).order_by("kind", "priority", "metric") if record.targets else []
    return {"rows": rows, "set": record.targets, "add": "/admin/targets" if by.has("admin.settings") else None}


def _services(record, by):
    things = briefs(Record.objects.filter(kind="service", number__in=record.services).order_by("title"), by) if record.services else []
    return {"things": things, "note": _t("%s covered") % len(things) if things else _t("all of the customer"),
            "add": f"/r/{record.number}/do/cover" if by.may("agreement.change", record) else None}


def _of_service(record, by):
    """The agreements that name this service; few rows, read whole."""
    rows = Agreement.objects.visible_to(by, "agreement.see").filter(Q(phase="standing")).order_by("title")
    things = briefs([a for a in rows if record.number in a.services], by)
    return {"things": things} if things else None


show(
    AGREEMENT,
    columns=(Column("number", "i"), Column("title", "m"), Column("state"), Column("basis"), Column("customer"), Column("review_on"),
             Column("owner", "o", quiet=True, draw="face")),
    sorts=("updated",),
    filters=("state", "basis", "customer", "owner", "team", "title"),
    views=(View("force", _("In force"), every(Test("state", "is", ("in_force", "under_review"))), "updated", count=True),
           View("draft", _("Drafts"), every(Test("state", "is", ("draft", "proposed"))), "updated", count=True),
           View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="basis", label=_("Type"), path="basis", type="choice", icon="scale", options=_types, read=lambda r: r.get_basis_display()),
        Field(key="customer", label=_("Customer"), path="customer", type="record", join="customer", icon="house", options=_customers,
              ops=("is", "is_not", "empty"), empty=_("Everybody")),
        Field(key="supplier", label=_("Supplier"), path="supplier", icon="truck", ops=("contains",), empty=_("Add a supplier")),
        Field(key="targets", label=_("Promises"), path="targets", type="choice", icon="target", options=_sets, empty=_("Choose promises")),
        Field(key="valid_from", label=_("Valid from"), icon="calendar-days", read=lambda r: r.valid_from and str(r.valid_from), empty=_("Add a date")),
        Field(key="valid_to", label=_("Valid to"), icon="calendar-days", read=lambda r: r.valid_to and str(r.valid_to), empty=_("No end")),
        Field(key="review_on", label=_("Review on"), path="review_on", icon="calendar-days", read=lambda r: r.review_on and str(r.review_on),
              empty=_("Add a date")),
        Field(key="revision", label=_("Revision"), icon="history", edit=False),
    ),
    properties=("owner", "basis", "customer", "team", "supplier", "targets", "valid_from", "valid_to", "review_on", "revision"),
    short=("state", "owner", "basis", "customer", "targets"),
    form=(Section(_("What it is"), "title", "description", "basis"), Section(_("With whom"), "customer", "team", "supplier", "owner"),
          Section(_("What is promised, and how long"), "targets", "valid_from", "valid_to", "review_on")),
    buttons=("propose", "review", "revise", "agree"),
    panels=("agreement.promises", "agreement.services"),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock")),
    layout="sheet",
    brief=_briefs,
)
contribute(
    "agreement",
    Panel(key="agreement.promises", title=_("Promises"), slot="main", template="agreement/promises.j2", load=_promises, on=("agreement.*",), order=5),
    Panel(key="agreement.services", title=_("Services"), slot="rail", template="agreement/services.j2", load=_services, on=("agreement.*",), order=40),
)
contribute("service", Panel(key="agreement.of_service", title=_("Agreements"), slot="rail", template="agreement/services.j2", load=_of_service,
                            order=45))
