"""Choices for fields that hold an item or a class of items."""

from django.db.models import Q

from praxis.kernel.display import Option
from praxis.records.fields import ours

from .models import Item, ItemClass

MOST, SHOWN = 200, 20


def classes(kind, actor, record, typed):
    """Classes that all share, and the organisation's own."""
    rows = ItemClass.objects.filter(is_active=True)
    if typed:
        rows = rows.filter(label__icontains=typed)
    return [Option(str(c.pk), c.label) for c in ours(rows, actor, record).order_by("label")[:MOST]]


def items(kind, actor, record, typed):
    """Items in use that the actor may see, of the record's organisation or of all, by name, host name or serial number."""
    rows = Item.objects.visible_to(actor, "item.see").exclude(phase="final").select_related("item_class")
    if record is not None:
        rows = ours(rows, actor, record)
    if typed:
        rows = rows.filter(Q(title__icontains=typed) | Q(hostname__icontains=typed) | Q(serial=typed) | Q(number=typed.upper()))
    return [Option(str(i.pk), f"{i.title}, {i.item_class.label}") for i in rows.order_by("title" if typed else "-updated_at")[:SHOWN]]
