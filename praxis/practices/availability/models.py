from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.clocks.models import Calendar
from praxis.estate.cmdb.models import Item
from praxis.people.models import Row
from praxis.records.models import Record


class Outage(Record):
    """A stretch of time in which an item or a service did not do what was agreed (AVL-01). Of an item it is rolled up over the graph."""

    SORTS = [("unplanned", _("Unplanned")), ("planned", _("Planned")), ("degraded", _("Degraded"))]
    CAUSES = [("hardware", _("Hardware")), ("software", _("Software")), ("network", _("Network")), ("change", _("Change")), ("capacity", _("Capacity")), ("supplier", _("Supplier")),
              ("power", _("Power")), ("human", _("Human error")), ("security", _("Security")), ("maintenance", _("Maintenance")), ("unknown", _("Unknown"))]

    # what is out: an item, or the shared column `service`
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("configuration item"))
    sort = models.CharField(_("sort"), max_length=10, choices=SORTS, default="unplanned")
    began_at = models.DateTimeField(_("began"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=12, choices=CAUSES, blank=True)
    users = models.PositiveIntegerField(_("people hit"), null=True, blank=True, validators=[MaxValueValidator(10_000_000)])
    agreed = models.BooleanField(_("agreed with the customers"), default=False)  # of a planned one: it is no downtime
    words = models.CharField(_("what everybody may read"), max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["began_at"], name="outage_began"), models.Index(fields=["item", "began_at"], name="outage_item")]

    def clean_columns(self, names):
        if {"began_at", "ended_at"} & set(names) and self.began_at and self.ended_at and self.ended_at < self.began_at:
            raise ValidationError({"ended_at": _t("It ends after it begins.")})
        if self.agreed and self.sort != "planned" and {"agreed", "sort"} & set(names):
            raise ValidationError({"agreed": _t("Only a planned outage can be agreed.")})


class Objective(Row):
    """What a service is to reach, for all or for one customer: availability of its hours, and an objective of good events (AVL-02, AVL-04)."""

    service = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+", limit_choices_to={"kind": "service"})
    customer = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    target = models.DecimalField(_("availability in percent"), max_digits=7, decimal_places=4, validators=[MinValueValidator(0), MaxValueValidator(100)])
    hours = models.SlugField(_("in these hours"), blank=True)  # key of a calendar; empty: the service's own
    slo = models.DecimalField(_("good events in percent"), max_digits=7, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)])
    least = models.PositiveIntegerField(_("events below which nobody is told"), default=100)
    price = models.DecimalField(_("price a month"), max_digits=14, decimal_places=2, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    needs = "availability.objectives"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "customer"], name="objective_once", nulls_distinct=False)]

    def __str__(self):
        return f"{self.service.title} {self.target.normalize()} %"

    @property
    def organisation_id(self):
        return self.service.organisation_id

    def clean(self):
        if self.service_id and self.service.kind != "service":
            raise ValidationError({"service": _t("Choose a service.")})
        if self.hours and not Calendar.objects.filter(key=self.hours).exists():
            raise ValidationError({"hours": _t("There are no hours of this key.")})


class Reading(Row):
    """How many events of a service were good and bad in some minutes, as its monitoring counts them."""

    service = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    good = models.PositiveBigIntegerField()
    bad = models.PositiveBigIntegerField()
    needs = "availability.report"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "at"], name="reading_once")]

    @property
    def organisation_id(self):
        return self.service.organisation_id
