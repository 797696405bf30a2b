from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.people.models import Row
from praxis.records.models import Record


class Environment(Row):
    """Where something is put: production, test. Only deployments to production count in the measures of delivery."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=40)
    label = models.CharField(_("called"), max_length=80)
    production = models.BooleanField(_("production"), default=False)
    is_active = models.BooleanField(default=True)
    needs = "deployment.environments"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="environment_once", nulls_distinct=False)]

    def __str__(self):
        return self.label


class Deployment(Record):
    """One version of something put into one environment (DEP-01)."""

    RESULTS = [("succeeded", _("Succeeded")), ("failed", _("Failed")), ("rolled_back", _("Rolled back"))]

    application = models.CharField(_("application"), max_length=120, blank=True)  # what it is of: the measures are per application
    release_version = models.CharField(_("version"), max_length=80, blank=True)
    environment = models.ForeignKey(Environment, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("environment"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=12, choices=RESULTS, blank=True)
    unplanned = models.BooleanField(_("unplanned, to mend what an incident showed"), default=False)
    commits = models.JSONField(_("commits"), default=list, blank=True)  # "sha time" each, at most a hundred
    artefact = models.CharField(_("artefact"), max_length=200, blank=True)  # its digest or name
    run = models.CharField(_("run of the pipeline"), max_length=300, blank=True)
    broke = models.BooleanField(_("broke something"), default=False)  # an incident showed it; a rollback says it too
    restored_at = models.DateTimeField(_("service was back"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["finished_at"], name="deployment_finished"), models.Index(fields=["application", "finished_at"], name="deployment_application")]

    def clean_columns(self, names):
        if "commits" in names:
            self.commits = checked(self.commits)
        if {"started_at", "finished_at"} & set(names) and self.started_at and self.finished_at and self.finished_at < self.started_at:
            raise ValidationError({"finished_at": _t("It ends after it begins.")})

    @property
    def failed(self):
        return self.result in ("failed", "rolled_back") or self.broke


def checked(commits):
    """["sha time"] of what was given as commits, each time in ISO form with its zone; ValidationError for what is none."""
    out = []
    for one in commits if isinstance(commits, list) else ["?"]:
        sha, _space, at = str(one).strip().partition(" ")
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            moment = None
        if not sha or moment is None or moment.tzinfo is None:
            raise ValidationError({"commits": _t("Each commit is its id and its time with a zone, such as 1f3a9c 2026-11-24T09:00:00+00:00.")})
        out.append(f"{sha} {moment.isoformat()}")
    return out


def commit_times(commits):
    """When the commits of a deployment were made."""
    return tuple(datetime.fromisoformat(one.partition(" ")[2]) for one in commits)
