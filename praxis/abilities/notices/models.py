from django.db import models

from praxis.kernel.now import now


class Notice(models.Model):
    """One thing told to one person about one record, once for each event."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="+")
    event = models.BigIntegerField()
    text = models.CharField(max_length=300)
    at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "event"], name="notice_once")]
        indexes = [models.Index(fields=["person", "-at"], condition=models.Q(read_at=None), name="notice_unread")]
