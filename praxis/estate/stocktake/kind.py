from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, Permission, registry

from .lifecycle import StocktakeLifecycle
from .models import Stocktake

DESK = dict.fromkeys(("agent", "specialist", "team_lead"), "all")
KEEPERS = {"asset_manager": "all", "administrator": "all"}

STOCKTAKE = Kind(
    key="stocktake", label=_("Stock-take"), plural=_("Stock-takes"), prefix="STK", model=Stocktake, lifecycle=StocktakeLifecycle,
    permissions=(
        Permission("stocktake.see", _("See stock-takes"), DESK | KEEPERS | {"auditor": "all", "configuration_manager": "all"}),
        Permission("stocktake.open", _("Begin a stock-take"), KEEPERS),
        Permission("stocktake.change", _("Change a stock-take"), KEEPERS),
        Permission("stocktake.count", _("Count in a stock-take"), DESK | KEEPERS),
        Permission("stocktake.finish", _("Finish a stock-take"), KEEPERS),
        Permission("stocktake.reply", _("Discuss a stock-take"), DESK | KEEPERS),
        Permission("stocktake.notes", _("Read and write internal notes on stock-takes"), DESK | KEEPERS),
        Permission("stocktake.link", _("Link stock-takes"), DESK | KEEPERS),
    ),
    events=(EventType("stocktake.counted", _("counted"), "scan-barcode", lambda e: e.data.get("words", "")),
            EventType("stocktake.settled", _("settled the differences:"), "clipboard-check", lambda e: e.data.get("words", ""))),
    icon="clipboard-check", place="Know", requested=False, opening=("title", "description", "stockroom", "site", "owner", "team"),
)
registry.declare(EventType("count.saved", _("counted a thing"), "scan-barcode"))
