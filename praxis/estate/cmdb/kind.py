from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, Permission, registry

from .lifecycle import ItemLifecycle
from .models import Item

READERS = ("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "release_manager", "service_owner",
           "service_level_manager", "asset_manager", "auditor")
KEEPERS = {"configuration_manager": "all", "administrator": "all"}


def _subtype(record):
    """The class also stands in the column that every kind has an index for."""
    return {"subtype": record.item_class.key if record.item_class_id else ""}


ITEM = Kind(
    key="item", label=_("Configuration item"), plural=_("Configuration"), prefix="ITM", model=Item, lifecycle=ItemLifecycle,
    permissions=(
        Permission("item.see", _("See configuration items"), dict.fromkeys(READERS, "all") | KEEPERS),
        Permission("item.open", _("Register a configuration item"), KEEPERS | {"specialist": "all", "asset_manager": "all"}),
        Permission("item.change", _("Change a configuration item"), KEEPERS | {"specialist": "team", "asset_manager": "all"}),
        Permission("item.delete", _("Delete and restore a configuration item"), KEEPERS),
        Permission("item.retire", _("Retire a configuration item"), KEEPERS),
        Permission("item.reply", _("Discuss a configuration item"), {r: "all" for r in READERS if r != "auditor"} | KEEPERS),
        Permission("item.notes", _("Read and write internal notes on items"), {r: "all" for r in READERS if r != "auditor"} | KEEPERS),
        Permission("item.link", _("Relate configuration items"), KEEPERS | {"agent": "all", "specialist": "all", "team_lead": "all"}),
    ),
    events=(
        EventType("item.discovered", _("brought it in line with"), "scan-barcode", lambda e: e.data.get("words", "")),
        EventType("item.judged", _("judged a report about it"), "git-merge", lambda e: e.data.get("words", "")),
        EventType("item.merged", _("merged into it"), "git-merge", lambda e: e.data.get("words", "")),
        EventType("item.unmerged", _("took apart from it"), "git-merge", lambda e: e.data.get("words", "")),
        EventType("item.released", _("let sources decide"), "lock", lambda e: e.data.get("words", "")),
    ),
    icon="network", place="Know", compute=_subtype, computed=("subtype",),
)
registry.declare(
    Permission("cmdb.classes", _("Define classes and types of relations"), KEEPERS),
    Permission("cmdb.judge", _("Judge what discovery is not sure about"), KEEPERS | {"asset_manager": "all", "specialist": "all"}),
    Permission("cmdb.audit", _("Audit the configuration"), KEEPERS | {"auditor": "all", "asset_manager": "all", "service_owner": "all"}),
    EventType("baseline.saved", _("took a baseline"), "history"),
    EventType("auditrule.saved", _("changed a rule of the audit"), "clipboard-check"),
    EventType("itemclass.saved", _("changed a class of items"), "network"),
    EventType("relationtype.saved", _("changed a type of relation"), "network"),
)
