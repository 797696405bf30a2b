import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import registry
from praxis.lib.conditions import BadCondition, check_simple, from_json

MOST = 60  # fields a kind and organisation


class CustomField(models.Model):
    """The declaration of one added field of a kind."""

    TYPES = [("text", _("Text")), ("lines", _("Text of several lines")), ("number", _("Number")), ("decimal", _("Decimal number")), ("money", _("Amount")),
             ("date", _("Date")), ("time", _("Date and time")), ("yes", _("Yes or no")), ("choice", _("One of a list")), ("many", _("Several of a list")),
             ("person", _("Person")), ("team", _("Group")), ("record", _("Record")), ("email", _("E-mail address")), ("url", _("Web address"))]

    kind = models.CharField(max_length=30)
    key = models.SlugField()
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=10, choices=TYPES, default="text")
    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    options = models.JSONField(default=list, blank=True)  # of a choice: texts
    hint = models.CharField(max_length=200, blank=True)
    section = models.CharField(max_length=60, blank=True)  # heading in the form
    position = models.PositiveSmallIntegerField(default=100)
    required = models.BooleanField(default=False)  # when a record is opened by whoever is asked for it
    portal = models.BooleanField(default=False)  # requesters are asked too
    on_page = models.BooleanField(default=True)  # beside the other properties; else under "More facts" once it has a value
    in_list = models.BooleanField(default=False)
    indexed = models.BooleanField(default=False)  # for lists that are filtered by it among very many records
    when = models.JSONField(default=dict, blank=True)  # a Condition on the record: the field exists only where it holds
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "admin.settings"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key", "organisation"], name="field_once", nulls_distinct=False)]

    def __str__(self):
        return self.label

    def clean(self):
        if self.kind not in registry:
            raise ValidationError({"kind": _t("Write one of: %s.") % ", ".join(registry)})
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", self.key):
            raise ValidationError({"key": _t("Small letters, digits and single underscores, such as asset_tag.")})
        if self.type in ("choice", "many") and not (isinstance(self.options, list) and self.options and all(isinstance(o, str) and o for o in self.options)):
            raise ValidationError({"options": _t("Write the list to choose from, a line each, such as - Red.")})
        if self.when:
            try:
                check_simple(from_json(self.when))
            except BadCondition as problem:
                raise ValidationError({"when": str(problem)}) from None
        same = CustomField.objects.filter(kind=self.kind, organisation=self.organisation_id).exclude(pk=self.pk)
        if same.count() >= MOST:
            raise ValidationError(_t("A kind has at most %s added fields.") % MOST)
        if self.pk and CustomField.objects.filter(pk=self.pk).exclude(type=self.type, key=self.key, kind=self.kind).exists():
            raise ValidationError(_t("Kind, key and type stay: values were stored by them. Add another field instead."))
