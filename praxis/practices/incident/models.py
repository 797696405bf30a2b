from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.categories.models import Category
from praxis.abilities.tasks.models import TaskTemplate
from praxis.estate.cmdb.models import Item
from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.people.models import Row
from praxis.records.models import Link, Record
from praxis.records.priorities import Level, judged

from . import rules

CLOSE_CODES = Setting("incident.close_codes", dict, {}, "Closure codes of incidents", valid=rules.check_codes)
CAUSES = Setting("incident.causes", dict, {}, "Causes of incidents", valid=rules.check_codes)

REMINDERS = Setting("incident.reminders", dict, {"nudge": [3, 6], "resolve": 9},
                    "Working days on hold for the requester after which they are reminded, and after which it counts as solved", valid=rules.check_reminders)


KNOWN_ERROR = "known_error"  # the code that has to name its problem


class HoldReason(models.TextChoices):
    """Whom an incident on hold waits for; which of them stop a clock is the agreement's word."""

    CALLER = "caller", _("On requester")
    SUPPLIER = "supplier", _("On supplier")
    CHANGE = "change", _("On change")
    PROBLEM = "problem", _("On problem")
    SCHEDULED = "scheduled", _("Until a date")


class Channel(models.TextChoices):
    PHONE = "phone", _("By phone")
    PORTAL = "portal", _("In the portal")
    MAIL = "mail", _("By e-mail")
    WALK_IN = "walk_in", _("In person")
    MONITORING = "monitoring", _("By monitoring")
    API = "api", _("By another system")


class Incident(Record):
    """An unplanned interruption to a service, or a loss of its quality."""

    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level, default=Level.MEDIUM)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Level, default=Level.MEDIUM)
    priority_reason = models.CharField(_("why this priority"), max_length=250, blank=True)  # set: the matrix is overridden
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, default=Channel.PORTAL)
    opened_for = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                                   verbose_name=_("on behalf of"))
    site = models.ForeignKey("people.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                             verbose_name=_("site"))
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                                 verbose_name=_("category"))
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                             db_index=False, verbose_name=_("configuration item"))  # its index is below
    symptom = models.CharField(_("symptom"), max_length=120, blank=True)
    outage_from = models.DateTimeField(_("start of the outage"), null=True, blank=True)
    hold_reason = models.CharField(_("waiting for"), max_length=12, choices=HoldReason, blank=True)
    held_at = models.DateTimeField(null=True, editable=False)
    nudges = models.PositiveSmallIntegerField(default=0, editable=False)  # how often the requester was reminded of the answer
    hold_until = models.DateTimeField(_("until"), null=True, blank=True)
    close_code = models.CharField(_("closure code"), max_length=30, blank=True)
    closing_category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                                         verbose_name=_("closing category"))
    cause = models.CharField(_("cause"), max_length=30, blank=True)
    solution = models.TextField(_("solution"), blank=True)
    closed_how = models.CharField(max_length=12, blank=True, editable=False)  # user, automatic, agent
    hops = models.PositiveSmallIntegerField(default=0, editable=False)  # how often the group changed
    previous_team = models.ForeignKey("people.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                                      editable=False)
    reopened = models.PositiveSmallIntegerField(default=0, editable=False)
    last_reopened_by = models.CharField(max_length=120, blank=True, editable=False)
    public_words = models.CharField(_("what everybody may read"), max_length=200, blank=True)  # set: shown in the portal to those whom it may hit
    affected_count = models.PositiveIntegerField(_("people affected"), default=0, editable=False)  # those who said so or were added; it lifts the impact
    merged_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False)
    absorbed = models.PositiveSmallIntegerField(default=0, editable=False)  # how many were merged into it

    class Meta:
        # of those that name an item: most name none, and an index full of nothing is one that SQLite's planner does not believe in
        indexes = [models.Index(fields=["merged_to"], condition=models.Q(merged_to__isnull=False), name="incident_merged"),
                   models.Index(fields=["item"], condition=models.Q(item__isnull=False), name="incident_item")]

    def clean_columns(self, names):
        for field, codes in (("close_code", CLOSE_CODES), ("cause", CAUSES)):
            if field in names and (value := getattr(self, field)) and value not in codes(self.organisation_id):
                raise ValidationError({field: _t("Choose one of the list.")})
        if "close_code" in names and self.close_code == KNOWN_ERROR and self.pk and not Link.objects.filter(source=self.pk, type="problem").exists():
            raise ValidationError({"close_code": _t("Say which known error it is: link its problem, or apply its workaround.")})

    def priority_why(self):
        """Why the priority is what it is, in a few words beside it."""
        if self.priority_reason:
            return self.priority_reason
        words = f"{self.get_impact_display()} × {self.get_urgency_display()}".lower()
        plain = judged(self.impact, self.urgency, self.organisation_id)
        return words if plain == self.priority else _t("%s, critical service") % words

    def close_code_words(self, value=None):
        return _label(CLOSE_CODES, self.organisation_id, value or self.close_code)

    def cause_words(self, value=None):
        return _label(CAUSES, self.organisation_id, value or self.cause)


class Affected(Row):
    """Somebody whom an incident hits besides its requester (INC-17)."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="affected")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)
    homes = ("person",)
    needs = "incident.work"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "person"], name="affected_once")]

    @property
    def organisation_id(self):
        return self.incident.organisation_id

    def __str__(self):
        return f"{self.incident.number}: {self.person}"


class Merge(Row):
    """An incident that was made part of another, and what it takes to take them apart again (INC-09, L1-6)."""

    gone = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="merges_out")
    kept = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="merges_in")
    before = models.JSONField(default=dict, blank=True)  # columns of the merged one
    links = models.JSONField(default=list, blank=True)  # [other, way, type] of the links that the kept one got
    people = models.JSONField(default=list, blank=True)  # ids of those who were affected by the merged one only
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True, blank=True)
    needs = "incident.link"

    @property
    def organisation_id(self):
        return self.kept.organisation_id

    def __str__(self):
        return f"{self.gone.number} → {self.kept.number}"


def _label(setting, organisation, value):
    return setting(organisation).get(value, value)


class IncidentTemplate(Row):
    """What a desk opens again and again, filled in as far as it is always the same (SDK-02); its tasks are made with the incident."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=30)
    label = models.CharField(_("called"), max_length=80)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("category"))
    team = models.ForeignKey("people.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("group"))
    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level, default=Level.LOW)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Level, default=Level.MEDIUM)
    tasks = models.ForeignKey(TaskTemplate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("tasks"))
    is_active = models.BooleanField(default=True)
    needs = "incident.templates"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="incident_template_once", nulls_distinct=False)]

    def __str__(self):
        return self.label
