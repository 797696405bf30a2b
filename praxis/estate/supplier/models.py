from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.people.models import Row
from praxis.records.models import Record


class Supplier(Row):
    """A company that something is bought, rented or serviced from."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    customer_number = models.CharField(_("our number there"), max_length=40, blank=True)
    contact = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    is_active = models.BooleanField(default=True)
    needs = "supplier.keep"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="supplier_once", nulls_distinct=False)]

    def __str__(self):
        return self.name


class Contract(Record):
    """What was agreed with a supplier: for how long, for how much, what it covers, and until when one may say no."""

    class Sort(models.TextChoices):
        LEASE = "lease", _("Lease")
        MAINTENANCE = "maintenance", _("Maintenance")
        WARRANTY = "warranty", _("Warranty")
        SOFTWARE = "software", _("Software")
        SERVICE = "service", _("Service")
        INSURANCE = "insurance", _("Insurance")
        OTHER = "other", _("Other")

    class Per(models.TextChoices):
        ONCE = "once", _("once")
        MONTH = "month", _("a month")
        YEAR = "year", _("a year")

    # named by hand, because the usual way back would be a word of services
    record_ptr = models.OneToOneField(Record, parent_link=True, primary_key=True, on_delete=models.CASCADE, related_name="+")
    sort = models.CharField(_("type"), max_length=12, choices=Sort, default=Sort.MAINTENANCE)
    supplier = models.ForeignKey(Supplier, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("supplier"))
    reference = models.CharField(_("their number"), max_length=60, blank=True)
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), default=0)
    notice_on = models.DateField(_("notice until"), null=True, blank=True, editable=False)  # follows from the two above
    renewal_months = models.PositiveSmallIntegerField(_("renews itself by months"), null=True, blank=True, validators=[MinValueValidator(1)])
    value = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    per = models.CharField(_("paid"), max_length=5, choices=Per, default=Per.YEAR)
    cost_centre = models.CharField(_("cost centre"), max_length=40, blank=True)
    warned = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)  # days before the last warning of this term
    ending = models.CharField(_("why it ends"), max_length=200, blank=True)

    def clean_columns(self, names):
        if self.starts_on and self.ends_on and self.ends_on <= self.starts_on:
            raise ValidationError({"ends_on": _t("A contract ends after it begins.")})
        if "notice_days" in names and self.notice_days > 3650:
            raise ValidationError({"notice_days": _t("At most 3650 days.")})
        if "currency" in names and not (len(self.currency) == 3 and self.currency.isalpha() and self.currency.isupper()):
            raise ValidationError({"currency": _t("Write three letters such as EUR.")})

    @property
    def yearly(self):
        """What it costs in a year, None where nothing is known; a single payment is spread over its term."""
        if self.value is None:
            return None
        if self.per == "once":
            days = (self.ends_on - self.starts_on).days if self.starts_on and self.ends_on else 0
            return round(self.value * 365 / days, 2) if days > 365 else self.value
        return self.value * (12 if self.per == "month" else 1)


def notice(record):
    """The last day on which notice can be given: counted back from the end."""
    return {"notice_on": record.ends_on - timedelta(days=record.notice_days) if record.ends_on else None}
