"""The one clock of the product, so that a demo and its screenshots can stand at one moment."""

from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone


def now():
    """The present instant in UTC, or the one that PRAXIS_NOW freezes."""
    frozen = settings.PRAXIS_NOW
    return datetime.fromisoformat(frozen) if frozen else timezone.now()


def moment_of(text):
    """The moment that an address or a form names, in the reader's zone where it says none; None for what is none.

    The first and the last day that a date can say have no moment in other zones, so they are none.
    """
    try:
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else timezone.make_aware(found)
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if 1970 <= found.year <= 9000 else None
