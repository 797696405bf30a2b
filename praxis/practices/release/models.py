from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.people.models import Row
from praxis.records.models import Record


class Release(Record):
    """Versions of services and other items, made available together (ITIL). What it bundles is linked: changes, problems, incidents, deployments."""

    TYPES = [("major", _("Major")), ("minor", _("Minor")), ("patch", _("Patch")), ("emergency", _("Emergency"))]

    # the shared column `subtype` holds the type
    type_of = models.CharField(_("type"), max_length=10, choices=TYPES, default="minor")
    release_version = models.CharField(_("version"), max_length=60, blank=True)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    deployed_at = models.DateTimeField(_("deployed"), null=True, blank=True, editable=False)
    plan = models.TextField(_("plan"), blank=True, max_length=20_000)
    test_plan = models.TextField(_("test plan"), blank=True, max_length=20_000)
    backout = models.TextField(_("back-out plan"), blank=True, max_length=20_000)
    training = models.BooleanField(_("needs training"), default=False)
    care_until = models.DateField(_("early-life support until"), null=True, blank=True)
    care_exit = models.CharField(_("how early-life support ended"), max_length=300, blank=True)
    handed_over_by = models.CharField(max_length=120, blank=True, editable=False)
    notes_text = models.TextField(_("release notes"), blank=True, max_length=40_000)
    published_at = models.DateTimeField(_("notes published"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("what came of it"), max_length=300, blank=True)
    review = models.TextField(_("review"), blank=True, max_length=20_000)

    class Meta:
        indexes = [models.Index(fields=["planned_on"], name="release_planned")]

    def subtype_words(self, value=None):
        return str(dict(self.TYPES).get(value or self.subtype, ""))


class Gate(Row):
    """What has to be true before a release goes on to a stage (REL-03): a criterion, its evidence, and who said so.

    `automatic` names evidence that Praxis finds by itself; such a gate is judged anew whenever it is asked.
    """

    STATES = [("open", _("Open")), ("passed", _("Passed")), ("failed", _("Failed")), ("waived", _("Waived"))]
    AUTOMATIC = [("changes_authorised", _("all its changes are authorised")), ("changes_done", _("all its changes are carried out")), ("tests_passed", _("its deployments to test succeeded")),
                 ("no_open_problem", _("no problem that it fixes is without a fix")), ("backout_written", _("a back-out plan is written")), ("tasks_done", _("all its tasks are done"))]

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="gates")
    stage = models.CharField(_("before"), max_length=12)  # name of a state
    label = models.CharField(_("criterion"), max_length=200)
    automatic = models.CharField(_("found by itself"), max_length=20, choices=AUTOMATIC, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=STATES, default="open")
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    shown = models.ForeignKey(Record, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    judged_by = models.CharField(max_length=120, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    needs = "release.change"

    class Meta:
        indexes = [models.Index(fields=["release"], name="gate_release")]

    def __str__(self):
        return self.label

    @property
    def organisation_id(self):
        return self.release.organisation_id

    def clean(self):
        told = self.evidence.strip() or self.shown_id
        if not told and (self.state == "waived" or self.state == "passed" and not self.automatic):
            raise ValidationError({"evidence": _t("Say what shows it, or why it is waived.")})
