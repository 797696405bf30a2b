from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.cmdb.models import Item, ItemClass
from praxis.estate.stock.models import Stockroom
from praxis.estate.supplier.models import Supplier
from praxis.lib.depreciation import DECLINING, NONE, STRAIGHT
from praxis.people.models import Row
from praxis.records.models import Record

NOTHING = MinValueValidator(Decimal(0))
METHODS = [(STRAIGHT, _("In equal parts")), (DECLINING, _("By a share of what is left")), (NONE, _("Not at all"))]


class Product(Row):
    """A model that several assets are of (AST-04): who makes it, how long it lasts, how its price is spread over that time."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    maker = models.CharField(_("maker"), max_length=80)
    name = models.CharField(_("model"), max_length=80)
    part = models.CharField(_("part number"), max_length=60, blank=True)
    item_class = models.ForeignKey(ItemClass, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    supplier = models.ForeignKey(Supplier, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("supplier"))
    holds_data = models.BooleanField(_("holds data that has to be wiped"), default=False)
    method = models.CharField(_("price is spread"), max_length=10, choices=METHODS, default=STRAIGHT)
    life_months = models.PositiveSmallIntegerField(_("life in months"), default=36, validators=[MinValueValidator(1), MaxValueValidator(600)])
    residual = models.DecimalField(_("rest at the end in per cent"), max_digits=5, decimal_places=2, default=0, validators=[NOTHING, MaxValueValidator(100)])
    rate = models.DecimalField(_("share a year in per cent"), max_digits=5, decimal_places=2, default=0, validators=[NOTHING, MaxValueValidator(100)])
    yearly = models.DecimalField(_("running costs a year"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[NOTHING])
    is_active = models.BooleanField(default=True)
    needs = "asset.products"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "maker", "name"], name="product_once", nulls_distinct=False)]

    def __str__(self):
        return f"{self.maker} {self.name}"


class TagSequence(Row):
    """How asset tags are made where none is written: a beginning and a number, for all classes or for one (AC6)."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    item_class = models.ForeignKey(ItemClass, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("for the class"))
    prefix = models.CharField(_("begins with"), max_length=12, blank=True)
    digits = models.PositiveSmallIntegerField(_("digits"), default=5, validators=[MinValueValidator(1), MaxValueValidator(12)])
    first = models.PositiveIntegerField(_("first number"), default=1)
    is_active = models.BooleanField(default=True)
    needs = "asset.products"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "item_class"], name="tag_sequence_once", nulls_distinct=False)]

    def __str__(self):
        return f"{self.prefix}{self.first:0{self.digits}d}"

    def clean(self):
        if self.prefix != self.prefix.strip() or not all(c.isalnum() or c in "-_./" for c in self.prefix):
            raise ValidationError({"prefix": _t("Use letters, digits and - _ . / only.")})
        if self.prefix[-1:].isdigit():
            raise ValidationError({"prefix": _t("Let it end with a letter or a sign, so that the number can be told from it.")})


class Asset(Record):
    """A thing that the company owns or rents: what it cost, where it is, who has it. `requester` is the person who has it, `owner` who answers for it."""

    class Substate(models.TextChoices):
        AVAILABLE = "available", _("Available")
        RESERVED = "reserved", _("Reserved")
        ALLOCATED = "allocated", _("Allocated to somebody who starts")
        DEFECTIVE = "defective", _("Defective")
        TO_REPAIR = "to_repair", _("Waits for repair")
        TO_INSTALL = "to_install", _("Waits for installation")
        TO_DISPOSE = "to_dispose", _("Waits for disposal")
        QUARANTINE = "quarantine", _("Quarantine")
        LEGAL_HOLD = "legal_hold", _("Kept for a legal reason")

    class Disposal(models.TextChoices):
        SOLD = "sold", _("Sold")
        RECYCLED = "recycled", _("Recycled")
        DESTROYED = "destroyed", _("Destroyed")
        DONATED = "donated", _("Given away")
        RETURNED = "returned", _("Returned to the lessor")
        WRITTEN_OFF = "written_off", _("Written off, not there any more")
        NEVER_CAME = "never_came", _("Never came")

    # named by hand, like its neighbours
    record_ptr = models.OneToOneField(Record, parent_link=True, primary_key=True, on_delete=models.CASCADE, related_name="+")
    tag = models.CharField(_("asset tag"), max_length=40, blank=True)
    tag_key = models.CharField(max_length=60, null=True, blank=True, unique=True, editable=False)  # organisation and tag, because the organisation is a column of another table
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("model"))
    item = models.OneToOneField(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("configuration item"))
    substate = models.CharField(_("in stock as"), max_length=12, choices=Substate, blank=True)
    because = models.CharField(_("reason"), max_length=200, blank=True)  # of the last step
    stockroom = models.ForeignKey(Stockroom, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("stockroom"))
    site = models.ForeignKey("people.Site", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("site"))
    place = models.CharField(_("place"), max_length=80, blank=True)
    loan_until = models.DateField(_("lent until"), null=True, blank=True)
    reminded_for = models.DateField(null=True, blank=True, editable=False)  # the end of a loan that was told of
    received_at = models.DateTimeField(null=True, blank=True, editable=False)  # when the one who has it said so
    reserved_for = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reserved for"))
    reserved_until = models.DateField(_("reserved until"), null=True, blank=True)
    supplier = models.ForeignKey(Supplier, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("supplier"))
    order_number = models.CharField(_("order number"), max_length=60, blank=True)
    cost = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[NOTHING])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    bought_on = models.DateField(_("bought on"), null=True, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    cost_centre = models.CharField(_("cost centre"), max_length=40, blank=True)
    disposal = models.CharField(_("what became of it"), max_length=12, choices=Disposal, blank=True)
    disposed_on = models.DateField(_("gone on"), null=True, blank=True)
    certificate = models.CharField(_("certificate of disposal"), max_length=120, blank=True)
    wiped = models.CharField(_("how its data was wiped"), max_length=200, blank=True)
    proceeds = models.DecimalField(_("proceeds"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[NOTHING])

    class Meta:
        indexes = [models.Index(fields=["serial"], condition=~models.Q(serial=""), name="asset_serial"),
                   models.Index(fields=["loan_until"], condition=models.Q(loan_until__isnull=False), name="asset_loans")]

    def clean_columns(self, names):
        if "tag" in names and self.tag and Asset.objects.filter(tag_key=self.key_of(self.tag)).exclude(pk=self.pk).exists():
            raise ValidationError({"tag": _t("Another asset has this tag.")})
        if "tag" in names and self.tag != self.tag.strip():
            raise ValidationError({"tag": _t("A tag neither begins nor ends with a space.")})
        if "item" in names and self.item_id and Asset.objects.filter(item=self.item_id).exclude(pk=self.pk).exists():
            raise ValidationError({"item": _t("Another asset stands for this item.")})
        if "currency" in names and not (len(self.currency) == 3 and self.currency.isalpha() and self.currency.isupper()):
            raise ValidationError({"currency": _t("Write three letters such as EUR.")})
        if self.bought_on and self.warranty_until and self.warranty_until < self.bought_on:
            raise ValidationError({"warranty_until": _t("The warranty ends after it was bought.")})
        if self.state == "in_use" and "requester" in names and self.requester_id is None and not self.place and not self.site_id:
            raise ValidationError({"requester": _t("Say who has it, or where it stands.")})
        if self.state == "disposed" and "disposal" in names:
            self._gone()

    def _gone(self):
        """What has to be proven when a thing leaves the house (AST-09)."""
        if not self.disposal:
            raise ValidationError({"disposal": _t("Say what became of it.")})
        there = self.disposal not in ("written_off", "never_came")
        if there and self.product and self.product.holds_data and not self.wiped.strip():
            raise ValidationError({"wiped": _t("This model holds data: say how it was wiped, and by whom.")})
        if self.disposal in ("recycled", "destroyed") and not self.certificate.strip():
            raise ValidationError({"certificate": _t("Write the number of the certificate.")})

    def key_of(self, tag):
        return f"{self.organisation_id}:{tag.strip().casefold()}" if tag.strip() else None
