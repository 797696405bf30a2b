from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.supplier.models import Supplier
from praxis.people.models import Row
from praxis.records.models import Record


class Stockroom(Row):
    """A place where things lie that nobody uses at the moment."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    site = models.ForeignKey("people.Site", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("site"))
    is_active = models.BooleanField(default=True)
    needs = "stock.rooms"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="stockroom_once")]

    def __str__(self):
        return self.name

    def clean(self):
        if self.site and self.site.organisation_id != self.organisation_id:
            raise ValidationError({"site": _t("This site belongs to another organisation.")})


class Consumable(Record):
    """Something kept by number and not by piece, such as toner or cables. `on_hand` is the sum of what lies in all stockrooms."""

    # named by hand, like its neighbours
    record_ptr = models.OneToOneField(Record, parent_link=True, primary_key=True, on_delete=models.CASCADE, related_name="+")
    unit = models.CharField(_("counted in"), max_length=20, default="piece")
    article = models.CharField(_("article number"), max_length=60, blank=True)
    minimum = models.PositiveIntegerField(_("reorder below"), default=0)
    on_hand = models.PositiveIntegerField(_("on hand"), default=0, editable=False)
    short = models.BooleanField(_("to be reordered"), default=False, editable=False)
    supplier = models.ForeignKey(Supplier, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("supplier"))
    price = models.DecimalField(_("price of one"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(on_hand__gte=0), name="consumable_not_below_zero")]


class Stock(Row):
    """How many of a consumable lie in one stockroom; never less than none (T-H7)."""

    consumable = models.ForeignKey(Consumable, on_delete=models.CASCADE, related_name="stocks")
    stockroom = models.ForeignKey(Stockroom, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(default=0)
    homes = ("consumable", "stockroom")
    needs = "consumable.take"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumable", "stockroom"], name="stock_once"),
                       models.CheckConstraint(condition=models.Q(quantity__gte=0), name="stock_not_below_zero")]

    def __str__(self):
        return f"{self.consumable_id}, {self.stockroom}"


def derived(record):
    """Whether it has to be reordered follows from what there is."""
    return {"short": record.on_hand < record.minimum}
