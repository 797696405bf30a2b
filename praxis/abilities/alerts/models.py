from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.kernel.now import now


class Alert(models.Model):
    """One trouble that monitoring told of, from the first message to the last."""

    STATES = [("open", _("Open")), ("acknowledged", _("Acknowledged")), ("suppressed", _("Suppressed")), ("resolved", _("Over"))]
    SEVERITIES = [("info", _("Info")), ("warning", _("Warning")), ("minor", _("Minor")), ("major", _("Major")), ("critical", _("Critical"))]

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=20)
    key = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    severity = models.CharField(max_length=8, choices=SEVERITIES)
    state = models.CharField(max_length=12, choices=STATES, default="open")
    host = models.CharField(max_length=200, blank=True)
    service = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    labels = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=1)
    turns = models.PositiveIntegerField(default=0)  # how often it came back lately: it flaps
    turned_at = models.DateTimeField(null=True)  # since when the turns are counted
    first_at = models.DateTimeField(default=now)
    last_at = models.DateTimeField(default=now)
    over_at = models.DateTimeField(null=True)
    item = models.ForeignKey("records.Record", null=True, on_delete=models.SET_NULL, related_name="+")
    incident = models.ForeignKey("records.Record", null=True, on_delete=models.SET_NULL, related_name="alerts")
    weighed = models.BooleanField(default=False)  # somebody decided what becomes of its present state
    outcome = models.CharField(max_length=200, blank=True)  # what became of it, in words

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="alert_once")]
        indexes = [
            models.Index(fields=["organisation", "first_at"], condition=models.Q(weighed=False), name="alert_unweighed"),
            models.Index(fields=["organisation", "-last_at"], name="alert_newest"),
            models.Index(fields=["incident"], condition=models.Q(incident__isnull=False), name="alert_incident"),
        ]
