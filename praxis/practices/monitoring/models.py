from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.lib.signals import SEVERITIES
from praxis.people.models import Row
from praxis.records.priorities import Level

from . import rules


class EventRule(Row):
    """What becomes of alerts that fit (EVT-03); the first rule that fits counts, and without one the severity decides."""

    ACTIONS = [("incident", _("An incident")), ("log", _("Only kept")), ("drop", _("Suppressed"))]

    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(_("called"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    match = models.JSONField(_("where"), default=dict)
    action = models.CharField(_("becomes"), max_length=8, choices=ACTIONS, default="incident")
    severity = models.CharField(_("counts as"), max_length=8, choices=[(s, s) for s in SEVERITIES], blank=True)
    team = models.ForeignKey("people.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("group"))
    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level, null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Level, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    needs = "event.rules"

    def __str__(self):
        return self.label

    def clean(self):
        try:
            rules.check_match(self.match)
        except ValueError as problem:
            raise ValidationError({"match": str(problem)}) from None
