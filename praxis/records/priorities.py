"""Impact, urgency and the matrix that gives a priority: the same for everything that interrupts or may interrupt a service."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.kernel.settings import Setting
from praxis.lib import priority

MATRIX = Setting("incident.priority_matrix", dict, priority.DEFAULT_MATRIX, "Priority by impact and urgency", valid=priority.check_matrix)


class Level(models.IntegerChoices):
    """Impact and urgency."""

    HIGH = 1, _("High")
    MEDIUM = 2, _("Medium")
    LOW = 3, _("Low")


def judged(impact, urgency, organisation):
    """The priority that an organisation's matrix gives."""
    return priority.priority(impact, urgency, MATRIX(organisation))
