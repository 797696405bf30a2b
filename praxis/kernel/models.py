"""The frame's own rows: the event log and its seals, jobs and their timetable, counters, runtime settings."""

from django.db import models

from .now import now


class Event(models.Model):
    """One fact, append-only: the audit trail, the timeline, and what everything else reacts to.

    `subject` and `actor_id` have no database constraint, so that the log outlives both. `changes` maps a field to
    [old, new, old in words, new in words]; the words make the timeline true after a rename.
    """

    at = models.DateTimeField(default=now)
    name = models.CharField(max_length=60)
    subject = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=30, blank=True)
    organisation = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    on_behalf_of = models.CharField(max_length=120, blank=True)
    origin = models.CharField(max_length=10, blank=True)
    rule = models.CharField(max_length=60, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    version = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=dict)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="event_subject")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.name}"


class Seal(models.Model):
    """A link of the hash chain over the events of one organisation up to an id; see praxis.kernel.seals."""

    organisation = models.BigIntegerField(null=True)
    after = models.BigIntegerField()
    upto = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "upto"], name="seal_once")]


class Lift(models.Model):
    """While a row stands here, inside one transaction, events can be removed; see praxis.kernel.journal.lifted."""

    why = models.CharField(max_length=200)


class Counter(models.Model):
    """The last number given to a kind, where the database has no sequences."""

    kind = models.CharField(max_length=30, primary_key=True)
    value = models.BigIntegerField(default=0)


class Setting(models.Model):
    """A changed runtime setting; an absent row means the declared default. Organisation null is everybody's."""

    key = models.CharField(max_length=80)
    organisation = models.BigIntegerField(null=True, blank=True)
    value = models.JSONField(blank=True)
    version = models.PositiveIntegerField(default=1)
    needs = "admin.settings"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "organisation"], name="setting_once", nulls_distinct=False)]


class Job(models.Model):
    """One piece of work for a worker. `key` makes it exist once; a lease says who works on it until when."""

    STATES = [("ready", "Ready"), ("running", "Running"), ("done", "Done"), ("dead", "Failed for good")]

    id = models.UUIDField(primary_key=True)
    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    key = models.CharField(max_length=120, null=True, unique=True)
    queue = models.CharField(max_length=32, default="default")
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=STATES, default="ready")
    run_after = models.DateTimeField(default=now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(null=True)
    enqueued_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-priority", "run_after"], condition=models.Q(state="ready"), name="job_ready"),
            models.Index(fields=["lease_until"], condition=models.Q(state="running"), name="job_leases"),
        ]


class Schedule(models.Model):
    """When a periodic task last ran; the times themselves are declared in code."""

    name = models.CharField(max_length=120, primary_key=True)
    next_at = models.DateTimeField()
