from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.people.models import Row
from praxis.records.models import Record

from . import rules

FLOW = Setting("major.flow", dict, rules.FLOW, "Roles of a major incident, how often something is told by priority, tasks that it begins with", valid=rules.check_flow)
TRIGGERS = Setting("major.triggers", dict, rules.TRIGGERS, "What proposes an incident as a major one", valid=rules.check_triggers)


class Major(Row):
    """The major-incident procedure of one incident: proposed, declared, stood down; or rejected, or taken back. One runs at a time."""

    STATES = [("proposed", _("Proposed")), ("rejected", _("Rejected")), ("declared", _("Declared")), ("demoted", _("Taken back")), ("stood_down", _("Stood down"))]
    STAGES = [("declared", _("Declared")), ("identified", _("Identified")), ("mitigating", _("Mitigating")), ("monitoring", _("Monitoring")), ("stood_down", _("Stood down"))]
    PUBLIC = {"declared": "investigating", "identified": "identified", "mitigating": "identified", "monitoring": "monitoring", "stood_down": "resolved"}

    incident = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="majors")
    organisation = models.ForeignKey("people.Organisation", null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=STATES, default="declared")
    why = models.CharField(_("why"), max_length=300, blank=True)
    at = models.DateTimeField(default=now)
    stage = models.CharField(_("stage"), max_length=10, choices=STAGES, default="declared")
    stages = models.JSONField(default=dict, blank=True)  # {stage: when it was reached}
    people = models.PositiveIntegerField(_("people hit"), null=True, blank=True, validators=[MaxValueValidator(10_000_000)])
    bridge = models.URLField(_("bridge"), max_length=300, blank=True)
    title = models.CharField(_("what everybody may read"), max_length=120, blank=True)
    public = models.BooleanField(_("on the status page"), default=False)
    announcement = models.ForeignKey("announcements.Announcement", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    every = models.PositiveSmallIntegerField(_("told every so many minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(1440)])
    next_at = models.DateTimeField(null=True, blank=True)  # until then something is told, even if there is no news
    late_for = models.DateTimeField(null=True, blank=True)  # the promise whose lateness was told of
    ended_at = models.DateTimeField(null=True, blank=True)
    findings = models.TextField(_("findings"), blank=True, max_length=20_000)
    lessons = models.TextField(_("what we learned"), blank=True, max_length=20_000)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=120, blank=True)
    needs = "major.lead"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident"], condition=Q(state__in=("proposed", "declared")), name="major_one_runs")]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="declared"), name="major_due"), models.Index(fields=["organisation", "-at"], name="major_home")]

    def __str__(self):
        return f"{self.incident.number} {self.get_state_display()}"

    @property
    def running(self):
        return self.state == "declared"

    @property
    def late(self):
        return self.running and self.next_at is not None and self.next_at < now()


class Part(Row):
    """A role that somebody had in a major incident, from when until when: the log of hand-overs."""

    major = models.ForeignKey(Major, on_delete=models.CASCADE, related_name="parts")
    role = models.CharField(max_length=16)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("what was handed over"), max_length=300, blank=True)
    needs = "major.work"
    homes = ("person",)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["major", "role"], condition=Q(until=None), name="major_one_a_role")]

    @property
    def organisation_id(self):
        return self.major.organisation_id


class Line(Row):
    """One entry of the room's log: every one feeds the review."""

    SORTS = [("fact", _("Fact")), ("finding", _("Finding")), ("decision", _("Decision")), ("action", _("Action")), ("update", _("Update sent")), ("declared", _("Declared")), ("role", _("Role")), ("stage", _("Stage"))]
    ICONS = {"fact": "eye", "finding": "search", "decision": "gavel", "action": "play", "update": "megaphone", "declared": "siren", "role": "users", "stage": "flag"}

    major = models.ForeignKey(Major, on_delete=models.CASCADE, related_name="lines")
    sort = models.CharField(max_length=8, choices=SORTS, default="fact")
    text = models.TextField(max_length=4000)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    who = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(default=now)
    needs = "major.work"

    class Meta:
        indexes = [models.Index(fields=["major", "-at"], name="major_line_at")]

    @property
    def organisation_id(self):
        return self.major.organisation_id

    @property
    def icon(self):
        return self.ICONS[self.sort]


class Told(Row):
    """One text that went out: to the status page, as an announcement, to the pages of those who reported it."""

    major = models.ForeignKey(Major, on_delete=models.CASCADE, related_name="told")
    stage = models.CharField(max_length=10)
    text = models.TextField(max_length=2000)
    at = models.DateTimeField(default=now)
    to = models.JSONField(default=list, blank=True)  # status, announcement, requesters
    people = models.PositiveIntegerField(default=0)  # who were written to one by one
    who = models.CharField(max_length=120, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    needs = "major.tell"

    class Meta:
        indexes = [models.Index(fields=["major", "-at"], name="major_told_at")]

    @property
    def organisation_id(self):
        return self.major.organisation_id
