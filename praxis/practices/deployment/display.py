from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Brief, Column, Field, Mark, Option, Rows, Section, View, administer, contribute, show
from praxis.lib.conditions import Group, Test, every
from praxis.records.fields import ours

from .kind import DEPLOYMENT
from .models import Deployment, Environment


def _choices(choices):
    return lambda kind, actor, record, typed: [Option(str(v), str(label)) for v, label in choices]


def environments(kind, actor, record, typed):
    return [Option(str(e.pk), e.label) for e in ours(Environment.objects.filter(is_active=True, label__icontains=typed), actor, record).order_by("-production", "label")[:100]]


def _briefs(records, actor):
    rows = Deployment.objects.filter(pk__in=[r.pk for r in records])
    return {d.pk: Brief(note=str(d.get_result_display() or d.stage.label), tone="red" if d.failed else "") for d in rows}


YES = [("True", _("Yes")), ("False", _("No"))]
show(
    DEPLOYMENT,
    columns=(Column("number", "i"), Column("title", "m"), Column("application"), Column("release_version"), Column("environment"), Column("state"), Column("result"), Column("finished")),
    sorts=("finished", "updated"),
    filters=("state", "application", "environment", "result", "unplanned", "broke", "service", "finished", "title"),
    views=(View("now", _("Planned and running"), every(Test("state", "is", ("planned", "running"))), "updated", count=True), View("failed", _("Failed"), every(Test("result", "is", ("failed", "rolled_back"))), "finished"),
           View("all", _("All"), Group("all"), "finished")),
    fields=(
        Field(key="application", label=_("Application"), path="application", icon="code", ops=("is", "contains", "empty"), empty=_("Of what")),
        Field(key="release_version", label=_("Version"), path="release_version", icon="package", ops=("is", "contains"), empty=_("Which version")),
        Field(key="environment", label=_("Environment"), path="environment", type="record", join="environment", icon="server", options=environments, ops=("is", "is_not", "empty"), empty=_("Where to")),
        Field(key="result", label=_("Result"), path="result", type="choice", icon="check", read=lambda r: r.get_result_display(), options=_choices(Deployment.RESULTS), edit=False, ops=("is", "is_not", "empty")),
        Field(key="started", label=_("Started"), path="started_at", type="time", draw="when", icon="play", read=lambda r: r.started_at, edit=False, ops=("before", "after", "empty")),
        Field(key="finished", label=_("Finished"), path="finished_at", type="time", draw="when", icon="check", read=lambda r: r.finished_at, edit=False, ops=("before", "after", "within", "empty")),
        Field(key="restored", label=_("Service was back"), path="restored_at", type="time", draw="when", icon="undo-2", read=lambda r: r.restored_at, edit=False, ops=("before", "after", "empty")),
        Field(key="unplanned", label=_("Unplanned"), path="unplanned", type="yes", icon="flame", read=lambda r: _("Yes") if r.unplanned else _("No"), options=_choices(YES), ops=("is",)),
        Field(key="broke", label=_("Broke something"), path="broke", type="yes", icon="circle-alert", read=lambda r: _("Yes") if r.broke else _("No"), options=_choices(YES), edit=False, ops=("is",)),
        Field(key="commit_count", label=_("Commits"), icon="code", read=lambda r: len(r.commits), type="number", edit=False),
        Field(key="artefact", label=_("Artefact"), path="artefact", icon="fingerprint", ops=("is", "contains"), empty=_("Digest or name")),
        Field(key="run", label=_("Run of the pipeline"), path="run", icon="workflow", ops=("contains",), empty=_("None")),
    ),
    properties=("application", "release_version", "environment", "service", "owner", "team", "result", "started", "finished", "restored", "unplanned", "broke", "commit_count", "artefact", "run"),
    short=("state", "application", "release_version", "environment", "result"),
    exported=("started", "restored", "unplanned", "broke", "artefact"),
    form=(Section(_("What goes where"), "title", "application", "release_version", "environment", "service"), Section(_("How"), "unplanned", "artefact", "run", "description")),
    buttons=("start", "finish"), signs=("failed",), head=("failed",), brief=_briefs, layout="sheet",
    places=(("conversation.thread", "main"), ("conversation.composer", "dock")),
)
contribute("deployment", Mark("failed", "deployment/marks.j2:failed", read=lambda r: r.failed))
administer(
    Rows(key="environments", label=_("Environments"), one=_("Environment"), place="practices", model=Environment, needs="deployment.environments", columns=("label", "production", "organisation", "is_active"),
         form=("label", "key", "production", "organisation", "is_active"), natural=("organisation", "key"), find=("label", "key"), order=("label",), joins=("organisation",),
         about=_("Where applications are put. Only what goes to production counts in the measures of delivery."), hints={"key": _("One word, such as production"), "organisation": _("Empty: for all")}),
)
