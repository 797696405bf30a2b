from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.tasks.models import TaskTemplate
from praxis.estate.cmdb.models import ItemClass
from praxis.estate.service.models import Service
from praxis.lib.conditions import BadCondition, check_simple, from_json
from praxis.lib.recurring import BadRule, Stretch
from praxis.people.models import Row, real_zone
from praxis.records.models import Record

from . import rules

LONGEST = timedelta(days=60)  # of a change's window


class Type(models.TextChoices):
    """How a change is authorised (ITIL); the models of an organisation are kinds of these."""

    NORMAL = "normal", _("Normal")
    STANDARD = "standard", _("Standard")
    EMERGENCY = "emergency", _("Emergency")
    REGISTRATION = "registration", _("Registration")
    UNAUTHORISED = "unauthorised", _("Unauthorised")


class ChangeModel(Row):
    """A way in which changes of one sort are made: its type, what is filled in already, its tasks (CHG-02, CHG-05).

    One of type standard is an entry of the standard-change catalogue: somebody approved it once, so that its changes need no approval. Each save is
    a version; `suspended` says why its changes have to be planned as normal ones for now.
    """

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=40)
    label = models.CharField(_("called"), max_length=80)
    type = models.CharField(_("type"), max_length=12, choices=Type, default=Type.NORMAL)
    about = models.TextField(_("for what"), blank=True, max_length=2000)
    title = models.CharField(_("title"), max_length=200, blank=True)
    plan = models.TextField(_("implementation plan"), blank=True, max_length=20_000)
    test_plan = models.TextField(_("test plan"), blank=True, max_length=20_000)
    backout = models.TextField(_("back-out plan"), blank=True, max_length=20_000)
    answers = models.JSONField(_("answers on risk"), default=dict, blank=True)
    minutes = models.PositiveIntegerField(_("usual length in minutes"), default=60, validators=[MaxValueValidator(60 * 24 * 14)])
    tasks = models.ForeignKey(TaskTemplate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("tasks"))
    approved_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("approved by"))
    suspended = models.CharField(_("suspended because"), max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    needs = "change.models"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="change_model_once", nulls_distinct=False)]

    def __str__(self):
        return self.label

    def clean(self):
        if problem := rules.check_answers(self.answers):
            raise ValidationError({"answers": problem})
        if self.type == Type.STANDARD and self.organisation_id and not self.approved_by_id:
            raise ValidationError({"approved_by": _t("A standard change is approved once, by somebody: name who did.")})


class Window(Row):
    """A freeze, in which only what may not wait is changed, or a maintenance window, outside of which nothing is (CHG-10).

    Times are local to `zone`. It holds for changes that fulfil `when` and touch an item of `item_class`, or `service`; empty ones ask nothing.
    """

    KINDS = [("freeze", _("Freeze")), ("maintenance", _("Maintenance window"))]

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("sort"), max_length=12, choices=KINDS, default="freeze")
    label = models.CharField(_("called"), max_length=80)
    zone = models.CharField(_("time zone"), max_length=60, validators=[real_zone], default="UTC")
    starts = models.CharField(_("from"), max_length=16)  # 2026-12-15T00:00, local
    ends = models.CharField(_("until"), max_length=16)
    rule = models.CharField(_("again"), max_length=200, blank=True)
    service = models.ForeignKey(Record, null=True, blank=True, on_delete=models.CASCADE, related_name="+", limit_choices_to={"kind": "service"}, verbose_name=_("service"))
    item_class = models.ForeignKey(ItemClass, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("class of items"))
    when = models.JSONField(_("only changes where"), default=dict, blank=True)
    owner = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("grants exceptions"))
    is_active = models.BooleanField(default=True)
    needs = "change.windows"

    def __str__(self):
        return self.label

    @property
    def stretch(self):
        return Stretch(_local(self.starts), _local(self.ends), self.zone, self.rule)

    def clean(self):
        for name in ("starts", "ends"):
            if _local(getattr(self, name)) is None:
                raise ValidationError({name: _t("Write a local time such as 2026-12-15T00:00.")})
        try:
            self.stretch.check()
        except BadRule as problem:
            raise ValidationError({"rule": str(problem)}) from None
        if self.when:
            try:
                check_simple(from_json(self.when))
            except BadCondition as problem:
                raise ValidationError({"when": str(problem)}) from None


def _local(text):
    try:
        found = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    return None if found.tzinfo else found


class Change(Record):
    """The addition, modification or removal of anything that could have an effect on services (ITIL)."""

    RISKS = [("low", _("Low")), ("moderate", _("Moderate")), ("high", _("High"))]
    ENVIRONMENTS = [("production", _("Production")), ("test", _("Test")), ("development", _("Development"))]

    # the shared column `subtype` holds the model's type
    model = models.ForeignKey(ChangeModel, on_delete=models.PROTECT, related_name="+", verbose_name=_("model"))
    reason = models.TextField(_("why"), blank=True, max_length=10_000)
    plan = models.TextField(_("implementation plan"), blank=True, max_length=20_000)
    test_plan = models.TextField(_("test plan"), blank=True, max_length=20_000)
    backout = models.TextField(_("back-out plan"), blank=True, max_length=20_000)
    backout_tested = models.DateField(_("back-out tested"), null=True, blank=True)
    affected = models.TextField(_("who is affected"), blank=True, max_length=10_000)
    environment = models.CharField(_("environment"), max_length=12, choices=ENVIRONMENTS, default="production")
    planned_start = models.DateTimeField(_("planned start"), null=True, blank=True)
    planned_end = models.DateTimeField(_("planned end"), null=True, blank=True)
    outage_minutes = models.PositiveIntegerField(_("expected outage in minutes"), null=True, blank=True, validators=[MaxValueValidator(60 * 24 * 30)])
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    scope = models.CharField(_("items"), max_length=500, blank=True)  # in words; the links are what counts
    answers = models.JSONField(_("answers on risk"), default=dict, blank=True)
    risk = models.CharField(_("risk"), max_length=8, choices=RISKS, default="moderate")
    accepted = models.JSONField(default=list, blank=True, editable=False)  # keys of conflicts that somebody took upon themselves
    accepted_why = models.CharField(_("why the conflicts are accepted"), max_length=300, blank=True)
    proposed = models.JSONField(_("values that the items get"), default=dict, blank=True)  # {attribute: value}, put on them at the start
    applied = models.JSONField(default=dict, blank=True, editable=False)  # {item id: {attribute: value before}}, for the way back
    replan_reason = models.CharField(_("why it goes back"), max_length=300, blank=True)
    backing_out = models.BooleanField(default=False, editable=False)
    result = models.CharField(_("result"), max_length=20, choices=list(rules.RESULTS.items()), blank=True)
    fault = models.CharField(_("what was at fault"), max_length=20, choices=list(rules.FAULTS.items()), blank=True)
    outcome = models.TextField(_("what happened"), blank=True, max_length=10_000)
    review = models.TextField(_("review"), blank=True, max_length=20_000)

    class Meta:
        indexes = [
            models.Index(fields=["planned_start"], name="change_planned"),
        ]

    @property
    def criticality(self):
        """Of its service: 1 is critical; None without one. Tables of approval ask it."""
        return Service.objects.filter(pk=self.service_id).values_list("criticality", flat=True).first() if self.service_id else None

    def subtype_words(self, value=None):
        return str(dict(Type.choices).get(value or self.subtype, ""))

    def clean_columns(self, names):
        if {"planned_start", "planned_end"} & set(names) and self.planned_start and self.planned_end:
            if self.planned_end <= self.planned_start:
                raise ValidationError({"planned_end": _t("It ends after it begins.")})
            if self.planned_end - self.planned_start > LONGEST:
                raise ValidationError({"planned_end": _t("A window lasts at most %s days. Split it.") % LONGEST.days})
        if "model" in names and self.pk and self.state != "new":
            raise ValidationError({"model": _t("Take it back to planning first: another model takes another way.")})
        if {"planned_start", "planned_end"} & set(names) and bool(self.planned_start) != bool(self.planned_end):
            raise ValidationError({"planned_end" if self.planned_start else "planned_start": _t("A window has a beginning and an end.")})
        if "answers" in names and (problem := rules.check_answers(self.answers)):
            raise ValidationError({"answers": problem})
