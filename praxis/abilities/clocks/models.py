"""Calendars and targets are versioned rows: a stretch of time is measured by the version in force then."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib import businesstime, spans
from praxis.lib.conditions import BadCondition, check_simple, from_json

from .hours import parsed

LENGTH = re.compile(r"next ([1-9]|10) ([01]\d|2[0-3]):([0-5]\d)|until [a-z_]{2,30}")


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
            parsed(self, "UTC").check(now().date())
        except (ValueError, businesstime.NeverOpen) as problem:
            field = next((f for f in ("exceptions", "holidays") if getattr(problem, "field", "") == f), "week")
            raise ValidationError({field: str(problem)}) from None


MOST_DAYS = 800  # as far as a calendar looks ahead
STEPS = ("owner", "lead", "team", "service_owner", "manager", "raise", "to_lead")  # what a level of SLM-06 can do


def check_length(text, kind):
    """ValueError unless this is a length that a clock can count: at most 800 days, or until a date that records of the kind have."""
    if kind not in registry:
        raise ValueError(f"There is no kind {kind!r}. Write one of: {', '.join(registry)}.")
    if text.startswith("until ") and LENGTH.fullmatch(text):
        dates = [f.name for f in registry[kind].model._meta.concrete_fields if isinstance(f, models.DateField)]
        if text.split()[1] not in dates:
            raise ValueError(f"{text.split()[1]!r} is no date of this kind. Write until and one of: {', '.join(dates)}.")
    elif not LENGTH.fullmatch(text) and spans.seconds(text) > MOST_DAYS * 86400:
        raise ValueError(f"At most {MOST_DAYS} days.")


class TargetSet(models.Model):
    """A named set of promises, such as Gold; a service or an organisation has one."""

    key = models.SlugField(unique=True)
    label = models.CharField(max_length=80)
    levels = models.JSONField(default=dict, blank=True)  # {"75": ["owner", "lead"]}; empty: those of everybody
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "admin.settings"

    def __str__(self):
        return self.label

    def clean(self):
        check_levels(self.levels)


def check_levels(levels):
    """ValidationError unless this is a table of percents (at most six, 1 to 300) to what is done then."""
    if not isinstance(levels, dict) or len(levels) > 6:
        raise ValidationError({"levels": 'Write at most six levels, such as {"75": ["owner", "lead"]}.'})
    for percent, steps in levels.items():
        if not percent.isdecimal() or not 1 <= int(percent) <= 300 or not isinstance(steps, list) or any(s not in STEPS for s in steps):
            raise ValidationError({"levels": f"Each level is a percent from 1 to 300 with some of: {', '.join(STEPS)}."})


class Target(models.Model):
    """One promise of a set. `length` is 15m, 4h or 2d, a day being the calendar's working day; `next 1 16:00` is that hour
    of the next working day, `until due_on` the record's own date of that name (SLM-05).

    `calendar` is a key, or "service": the service's own hours. `pauses` is the Condition under which the clock stands.
    """

    METRICS = [("respond", _("First response")), ("assign", _("Assignment")), ("update", _("Next update")), ("resolve", _("Resolution")),
               ("accept", _("Acceptance by the group")), ("work", _("Work of the group"))]

    set = models.ForeignKey(TargetSet, on_delete=models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=30)
    metric = models.CharField(max_length=20, choices=METRICS)
    priority = models.PositiveSmallIntegerField()
    length = models.CharField(max_length=40)
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
            check_length(self.length.strip(), self.kind)
            if self.calendar != "service" and not Calendar.objects.filter(key=self.calendar).exists():
                raise ValueError(f"There is no calendar {self.calendar!r}. Write service, or one of: {', '.join(Calendar.objects.values_list('key', flat=True).distinct())}.")
            if not 1 <= self.priority <= 5:
                raise ValueError("The priority is one of 1 to 5.")
            check_simple(from_json(self.pauses or {"how": "any", "parts": []}))
        except (ValueError, BadCondition) as problem:
            raise ValidationError(str(problem)) from None

    def __str__(self):
        return f"{self.set.label}, {self.get_metric_display()}, {self.priority}"


class Timing(models.Model):
    """The segments of a record's life, folded from its events up to `last_event`: a cache that can be made anew."""

    record = models.OneToOneField("records.Record", on_delete=models.CASCADE, primary_key=True, related_name="+")
    segments = models.JSONField()
    form = models.PositiveSmallIntegerField(default=1)  # of the facts in it; an older one is folded anew
    warned = models.JSONField(default=dict)  # {"resolve:0": 75}: the last level of each clock that was told


class Clock(models.Model):
    """What the clock of one promise says, as of the record's last event. `due_at` is null while it stands."""

    STATES = [("running", "Running"), ("paused", "Paused"), ("met", "Met"), ("missed", "Missed")]

    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=20)
    spell = models.PositiveIntegerField(default=0)  # turns of a group and waits for an update are numbered
    team = models.ForeignKey("people.Team", null=True, on_delete=models.CASCADE, related_name="+")  # whose turn it is
    label = models.CharField(max_length=120)
    target_s = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    elapsed_s = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=STATES)
    at = models.DateTimeField(default=now)
    warn_at = models.DateTimeField(null=True)  # when the next level is reached, if it runs on
    was = models.JSONField(null=True)  # what it said before a correction: {"state", "due_at", "elapsed_s", "at"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "metric", "spell"], name="clock_once")]
        indexes = [
            models.Index(fields=["warn_at"], condition=models.Q(warn_at__isnull=False), name="clock_warn"),
            # of stopped clocks alone: SQLite would skip through it for the running ones of a page, which are found by their records
            models.Index(fields=["metric", "state", "stopped_at"], condition=models.Q(stopped_at__isnull=False), name="clock_stopped"),
        ]


class Excuse(models.Model):
    """A missed promise that somebody asks to excuse and a second person grants; reported beside the raw figure (SL10)."""

    STATES = [("asked", _("Asked")), ("granted", _("Granted")), ("refused", _("Refused"))]

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="excuses")
    organisation = models.ForeignKey("people.Organisation", null=True, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=30)
    text = models.CharField(max_length=500)
    asked_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=STATES, default="asked")
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "clocks.excuse"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock"], condition=~models.Q(state="refused"), name="excuse_once")]

    def __str__(self):
        return self.text
