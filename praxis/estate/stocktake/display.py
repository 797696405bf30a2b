from django.utils.translation import gettext_lazy as _

from praxis.estate.asset.display import stockrooms
from praxis.kernel.display import Brief, Column, Field, Panel, Section, View, contribute, show
from praxis.lib.conditions import Group, Test, every
from praxis.records.fields import sites

from . import differences
from .kind import STOCKTAKE
from .models import Stocktake

SHOWN = 100


def _briefs(records, actor):
    return {r.pk: Brief(icon="clipboard-check", note=str(r.stage.label)) for r in records}


def _told(record, by):
    """How the count stands; of a finished one its figures."""
    record = record if isinstance(record, Stocktake) else Stocktake.objects.get(pk=record.pk)
    if record.state != "counting":
        return {"diff": None, "take": record}
    return {"diff": differences.of(record), "take": record, "shown": SHOWN, "may": by.may("stocktake.count", record)}


show(
    STOCKTAKE,
    columns=(Column("number", "i"), Column("title", "m"), Column("state"), Column("stockroom"), Column("site"), Column("found"), Column("missing"), Column("strays"), Column("owner", "o", quiet=True, draw="face")),
    sorts=("updated",),
    filters=("state", "stockroom", "site", "owner", "team", "title"),
    views=(View("counting", _("Counting"), every(Test("state", "is", ("counting",))), "updated", count=True), View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="stockroom", label=_("Stockroom"), path="stockroom", type="record", join="stockroom", icon="archive", options=stockrooms, ops=("is", "empty"), empty=_("None")),
        Field(key="site", label=_("Site"), path="site", type="record", icon="map-pin", join="site", options=sites, ops=("is", "empty"), empty=_("None")),
        Field(key="found", label=_("Found"), path="found", type="number", icon="check", edit=False, ops=("lt", "gt")),
        Field(key="missing", label=_("Not found"), path="missing", type="number", icon="search", edit=False, ops=("lt", "gt")),
        Field(key="strays", label=_("Expected elsewhere"), path="strays", type="number", icon="move-up-right", edit=False, ops=("lt", "gt")),
    ),
    properties=("owner", "team", "stockroom", "site", "found", "missing", "strays"),
    short=("state", "stockroom", "site", "owner"),
    form=(Section(_("What is counted"), "title", "stockroom", "site", "description"), Section(_("Who answers for it"), "owner", "team")),
    buttons=("scan", "finish"),
    panels=("stocktake.told", "screens.properties"),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock")),
    layout="sheet", brief=_briefs,
)
contribute("stocktake", Panel(key="stocktake.told", title=_("How it stands"), slot="main", template="stocktake/told.j2", load=_told, on=("stocktake.*", "count.saved"), order=5))
