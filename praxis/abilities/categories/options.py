"""Choices for a field that holds a category."""

from praxis.kernel.display import Option

from .models import Category

MOST = 200


def options(kind, actor, record, typed):
    """Categories whose path holds the typed text, shared ones and the organisation's own."""
    rows = Category.objects.filter(is_active=True)
    if record is not None:
        rows = rows.filter(organisation=None) | rows.filter(organisation=record.organisation_id)
    elif (reach := actor.organisations()) is not None:
        rows = rows.filter(organisation=None) | rows.filter(organisation__in=reach)
    if typed:
        rows = rows.filter(path__icontains=typed)
    return [Option(str(c.pk), c.path) for c in rows.order_by("path")[:MOST]]
