from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib.conditions import BadCondition, check_simple, from_json
from praxis.people.models import Row

from .steps import check_steps


class Status(models.TextChoices):
    """Of a round, of a step and of what one person was asked (features 4.3)."""

    WAITING = "waiting", _("Not asked yet")
    REQUESTED = "requested", _("Asked")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    NOT_NEEDED = "not_needed", _("No longer needed")
    EXPIRED = "expired", _("Expired")
    VOID = "void", _("Void")


RUNNING = ("waiting", "requested")


class Policy(Row):
    """Who has to approve what: the steps that a record of `kind` takes for a `purpose`, where its Condition holds.

    Of several that fit, the organisation's own come first, then the lowest position: a table read from the top. `purpose` is a name of the practice, such
    as assess, or of a move that a rule of the lifecycle guards.
    """

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=30)
    purpose = models.SlugField(max_length=30)
    position = models.PositiveSmallIntegerField(default=10)
    when = models.JSONField(_("only where"), default=dict, blank=True)
    steps = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    needs = "approvals.policies"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="approval_policy_once", nulls_distinct=False)]
        verbose_name_plural = "policies"

    def __str__(self):
        return self.label

    def clean(self):
        if self.kind not in registry:
            raise ValidationError({"kind": _t("Write one of: %s.") % ", ".join(registry)})
        check_steps(self.steps)
        if self.when:
            try:
                check_simple(from_json(self.when))
            except BadCondition as problem:
                raise ValidationError({"when": str(problem)}) from None


class Round(models.Model):
    """One run of a policy's steps over a record."""

    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="approval_rounds")
    purpose = models.CharField(max_length=30)
    label = models.CharField(max_length=80)
    status = models.CharField(max_length=12, choices=Status, default=Status.REQUESTED)
    why = models.CharField(max_length=300, blank=True)  # of a void or rejected one
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["record", "-id"], name="approval_round_record")]


class Step(models.Model):
    """A step of a round: several of the same position run side by side. `spec` is the policy's step as it was then."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=80)
    spec = models.JSONField(default=dict)
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class Ask(models.Model):
    """One person asked in a step, and what was answered: by whom, for whom, when, with what words."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="asks")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=80, blank=True)  # as what: Service owner
    status = models.CharField(max_length=12, choices=Status, default=Status.REQUESTED)
    asked_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    reminded = models.PositiveSmallIntegerField(default=0)
    escalated = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "person"], name="approval_ask_once")]
        indexes = [models.Index(fields=["person"], condition=Q(status="requested"), name="approval_ask_open")]


class Delegation(Row):
    """For these days somebody else may answer what the person is asked; the record shows both names."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="delegations")
    to = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+", verbose_name=_("answers for you"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    needs = "people.manage"  # for others; one's own with approvals.delegate, on a page of its own
    homes = ("person", "to")

    class Meta:
        indexes = [models.Index(fields=["to", "ends_at"], name="delegation_to")]

    def __str__(self):
        return f"{self.person}, {self.to}"

    def clean(self):
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _t("It ends after it begins.")})
        if self.to_id and self.to_id == self.person_id:
            raise ValidationError({"to": _t("Choose somebody else.")})
