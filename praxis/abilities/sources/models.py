from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.now import now
from praxis.people.models import Row


class Source(Row):
    """Where facts about items come from, such as the agents or a scan. A smaller `rank` is believed before a larger one; what a person enters is believed first.

    `ranks` gives single attributes another rank: {"hostname": 5}. Items that no source has seen for `stale_days` count as stale.
    """

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=30)
    label = models.CharField(max_length=80)
    rank = models.PositiveSmallIntegerField(default=50, validators=[MinValueValidator(1)])
    ranks = models.JSONField(_("rank of single attributes"), default=dict, blank=True)
    stale_days = models.PositiveSmallIntegerField(_("stale after days"), default=30)
    creates = models.BooleanField(_("makes new items"), default=True)  # else what is unknown waits in the list of unmanaged devices
    needs = "sources.keep"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="source_once", nulls_distinct=False)]

    def __str__(self):
        return self.label

    def clean(self):
        if not isinstance(self.ranks, dict) or not all(isinstance(k, str) and isinstance(v, int) and v > 0 for k, v in self.ranks.items()):
            raise ValidationError({"ranks": _t("Write a line each, such as hostname: 5.")})


class Fact(models.Model):
    """What a source last said of one attribute of an item. Without a source a person entered it: it is locked until somebody lets it go (AC3)."""

    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="+")
    attribute = models.CharField(max_length=20)
    source = models.ForeignKey(Source, null=True, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "attribute", "source"], name="source_fact_once", nulls_distinct=False)]


class Mark(models.Model):
    """Something that an item is told by: serial, uuid, mac, host, agent, in the one way of writing of lib.identity."""

    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="marks")
    sort = models.CharField(max_length=8)
    value = models.CharField(max_length=120)
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "sort", "value"], name="source_mark_once")]
        indexes = [models.Index(fields=["sort", "value"], name="source_mark_value")]


class Sighting(models.Model):
    """When a source last saw an item; told in no log, since it happens all the time."""

    record = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "source"], name="source_sighting_once")]
        indexes = [models.Index(fields=["at"], name="source_sighting_at")]


class Candidate(models.Model):
    """A report that a person has to judge: which of these items it is about, another one, or nothing to keep."""

    STATES = [("open", _("To be judged")), ("same", _("Is the item")), ("new", _("Is another item")), ("ignored", _("Ignored"))]

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)  # of what is reported, so that a repeated report stays one candidate
    report = models.JSONField()
    items = models.JSONField(default=list)
    why = models.CharField(max_length=300)
    unmanaged = models.BooleanField(default=False)  # seen in the network, and nothing like it is known
    state = models.CharField(max_length=8, choices=STATES, default="open")
    first_at = models.DateTimeField(default=now)
    at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "source", "key"], name="source_candidate_once")]


class Merge(models.Model):
    """Two items that were one: what moved from `gone` to `kept`, so that it can be moved back."""

    kept = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="+")
    gone = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="+")
    moved = models.JSONField(default=dict)
    by = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)
