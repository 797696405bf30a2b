from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.categories.models import Category
from praxis.estate.cmdb.models import Item
from praxis.people.models import Row
from praxis.records.models import Record
from praxis.records.priorities import Level

from . import rules


class Problem(Record):
    """A cause, or potential cause, of one or more incidents (ITIL). A known error is the part of it that is published (settled 32)."""

    HOWS = [("incidents", _("From incidents")), ("trend", _("From a trend")), ("event", _("From an event")), ("review", _("From a review")), ("supplier", _("From a supplier")), ("other", _("Otherwise"))]
    CODES = [("fix_applied", _("Fix applied")), ("risk_accepted", _("Risk accepted")), ("duplicate", _("Duplicate")), ("not_reproducible", _("Not reproducible")),
             ("supplier_no_fix", _("Supplier will not fix"))]
    CAUSES = [("people", _("People")), ("process", _("Process")), ("technology", _("Technology")), ("supplier", _("Supplier")), ("change", _("Change, untested effect")),
              ("environment", _("Environment")), ("design", _("Design")), ("unknown", _("Unknown"))]

    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level, default=Level.MEDIUM)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Level, default=Level.MEDIUM)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("configuration item"))
    how = models.CharField(_("how it was found"), max_length=12, choices=HOWS, default="incidents")
    symptoms = models.TextField(_("symptoms"), blank=True, max_length=10_000)
    workaround = models.TextField(_("workaround"), blank=True, max_length=10_000)
    root_cause = models.TextField(_("root cause"), blank=True, max_length=10_000)
    solution = models.TextField(_("permanent solution"), blank=True, max_length=10_000)
    cause_code = models.CharField(_("cause code"), max_length=12, choices=CAUSES, blank=True)
    error_code = models.CharField(_("error code"), max_length=60, blank=True)
    known_at = models.DateTimeField(_("known error since"), null=True, blank=True, editable=False)
    in_portal = models.BooleanField(_("shown in the portal"), default=False)
    review_on = models.DateField(_("review by"), null=True, blank=True)
    held_from = models.CharField(max_length=12, blank=True, editable=False)
    hold_why = models.CharField(_("waiting for"), max_length=200, blank=True)
    close_code = models.CharField(_("closure code"), max_length=16, choices=CODES, blank=True)
    accepted_why = models.CharField(_("why the risk is accepted"), max_length=300, blank=True)
    fix_cost = models.DecimalField(_("what the fix costs"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    major = models.BooleanField(_("major"), default=False)  # closes with a review only
    review = models.TextField(_("review"), blank=True, max_length=20_000)
    effect_on = models.DateField(_("effect checked on"), null=True, blank=True)  # after 30 or 90 days: did it come back?
    effect = models.CharField(_("effect"), max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["item"], condition=models.Q(known_at__isnull=False), name="problem_known_item")]

    @property
    def is_known(self):
        """Whether it is a published known error now."""
        return self.known_at is not None and (self.phase != "final" or self.close_code == "risk_accepted")

    def clean_columns(self, names):
        if "close_code" in names and self.close_code == "risk_accepted" and not self.accepted_why.strip():
            raise ValidationError({"accepted_why": _t("Say why the risk is accepted, and by whom.")})
        if "close_code" in names and self.close_code == "fix_applied" and not self.solution.strip():
            raise ValidationError({"solution": _t("Say what was done for good.")})


class Cause(Row):
    """One cause in the analysis of a problem. The same causes are drawn as 5 whys, as a fishbone, as a fault tree and along a line of time (PM5)."""

    BRANCHES = [("technology", _("Technology")), ("process", _("Process")), ("supplier", _("Suppliers")), ("people", _("People")), ("place", _("Places")), ("design", _("Design"))]
    SURE = [("open", _("Open")), ("likely", _("Likely")), ("proved", _("Proved")), ("refuted", _("Refuted"))]
    GATES = [("or", _("one is enough")), ("and", _("all together"))]

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="causes")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="below", verbose_name=_("explains"))
    question = models.CharField(_("why"), max_length=200, blank=True)
    text = models.CharField(_("cause"), max_length=300)
    branch = models.CharField(_("branch"), max_length=10, choices=BRANCHES, default="technology")
    sure = models.CharField(_("confidence"), max_length=8, choices=SURE, default="open")
    gate = models.CharField(_("what is below"), max_length=3, choices=GATES, default="or")
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    shown = models.ForeignKey(Record, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("record that shows it"))
    at = models.DateTimeField(_("when"), null=True, blank=True)
    needs = "problem.change"

    class Meta:
        indexes = [models.Index(fields=["problem"], name="cause_problem")]

    def __str__(self):
        return self.text

    def clean(self):
        if self.sure == "proved" and not (self.evidence.strip() or self.shown_id):
            raise ValidationError({"evidence": _t("A proof needs evidence: say what shows it, or name a record.")})
        parents = dict(Cause.objects.filter(problem=self.problem_id).values_list("pk", "parent"))
        if self.parent_id and (self.parent_id not in parents or not rules.check_tree(self.parent_id, self.pk, parents)):
            raise ValidationError({"parent": _t("Choose another cause of this problem that it explains.")})

    @property
    def organisation_id(self):
        return self.problem.organisation_id


class Contrast(Row):
    """A line of is and is not: where the fault shows and where it could but does not; the difference points at the cause (Kepner-Tregoe)."""

    ASPECTS = [("what", _("What")), ("where", _("Where")), ("when", _("When")), ("extent", _("How much"))]

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="contrasts")
    aspect = models.CharField(_("aspect"), max_length=6, choices=ASPECTS, default="what")
    yes = models.CharField(_("is"), max_length=300)
    no = models.CharField(_("is not, but could be"), max_length=300, blank=True)
    difference = models.CharField(_("what is special about it"), max_length=300, blank=True)
    changed = models.CharField(_("what changed there"), max_length=300, blank=True)
    needs = "problem.change"

    def __str__(self):
        return self.yes

    @property
    def organisation_id(self):
        return self.problem.organisation_id


class Cluster(Row):
    """Incidents that are alike, as a nightly look found them (PRB-08); a proposal until somebody makes a problem of it or puts it aside."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)  # of its place and its heart, so that the same cluster is known again
    words = models.CharField(max_length=200)
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    incidents = models.JSONField(default=list)  # their ids
    size = models.PositiveIntegerField(default=0)
    minutes = models.PositiveIntegerField(default=0)  # of work and waiting that they took in all
    last_at = models.DateTimeField()
    problem = models.ForeignKey(Problem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    aside = models.CharField(_("put aside because"), max_length=200, blank=True)
    needs = "problem.open"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "mark"], name="cluster_once")]
        indexes = [models.Index(fields=["organisation", "-size"], name="cluster_size")]

    def __str__(self):
        return self.words
