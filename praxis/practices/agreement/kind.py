from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, Permission

from .lifecycle import AgreementLifecycle
from .models import Agreement

STAFF = dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "problem_manager", "change_manager", "service_owner",
                       "service_level_manager", "auditor", "administrator"), "all")
MANAGERS = {"service_level_manager": "all", "administrator": "all"}

AGREEMENT = Kind(
    key="agreement", label=_("Agreement"), plural=_("Agreements"), prefix="AGR", model=Agreement, lifecycle=AgreementLifecycle,
    permissions=(
        Permission("agreement.see", _("See agreements"), STAFF),
        Permission("agreement.open", _("Draft an agreement"), MANAGERS | {"service_owner": "all", "team_lead": "all"}),
        Permission("agreement.change", _("Change an agreement"), MANAGERS | {"service_owner": "own"}),
        Permission("agreement.approve", _("Put agreements in force and end them"), MANAGERS),
        Permission("agreement.reply", _("Discuss an agreement"), {r: s for r, s in STAFF.items() if r != "auditor"}),
        Permission("agreement.notes", _("Read and write internal notes on agreements"), STAFF),
        Permission("agreement.link", _("Link agreements"), MANAGERS | {"service_owner": "all"}),
    ),
    events=(EventType("agreement.review_due", _("reminded of the review"), "calendar-days", lambda e: e.data.get("words", "")),),
    icon="scale", place="Steer", by_verb={"services": "cover"},
    opening=("title", "description", "basis", "customer", "supplier", "targets", "valid_from", "valid_to", "review_on", "team", "owner"),
)
