from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, Permission, registry

from .lifecycle import AssetLifecycle
from .models import Asset
from .tags import named

DESK = dict.fromkeys(("agent", "specialist", "team_lead"), "all")
READERS = DESK | dict.fromkeys(("incident_manager", "problem_manager", "change_manager", "configuration_manager", "service_owner", "auditor"), "all")
KEEPERS = {"asset_manager": "all", "administrator": "all"}
HOLDERS = {"requester": "own", "power_requester": "own"}


def _derived(record):
    return named(record) | {"subtype": record.product.item_class.key if record.product_id and record.product.item_class_id else record.item.item_class.key if record.item_id else ""}


ASSET = Kind(
    key="asset", label=_("Asset"), plural=_("Assets"), prefix="AST", model=Asset, lifecycle=AssetLifecycle,
    permissions=(
        Permission("asset.see", _("See assets"), READERS | KEEPERS | HOLDERS),
        Permission("asset.money", _("See what assets cost and are worth"), KEEPERS | {"team_lead": "all", "service_owner": "all", "auditor": "all"}),
        Permission("asset.open", _("Register an asset"), KEEPERS | {"configuration_manager": "all"}),
        Permission("asset.change", _("Change and retire an asset"), KEEPERS),
        Permission("asset.issue", _("Hand out assets, take them back, send and repair them"), DESK | KEEPERS),
        Permission("asset.dispose", _("Dispose of assets"), KEEPERS),
        Permission("asset.confirm", _("Confirm that one has an asset"), HOLDERS | dict.fromkeys(("agent", "specialist", "team_lead", "asset_manager", "administrator"), "own")),
        Permission("asset.reply", _("Discuss an asset"), DESK | KEEPERS),
        Permission("asset.notes", _("Read and write internal notes on assets"), DESK | KEEPERS),
        Permission("asset.link", _("Link assets"), DESK | KEEPERS),
    ),
    events=(
        EventType("asset.passed", _("passed it on to"), "hand", lambda e: e.data.get("words", "")),
        EventType("asset.extended", _("lent it longer:"), "calendar-clock", lambda e: e.data.get("words", "")),
        EventType("asset.reserved", _("reserved it for"), "lock", lambda e: e.data.get("words", "")),
        EventType("asset.unreserved", _("took the reservation away"), "lock", lambda e: e.data.get("words", "")),
        EventType("asset.confirmed", _("confirmed to have it"), "check", lambda e: e.data.get("words", "")),
        EventType("asset.overdue", _("asked for it back,"), "bell", lambda e: e.data.get("words", "")),
        EventType("asset.relocated", _("found it elsewhere:"), "map-pin", lambda e: e.data.get("words", "")),
    ),
    icon="laptop", place="Know", compute=_derived, computed=("tag_key", "subtype"), requested=False,
    by_verb={"requester": "hand_out", "loan_until": "lend", "stockroom": "receive", "reserved_for": "reserve", "reserved_until": "reserve", "disposal": "dispose"},
    opening=("title", "description", "tag", "serial", "product", "item", "site", "place", "supplier", "order_number", "cost", "currency", "bought_on", "warranty_until", "cost_centre", "owner", "team"),
)
registry.declare(
    Permission("asset.products", _("Keep models and the sequences of asset tags"), KEEPERS),
    EventType("product.saved", _("changed a model"), "laptop"),
    EventType("tagsequence.saved", _("changed how asset tags are made"), "scan-barcode"),
)
