from django.core.exceptions import ValidationError
from django.db import models

SEPARATOR = ", "
DEEPEST = 3


class Category(models.Model):
    """A node of the tree; `path` is its full name and what people search in."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    name = models.CharField(max_length=80)
    path = models.CharField(max_length=250, editable=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "admin.settings"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "path"], name="category_once", nulls_distinct=False)]

    def __str__(self):
        return self.path

    def clean(self):
        names, node = [self.name], self.parent
        while node:
            names.insert(0, node.name)
            node = node.parent
        if len(names) > DEEPEST:
            raise ValidationError(f"Categories have at most {DEEPEST} levels.")
        self.path = SEPARATOR.join(names)
