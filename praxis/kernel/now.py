"""The one clock of the product, so that a demo and its screenshots can stand at one moment."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone


def now():
    """The present instant in UTC, or the one that PRAXIS_NOW freezes."""
    frozen = settings.PRAXIS_NOW
    return datetime.fromisoformat(frozen) if frozen else timezone.now()
