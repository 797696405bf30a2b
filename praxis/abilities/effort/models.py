from django.db import models

from praxis.kernel.now import now


class Effort(models.Model):
    """Minutes that a person spent on a record."""

    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="effort")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField()
    day = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["record"], name="effort_record"), models.Index(fields=["day", "person"], name="effort_day")]


class Timer(models.Model):
    """A running clock of a person on a record; a person has one at a time."""

    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, primary_key=True, related_name="+")
    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField(default=now)
