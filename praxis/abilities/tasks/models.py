from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import registry
from praxis.people.models import Row
from praxis.records.models import Record

MOST_STEPS = 50
ONLY = [("done", _("if all before it are done")), ("failed", _("if one before it failed"))]
GATES = [("go", _("Go or no-go")), ("no_return", _("Point of no return"))]


class Task(Record):
    """A step of work. With a `parent` it belongs to that record: its organisation, and who may see it, follow the parent."""

    parent = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("belongs to"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    mandatory = models.BooleanField(_("needed"), default=True)  # the parent cannot be finished before it
    due_on = models.DateField(_("due"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)  # how long it takes, so that a plan has times
    gate = models.CharField(_("point"), max_length=12, choices=GATES, blank=True)
    only = models.CharField(_("carried out"), max_length=8, choices=ONLY, blank=True)
    outcome = models.TextField(_("outcome"), blank=True)

    def clean_columns(self, names):
        if "parent" in names and self.parent and self.parent.kind == "task":
            raise ValidationError({"parent": _t("A task belongs to a record that is no task itself.")})


class TaskTemplate(Row):
    """Steps that are made together, such as for a new starter.

    `steps` is a list of {title, team, after, due, mandatory, description, minutes, gate}: `team` is the name of a group, `after` the numbers of
    the steps that come first (counted from 1; the one before, unless it says otherwise), `due` a span such as 2d, `minutes` how long it takes,
    `gate` go or no_return, `only` done or failed where what came of the steps before decides whether it is carried out (a back-out: failed).
    """

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField()
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=30, blank=True)  # "" is every kind
    steps = models.JSONField(default=list)
    needs = "tasks.templates"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="task_template_once", nulls_distinct=False)]

    def __str__(self):
        return self.label

    def clean(self):
        if self.kind and self.kind not in registry:
            raise ValidationError({"kind": _t("There is no kind %s.") % self.kind})
        check_steps(self.steps)


def check_steps(steps):
    """ValidationError unless these are steps as TaskTemplate takes them."""
    if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
        raise ValidationError({"steps": _t("Write between 1 and %s steps.") % MOST_STEPS})
    known = {"title", "team", "after", "due", "mandatory", "description", "minutes", "gate", "only"}
    for n, step in enumerate(steps, 1):
        if not isinstance(step, dict) or not str(step.get("title", "")).strip() or set(step) - known:
            raise ValidationError({"steps": _t("Step %(n)s needs a title, and may have %(more)s.") % {"n": n, "more": ", ".join(sorted(known - {"title"}))}})
        after = step.get("after", [])
        if not isinstance(after, list) or not all(isinstance(a, int) and 1 <= a < n for a in after):
            raise ValidationError({"steps": _t("Step %s comes after steps before it: write their numbers, such as [1, 2].") % n})
        minutes = step.get("minutes", 1)
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= 30_000 or step.get("gate", "go") not in dict(GATES):
            raise ValidationError({"steps": _t("Step %s: minutes is a whole number, gate is go or no_return.") % n})
        if step.get("only", "done") not in dict(ONLY):
            raise ValidationError({"steps": _t("Step %s: only is done or failed.") % n})
        if step.get("due"):
            check_due(step["due"], n)


def check_due(span, n):
    days = str(span).removesuffix("d")
    if not (str(span).endswith("d") and days.isdecimal() and int(days) <= 999):
        raise ValidationError({"steps": _t("Step %s: write when it is due as days, such as 2d.") % n})
