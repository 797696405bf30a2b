from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, LinkType, Permission, Span, registry

from .lifecycle import DeploymentLifecycle
from .models import Deployment

STAFF = dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "release_manager", "service_owner", "administrator"), "all")
READERS = STAFF | dict.fromkeys(("service_level_manager", "configuration_manager", "improvement_manager", "auditor"), "all")
DOERS = dict.fromkeys(("specialist", "team_lead", "release_manager", "change_manager", "administrator"), "all")

DEPLOYMENT = Kind(
    key="deployment", label=_("Deployment"), plural=_("Deployments"), prefix="DEP", model=Deployment, lifecycle=DeploymentLifecycle, span=Span("started_at", "finished_at"),
    permissions=(
        Permission("deployment.see", _("See deployments"), READERS),
        Permission("deployment.open", _("Record deployments"), DOERS),
        Permission("deployment.change", _("Carry out deployments"), DOERS),
        Permission("deployment.reply", _("Discuss a deployment"), STAFF),
        Permission("deployment.notes", _("Read and write internal notes on deployments"), READERS),
        Permission("deployment.link", _("Link deployments"), STAFF),
    ),
    links=(LinkType("deployed_by", _("deployed by"), _("deploys")),),
    icon="move-up-right", place="Operate", requested=False,
    opening=("title", "description", "service", "application", "release_version", "environment", "unplanned", "commits", "artefact", "run", "started_at", "finished_at", "team", "owner"),
)
registry.declare(
    Permission("deployment.environments", _("Declare environments"), {"release_manager": "all", "change_manager": "all", "administrator": "all"}),
    EventType("environment.saved", _("changed an environment"), "settings-2"),
    EventType("deployment.broke", _("noted that it broke something"), "circle-alert", lambda e: e.data.get("words", "")),
    EventType("deployment.mended", _("noted that the service is back"), "check", lambda e: e.data.get("words", "")),
)
