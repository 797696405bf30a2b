from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import fields
from praxis.kernel.now import now
from praxis.lib.conditions import BadCondition, from_query
from praxis.people.models import Row
from praxis.records.models import Record

DEEPEST = 6
ATTRIBUTES = ("title", "serial", "hostname", "maker", "product", "version_of")  # what sources report and reconciliation decides


class ItemClass(Row):
    """What an item is, such as Switch; a node of the class tree (CMD-01). Its layer is its place in the picture of an impact."""

    LAYERS = [("business", _("Business")), ("application", _("Application")), ("data", _("Data")), ("compute", _("Compute")), ("network", _("Network")),
              ("storage", _("Storage")), ("workplace", _("Workplace")), ("facility", _("Facility")), ("other", _("Other"))]

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("a kind of"))
    key = models.SlugField(max_length=30)
    label = models.CharField(max_length=80)
    layer = models.CharField(max_length=12, choices=LAYERS, default="other")
    icon = models.SlugField(max_length=30, default="server")
    is_active = models.BooleanField(default=True)
    needs = "cmdb.classes"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="item_class_once", nulls_distinct=False)]

    def __str__(self):
        return self.label

    def clean(self):
        node, depth = self.parent, 1
        while node is not None:
            depth += 1
            if node.pk == self.pk or depth > DEEPEST:
                raise ValidationError({"parent": _t("A class is not its own kind, and the tree has at most %s levels.") % DEEPEST})
            node = node.parent


class RelationType(Row):
    """How two items relate, in words for both directions (CMD-02), and which end a failure reaches.

    `impact`: "source" if a failure of the right-hand item hits the left-hand one (depends on), "target" the opposite
    (contains), "both", or "none".
    """

    IMPACTS = [("source", _("hits the left-hand item")), ("target", _("hits the right-hand item")), ("both", _("hits either")), ("none", _("hits neither"))]

    key = models.SlugField(max_length=30, unique=True)
    forward = models.CharField(_("left to right"), max_length=60)
    reverse = models.CharField(_("right to left"), max_length=60)
    impact = models.CharField(_("a failure of one end"), max_length=6, choices=IMPACTS, default="none")
    is_active = models.BooleanField(default=True)
    needs = "cmdb.classes"

    def __str__(self):
        return f"{self.forward} :: {self.reverse}"


class Item(Record):
    """A configuration item: anything that has to be managed so that services work."""

    CONDITIONS = [("unknown", _("Unknown")), ("up", _("Works")), ("degraded", _("Degraded")), ("down", _("Down"))]

    # named by hand, because the usual name of the way back, Record.item, is a column of incidents
    record_ptr = models.OneToOneField(Record, parent_link=True, primary_key=True, on_delete=models.CASCADE, related_name="+")
    item_class = models.ForeignKey(ItemClass, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    condition = models.CharField(_("condition"), max_length=8, choices=CONDITIONS, default="unknown")
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    hostname = models.CharField(_("host name"), max_length=120, blank=True)
    maker = models.CharField(_("maker"), max_length=80, blank=True)
    product = models.CharField(_("model"), max_length=80, blank=True)
    version_of = models.CharField(_("software version"), max_length=60, blank=True)
    site = models.ForeignKey("people.Site", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("site"))
    place = models.CharField(_("place"), max_length=80, blank=True)
    people = models.PositiveIntegerField(_("people who use it"), null=True, blank=True)
    # of the items that it depends on, how many have to work; empty: all of them (redundancy, CMD-03)
    before = models.CharField(max_length=30, blank=True, editable=False)  # the state that a deleted one goes back to
    removed_because = models.CharField(_("why it is deleted"), max_length=200, blank=True)
    needed = models.PositiveSmallIntegerField(_("how many have to work"), null=True, blank=True, validators=[MinValueValidator(1)])

    class Meta:
        indexes = [
            models.Index(fields=["serial"], condition=~models.Q(serial=""), name="item_serial"),
            models.Index(fields=["hostname"], condition=~models.Q(hostname=""), name="item_hostname"),
        ]


class Baseline(Row):
    """A set of items as they were at a moment; what they were is in their events, so that it cannot be changed afterwards (CMD-05)."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=80)
    query = models.CharField(max_length=1000, blank=True)  # the list that it was taken of
    items = models.JSONField(default=list)
    at = models.DateTimeField(default=now)
    needs = "cmdb.audit"

    def __str__(self):
        return self.label


class AuditRule(Row):
    """What should hold for items: those that fulfil `scope` should fulfil `rule`; the share that does is its score (CMD-06)."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=120)
    scope = models.CharField(_("for items where"), max_length=1000, blank=True)  # as in the address of a list
    rule = models.CharField(_("should hold"), max_length=1000)
    weight = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    is_active = models.BooleanField(default=True)
    needs = "cmdb.classes"

    def __str__(self):
        return self.label

    def clean(self):
        for name in ("scope", "rule"):
            text = getattr(self, name)
            if text and (problem := wrong_query(text)):
                raise ValidationError({name: problem})


def wrong_query(text):
    """Why a text is no question as the address of a list asks it, or ""."""
    try:
        from_query(parse_qsl(text.lstrip("?"), strict_parsing=True), fields("item"))
    except (BadCondition, ValueError) as problem:
        return _t("Write it as in the address of the list, such as item_class.is=12&owner.empty=. %s") % problem
    return ""
