from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.asset.models import Asset
from praxis.estate.stock.models import Stockroom
from praxis.kernel.now import now
from praxis.people.models import Row
from praxis.records.models import Record


class Stocktake(Record):
    """A count of what is really there, in one stockroom, at one site, or in all stockrooms; the figures are kept when it is finished."""

    # named by hand, like its neighbours
    record_ptr = models.OneToOneField(Record, parent_link=True, primary_key=True, on_delete=models.CASCADE, related_name="+")
    stockroom = models.ForeignKey(Stockroom, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("stockroom"))
    site = models.ForeignKey("people.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    found = models.PositiveIntegerField(_("found"), null=True, blank=True, editable=False)
    missing = models.PositiveIntegerField(_("not found"), null=True, blank=True, editable=False)
    strays = models.PositiveIntegerField(_("found, but expected elsewhere"), null=True, blank=True, editable=False)
    report_missing = models.BooleanField(_("report as missing what was not found"), default=False)
    bring_here = models.BooleanField(_("bring here what was found and expected elsewhere"), default=False)

    def clean_columns(self, names):
        if self.stockroom_id and self.site_id:
            raise ValidationError({"stockroom": _t("Choose a stockroom or a site, or neither: then all stockrooms are counted.")})


class Count(Row):
    """One thing that was seen, once a stock-take; without an asset it is a tag that nothing has."""

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="counts")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=120)
    at = models.DateTimeField(default=now)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    homes = ("stocktake",)
    needs = "stocktake.count"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stocktake", "asset"], condition=models.Q(asset__isnull=False), name="counted_once"),
                       models.UniqueConstraint(fields=["stocktake", "text"], condition=models.Q(asset__isnull=True), name="unknown_once")]

    def __str__(self):
        return f"{self.stocktake_id}, {self.text}"
