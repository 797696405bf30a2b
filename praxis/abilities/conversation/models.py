from django.db import models

from praxis.kernel.now import now


class Entry(models.Model):
    """The body of one event of the conversation. `internal` is a stored property and never changes to public."""

    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="entries")
    author = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    internal = models.BooleanField(default=False)
    aside = models.CharField(max_length=120, blank=True)  # "by phone, noted by Mara"
    at = models.DateTimeField(default=now)
    pinned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["record"], condition=models.Q(pinned_at__isnull=False), name="entry_pinned")]


class File(models.Model):
    """An attached file; the bytes lie under their SHA-256. With an entry it is as visible as the entry."""

    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="files")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    type = models.CharField(max_length=100, blank=True)
    by = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="file_sha256")]
