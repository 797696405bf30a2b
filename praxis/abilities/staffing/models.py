from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.lib.businesstime import Calendar, week_of
from praxis.people.models import Row

MOST_OPEN = 25


class Absence(Row):
    """A person is away; the substitute sees what is open of theirs as work that one covers."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    substitute = models.ForeignKey("people.Person", verbose_name=_("covered by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="covers")
    note = models.CharField(max_length=120, blank=True)
    needs = "staffing.plan"
    homes = ("person", "substitute")

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="absence_ends")]

    def __str__(self):
        return str(self.person)

    def clean(self):
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _t("An absence ends after it begins.")})
        if self.substitute_id and self.substitute_id == self.person_id:
            raise ValidationError({"substitute": _t("Nobody covers themselves.")})


class Shift(Row):
    """When a person works: hours a weekday, in the person's own zone or else the organisation's. Without one a person counts as there."""

    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, related_name="shift")
    week = models.JSONField(_("hours of a week"), default=dict)  # {"mon": ["08:00-16:00"]}; a night shift is two windows
    needs = "staffing.plan"
    homes = ("person",)

    def __str__(self):
        return str(self.person)

    def clean(self):
        try:
            Calendar("UTC", week_of(self.week)).check_windows()
        except ValueError as problem:
            raise ValidationError({"week": str(problem)}) from None


class Skill(Row):
    """What a person knows, as a short name."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="skills")
    name = models.SlugField(max_length=40)
    needs = "staffing.plan"
    homes = ("person",)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="skill_once")]

    def __str__(self):
        return self.name


class SkillNeed(Row):
    """Which skill work on a service, or in a branch of the categories, needs."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    skill = models.SlugField(max_length=40)
    service = models.CharField(max_length=20, blank=True)  # its number
    category = models.CharField(max_length=200, blank=True)  # beginning of its path
    needs = "staffing.plan"

    def __str__(self):
        return self.skill

    def clean(self):
        if bool(self.service) == bool(self.category):
            raise ValidationError(_t("Write either the number of a service or the beginning of a category."))


class AssignmentRule(Row):
    """How work that comes to a group without an owner finds one (SDK-09)."""

    WAYS = [("turn", _("In turn")), ("least", _("Who has the least open"))]

    team = models.OneToOneField("people.Team", on_delete=models.CASCADE, related_name="+")
    way = models.CharField(_("given"), max_length=8, choices=WAYS, default="turn")
    by_skill = models.BooleanField(_("by skill"), default=False)  # only who has the skill that the work needs
    most_open = models.PositiveSmallIntegerField(_("most that one may have open"), default=MOST_OPEN)  # of one person; who has as much gets no more
    needs = "staffing.plan"
    homes = ("team",)

    def __str__(self):
        return str(self.team)


class Turn(models.Model):
    """When a person was last given something by the rule of a group, as a number that only rises."""

    rule = models.ForeignKey(AssignmentRule, on_delete=models.CASCADE, related_name="turns")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    last = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "person"], name="turn_once")]


class Unplaced(models.Model):
    """A record for which a rule found nobody: shown as such, and tried again."""

    record = models.OneToOneField("records.Record", on_delete=models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField()


class Handover(Row):
    """What one shift tells the next."""

    team = models.ForeignKey("people.Team", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()
    needs = "staffing.handover"
    homes = ("author",)

    class Meta:
        indexes = [models.Index(fields=["team", "-at"], name="handover_newest")]

    def __str__(self):
        return self.text[:80]
