"""Choices for the fields of a change."""

from django.utils.translation import gettext as _t

from praxis.kernel.display import Option
from praxis.records.fields import ours

from .models import Change, ChangeModel, Type


def models(kind, actor, record, typed):
    """Models in use: those of all and of the record's organisation; a suspended standard says so."""
    rows = ChangeModel.objects.filter(is_active=True)
    if typed:
        rows = rows.filter(label__icontains=typed)
    return [Option(str(m.pk), f"{m.label} ({m.get_type_display()})" + (_t(", suspended") if m.suspended else "")) for m in ours(rows, actor, record).order_by("type", "label")]


def types(kind, actor, record, typed):
    return [Option(key, str(label)) for key, label in Type.choices]


def of(name):
    """The declared choices of a column."""
    return lambda kind, actor, record, typed: [Option(key, str(label)) for key, label in Change._meta.get_field(name).flatchoices]
