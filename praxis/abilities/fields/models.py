from django.db import models


class CustomField(models.Model):
    """The declaration of one custom field of a kind."""

    TYPES = [("text", "Text"), ("yes", "Yes or no"), ("number", "Number")]

    kind = models.CharField(max_length=30)
    key = models.SlugField()
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=10, choices=TYPES, default="text")
    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "admin.settings"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key", "organisation"], name="field_once", nulls_distinct=False)]

    def __str__(self):
        return self.label
