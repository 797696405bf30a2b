from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.records.models import Record


class Service(Record):
    """Something IT does for people under a name they know. `owner` is the service owner, `team` supports it."""

    class Criticality(models.IntegerChoices):
        CRITICAL = 1, _("1, Critical")
        IMPORTANT = 2, _("2, Important")
        NORMAL = 3, _("3, Normal")

    # named by hand, because the usual name of the way back, Record.service, is a column
    record_ptr = models.OneToOneField(Record, parent_link=True, primary_key=True, on_delete=models.CASCADE, related_name="+")
    criticality = models.PositiveSmallIntegerField(_("criticality"), choices=Criticality, default=Criticality.NORMAL)
    hours = models.SlugField(_("service hours"), default="working")  # key of a calendar
    targets = models.SlugField(_("service levels"), blank=True)  # key of a target set
    customers = models.CharField(_("customers"), max_length=200, blank=True)
