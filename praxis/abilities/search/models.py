from django.db import models


class Document(models.Model):
    """The words of one record: public and private apart. The engines' own indexes hang on this table (migration 0002)."""

    record = models.OneToOneField("records.Record", on_delete=models.CASCADE, primary_key=True, related_name="+")
    title = models.TextField(blank=True)
    public = models.TextField(blank=True)
    private = models.TextField(blank=True)
