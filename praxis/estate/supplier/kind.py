from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, LinkType, Permission, registry

from .lifecycle import ContractLifecycle
from .models import Contract, notice

READERS = dict.fromkeys(("agent", "specialist", "team_lead", "change_manager", "configuration_manager", "service_owner", "auditor"), "all")
KEEPERS = {"asset_manager": "all", "service_level_manager": "all", "administrator": "all"}

CONTRACT = Kind(
    key="contract", label=_("Contract"), plural=_("Contracts"), prefix="CON", model=Contract, lifecycle=ContractLifecycle,
    permissions=(
        Permission("contract.see", _("See contracts"), READERS | KEEPERS),
        Permission("contract.money", _("See what contracts cost"), KEEPERS | {"team_lead": "all", "service_owner": "all", "auditor": "all"}),
        Permission("contract.open", _("Draft a contract"), KEEPERS),
        Permission("contract.change", _("Change a contract"), KEEPERS),
        Permission("contract.approve", _("Put contracts in force, renew and end them"), KEEPERS),
        Permission("contract.reply", _("Discuss a contract"), KEEPERS | {"team_lead": "all", "service_owner": "all"}),
        Permission("contract.notes", _("Read and write internal notes on contracts"), KEEPERS | {"team_lead": "all", "service_owner": "all"}),
        Permission("contract.link", _("Say what a contract covers"), KEEPERS),
    ),
    links=(LinkType("covers", _("covers"), _("covered by")),),
    events=(EventType("contract.warned", _("reminded of"), "calendar-days", lambda e: e.data.get("words", "")),
            EventType("contract.renewed", _("renewed it"), "repeat", lambda e: e.data.get("words", "")),
            EventType("contract.ended", _("let it end"), "archive", lambda e: e.data.get("words", ""))),
    icon="file-diff", place="Know", compute=notice, computed=("notice_on",), requested=False,
    opening=("title", "description", "sort", "supplier", "reference", "starts_on", "ends_on", "notice_days", "renewal_months", "value", "currency", "per", "cost_centre", "owner", "team"),
)
registry.declare(
    Permission("supplier.keep", _("Keep suppliers"), KEEPERS),
    EventType("supplier.saved", _("changed a supplier"), "truck"),
)
