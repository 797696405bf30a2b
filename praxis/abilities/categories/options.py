"""Choices for a field that holds a category."""

from praxis.kernel.display import Option
from praxis.records.fields import ours

from .models import Category

MOST = 200


def options(kind, actor, record, typed):
    """Categories whose path holds the typed text, shared ones and the organisation's own."""
    rows = Category.objects.filter(is_active=True)
    if typed:
        rows = rows.filter(path__icontains=typed)
    return [Option(str(c.pk), c.path) for c in ours(rows, actor, record).order_by("path")[:MOST]]
