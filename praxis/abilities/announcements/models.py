from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _


class Announcement(models.Model):
    """A text shown on top of the portal or of the desk while it is in force; without an organisation to all of them."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=500, blank=True)
    tone = models.CharField(max_length=6, choices=[("blue", _("For information")), ("amber", _("Take care")), ("red", _("Outage"))], default="blue")
    audience = models.CharField(max_length=6, choices=[("all", _("Everybody")), ("desk", _("The desk")), ("portal", _("The portal"))], default="all")
    site = models.ForeignKey("people.Site", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "announcements.write"

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="announcement_ends")]

    def __str__(self):
        return self.title

    def clean(self):
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _t("It ends after it begins.")})
