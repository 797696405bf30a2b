"""Calendars and targets are versioned rows: a stretch of time is measured by the version in force then."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models

from praxis.kernel.now import now
from praxis.lib import businesstime, spans
from praxis.lib.conditions import BadCondition, from_json

from .hours import parsed


class Calendar(models.Model):
    """Working hours under a key. Without a zone, the hours are those of the customer's organisation."""

    key = models.SlugField()
    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=80)
    zone = models.CharField(max_length=60, blank=True)
    week = models.JSONField()  # {"mon": ["08:00-18:00"]}
    exceptions = models.JSONField(default=dict, blank=True)  # {"2026-12-24": ["08:00-12:00"]}
    holidays = models.CharField(max_length=10, blank=True)  # DE, or DE-HH: closed on these public holidays
    valid_from = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "admin.settings"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key", "valid_from"], name="calendar_once", nulls_distinct=False)
        ]

    def __str__(self):
        return self.label

    def clean(self):
        try:
            parsed(self, "UTC").check(date(2026, 1, 1))
        except (ValueError, businesstime.NeverOpen) as problem:
            raise ValidationError({"week": str(problem)}) from None


class TargetSet(models.Model):
    """A named set of promises, such as Gold; a service or an organisation has one."""

    key = models.SlugField(unique=True)
    label = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "admin.settings"

    def __str__(self):
        return self.label


class Target(models.Model):
    """One promise of a set. `length` is 15m, 4h or 2d, a day being the calendar's working day.

    `calendar` is a key, or "service": the service's own hours. `pauses` is the Condition under which the clock stands.
    """

    METRICS = [("respond", "First response"), ("resolve", "Resolution")]

    set = models.ForeignKey(TargetSet, on_delete=models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=30)
    metric = models.CharField(max_length=20, choices=METRICS)
    priority = models.PositiveSmallIntegerField()
    length = models.CharField(max_length=8)
    calendar = models.SlugField()
    pauses = models.JSONField(default=dict, blank=True)
    restart = models.BooleanField(default=False)
    warn_at = models.PositiveSmallIntegerField(default=75)  # percent used
    valid_from = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "admin.settings"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["set", "kind", "metric", "priority", "valid_from"], name="target_once",
                                    nulls_distinct=False)
        ]

    def clean(self):
        try:
            spans.seconds(self.length)
            from_json(self.pauses or {"how": "any", "parts": []})
        except (ValueError, BadCondition) as problem:
            raise ValidationError(str(problem)) from None


class Timing(models.Model):
    """The segments of a record's life, folded from its events up to `last_event`: a cache that can be made anew."""

    record = models.OneToOneField("records.Record", on_delete=models.CASCADE, primary_key=True, related_name="+")
    segments = models.JSONField()


class Clock(models.Model):
    """What the clock of one promise says, as of the record's last event. `due_at` is null while it stands."""

    STATES = [("running", "Running"), ("paused", "Paused"), ("met", "Met"), ("missed", "Missed")]

    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=20)
    label = models.CharField(max_length=120)
    target_s = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    elapsed_s = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=STATES)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "metric"], name="clock_once")]
