from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.clocks.models import Calendar, TargetSet
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
    on_status = models.BooleanField(_("on the status page"), default=False)

    def clean_columns(self, names):
        """Hours and service levels are kept as keys, so that they can be of one customer or of all; a key that nothing has promises nothing."""
        for name, model in (("hours", Calendar), ("targets", TargetSet)):
            if name in names and (key := getattr(self, name)) and not model.objects.filter(key=key).exists():
                known = ", ".join(sorted(set(model.objects.values_list("key", flat=True))))
                raise ValidationError({name: _t("There is no “%(key)s”. Write one of: %(known)s.") % {"key": key, "known": known}})
