from django.db import models

from praxis.kernel.now import now


class Snapshot(models.Model):
    """What the daily measures of a kind said of one day of an organisation. Written once; records may change afterwards.

    `cells` is [[team id, service id, priority, {measure key: count or [seconds]}], ...], one a combination that had any.
    """

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    day = models.DateField()
    cells = models.JSONField(default=list)
    made_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "day"], name="snapshot_once")]
        indexes = [models.Index(fields=["kind", "day"], name="snapshot_day")]
