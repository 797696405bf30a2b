from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.clocks.models import TargetSet
from praxis.records.models import Record


class Type(models.TextChoices):
    SLA = "sla", _("With a customer (SLA)")
    OLA = "ola", _("Between groups (OLA)")
    UC = "uc", _("With a supplier (UC)")


class Agreement(Record):
    """What was agreed with whom for which services; its promises are the rows of a target set. `team` is an OLA's own group."""

    basis = models.CharField(_("type"), max_length=3, choices=Type, default=Type.SLA)
    customer = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                                 verbose_name=_("customer"))
    supplier = models.CharField(_("supplier"), max_length=120, blank=True)
    services = models.JSONField(_("services"), default=list, blank=True)  # their numbers
    targets = models.SlugField(_("promises"), blank=True)  # key of a target set
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1, editable=False)
    reminded_for = models.DateField(null=True, blank=True, editable=False)  # the review date that its owner was told of

    def clean_columns(self, names):
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _t("An agreement ends after it begins.")})
        if "targets" in names and self.targets and not TargetSet.objects.filter(key=self.targets).exists():
            raise ValidationError({"targets": _t("There is no set of promises of this name.")})
        if "services" in names and (unknown := set(self.services) - self.known_services()):
            raise ValidationError({"services": _t("There is no service %s.") % ", ".join(sorted(unknown))})

    def known_services(self):
        """Of the numbers written down, those of services that are shared by all or belong to this organisation or customer."""
        homes = (self.organisation_id, self.customer_id)
        rows = Record.objects.filter(kind="service", number__in=[str(s) for s in self.services])
        return {n for n, o in rows.values_list("number", "organisation") if o is None or o in homes}
