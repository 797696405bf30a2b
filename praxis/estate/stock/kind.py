from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, Permission, registry

from .lifecycle import ConsumableLifecycle
from .models import Consumable, derived

DESK = dict.fromkeys(("agent", "specialist", "team_lead"), "all")
KEEPERS = {"asset_manager": "all", "administrator": "all"}

CONSUMABLE = Kind(
    key="consumable", label=_("Consumable"), plural=_("Consumables"), prefix="CSM", model=Consumable, lifecycle=ConsumableLifecycle,
    permissions=(
        Permission("consumable.see", _("See consumables"), DESK | KEEPERS | {"auditor": "all", "configuration_manager": "all"}),
        Permission("consumable.money", _("See what consumables cost"), KEEPERS | {"team_lead": "all", "auditor": "all"}),
        Permission("consumable.open", _("Register a consumable"), KEEPERS),
        Permission("consumable.change", _("Change a consumable"), KEEPERS),
        Permission("consumable.take", _("Take consumables, put them in and move them"), DESK | KEEPERS),
        Permission("consumable.reply", _("Discuss a consumable"), DESK | KEEPERS),
        Permission("consumable.notes", _("Read and write internal notes on consumables"), DESK | KEEPERS),
        Permission("consumable.link", _("Link consumables"), DESK | KEEPERS),
    ),
    events=(
        EventType("consumable.delivered", _("put in"), "plus", lambda e: e.data.get("words", "")),
        EventType("consumable.taken", _("took"), "minus", lambda e: e.data.get("words", "")),
        EventType("consumable.carried", _("carried"), "truck", lambda e: e.data.get("words", "")),
        EventType("consumable.counted", _("counted"), "clipboard-check", lambda e: e.data.get("words", "")),
        EventType("consumable.short", _("asks for more:"), "bell", lambda e: e.data.get("words", "")),
    ),
    icon="package", place="Know", compute=derived, computed=("on_hand", "short"), requested=False,
    opening=("title", "description", "unit", "article", "minimum", "supplier", "price", "currency", "owner", "team"),
)
registry.declare(
    Permission("stock.rooms", _("Keep stockrooms"), KEEPERS),
    EventType("stockroom.saved", _("changed a stockroom"), "archive"),
    EventType("stock.saved", _("changed what lies in a stockroom"), "package"),
)
