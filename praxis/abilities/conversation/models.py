import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.now import now
from praxis.people.models import Row

GAPS = ("number", "title", "state", "priority", "requester.name", "requester.first_name", "owner.name", "team", "service", "me.name", "me.first_name")


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


class Answer(Row):
    """A saved answer: a text for what is said again and again, with gaps such as {{ requester.first_name }}."""

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey("people.Team", null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("only for the group"))
    folder = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=80)
    shortcut = models.SlugField(max_length=30)
    text = models.TextField(max_length=10_000)
    is_active = models.BooleanField(default=True)
    uses = models.PositiveIntegerField(_("times sent"), default=0, editable=False)
    needs = "answers.write"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "shortcut"], name="answer_once", nulls_distinct=False)]

    def __str__(self):
        return self.name

    def clean(self):
        wrong = [w for w in re.findall(r"\{\{\s*(.*?)\s*\}\}", self.text) if w not in GAPS]
        if wrong:
            words = {"wrong": wrong[0], "all": ", ".join(GAPS)}
            raise ValidationError({"text": _t("Nothing fills the gap “%(wrong)s”. Possible are: %(all)s.") % words})
