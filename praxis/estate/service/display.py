from django.utils.translation import gettext_lazy as _

from praxis.abilities.clocks.models import Calendar, TargetSet
from praxis.kernel.display import Brief, Column, Field, Option, Section, View, show
from praxis.lib.conditions import Group, Test, every

from .kind import SERVICE
from .models import Service

TONES = {1: "red", 2: "amber", 3: "grey"}


def _criticalities(kind, actor, record, typed):
    return [Option(str(v), str(label)) for v, label in Service.Criticality.choices]


def _keys(model):
    """Rows to choose by key, those of all and those of organisations in reach, each key once."""
    def options(kind, actor, record, typed):
        rows = {row.key: row for row in model.objects.order_by("-label")}
        reach = actor.organisations()
        return [Option(key, f"{row.label} ({key})") for key, row in sorted(rows.items(), key=lambda r: r[1].label)
                if typed.casefold() in f"{row.label} {key}".casefold() and (reach is None or getattr(row, "organisation_id", None) in (None, *reach))]

    return options


def _briefs(records, actor):
    return {r.pk: Brief(icon="gem", note=str(r.stage.label)) for r in records}


show(
    SERVICE,
    columns=(Column("number", "i"), Column("title", "m"), Column("state"), Column("criticality"), Column("team"),
             Column("owner", "o", quiet=True, draw="face")),
    sorts=("updated",),
    filters=("state", "owner", "team", "criticality"),
    views=(View("live", _("Live"), every(Test("state", "is", ("live", "retiring"))), "updated", count=True),
           View("pipeline", _("Pipeline"), every(Test("state", "is_not", ("live", "retiring", "retired"))), "updated", count=True),
           View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="criticality", label=_("Criticality"), path="criticality", type="choice_number", icon="shield-alert",
              read=lambda r: r.get_criticality_display(), options=_criticalities),
        Field(key="hours", label=_("Service hours"), path="hours", type="choice", icon="clock", options=_keys(Calendar)),
        Field(key="targets", label=_("Service levels"), path="targets", type="choice", icon="target", options=_keys(TargetSet),
              empty=_("The standard ones")),
        Field(key="customers", label=_("Customers"), path="customers", icon="users", ops=("contains",),
              empty=_("Add customers")),
        Field(key="on_status", label=_("On the status page"), path="on_status", type="yes", icon="globe", read=lambda r: _("Yes") if r.on_status else _("No"),
              options=lambda kind, actor, record, typed: [Option("True", _("Yes")), Option("False", _("No"))], ops=("is",)),
    ),
    properties=("owner", "team", "criticality", "hours", "targets", "customers", "on_status"),
    short=("state", "owner", "team", "criticality"),
    form=(Section(_("What it is"), "title", "description"), Section(_("Who answers for it"), "owner", "team"),
          Section(_("How it is provided"), "criticality", "hours", "targets", "customers")),
    buttons=("go_live",),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock")),
    brief=_briefs,
)
