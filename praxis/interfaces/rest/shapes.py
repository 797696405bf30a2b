"""What a record looks like as JSON, and what may be sent: made from columns and declared fields."""

from datetime import date, datetime

from django.db import models
from ninja import Schema
from pydantic import create_model

from praxis.kernel.lifecycle import Move
from praxis.records.read import columns
from praxis.records.write.open import PROTECTED

PERSON_SHAPE = ("requester", "owner", "opened_for")
HIDDEN = {"id", "kind", "phase", "custom", "restricted"}
_TYPES = ((models.BooleanField, bool), (models.IntegerField, int), (models.DateTimeField, datetime), (models.DateField, date),
          (models.JSONField, list | dict), (models.ForeignKey, int))


class Named(Schema):
    """A row that a record points to: its key and its name."""

    id: int
    name: str


def type_of(column):
    return next((t for cls, t in _TYPES if isinstance(column, cls)), str)


def out_names(kind):
    return [n for n in columns(kind.model) if n not in HIDDEN]


def out_schema(kind):
    """The documented shape of an answer; hot paths fill it by hand (`shown`)."""
    made = {}
    for name, column in columns(kind.model).items():
        if name not in HIDDEN:
            kind_of = Named if isinstance(column, models.ForeignKey) else type_of(column)
            made[name] = (kind_of | None, None) if column.null else (kind_of, ...)
    return create_model(f"{kind.key.capitalize()}", __base__=Schema, **made)


def writable(kind, opening):
    """Columns that a client may send: on opening, or to change."""
    shut = PROTECTED | set(kind.computed) | {"organisation", "subtype", "custom", "restricted"}
    if not opening:
        shut |= set(kind.by_verb)
    return {n: c for n, c in columns(kind.model).items() if n not in shut and (c.editable or n in kind.after_close)}


def in_schema(kind, opening):
    made = {}
    for name, column in writable(kind, opening).items():
        needed = opening and not column.blank and not column.has_default() and not column.null
        made[name] = (type_of(column), ...) if needed else (type_of(column) | None, None)
    base = type("Strict", (Schema,), {"model_config": {"extra": "forbid"}})
    return create_model(f"{kind.key.capitalize()}{'Open' if opening else 'Change'}", __base__=base, **made)


def step_schema(kind, step):
    """The body of a move or a verb: exactly what its dialog asks."""
    made = {}
    if isinstance(step, Move):
        known = columns(kind.model)
        for name in step.ask:
            hint = type_of(known[name])
            made[name] = (hint | None, None) if name in step.optional else (hint, ...)
        name = step.name
    else:
        for argument, (hint, _ask, needed) in step.arguments.items():
            if hint is not list:
                made[argument] = (hint, ...) if needed else (hint | None, None)
        name = step.key
    base = type("Strict", (Schema,), {"model_config": {"extra": "forbid"}})
    return create_model(f"{kind.key.capitalize()}_{name}", __base__=base, **made)


def joins(kind):
    return [n for n, c in columns(kind.model).items() if isinstance(c, models.ForeignKey) and n not in HIDDEN]


def shown(record, names, foreign):
    """A record as plain values for msgspec."""
    out = {}
    for name in names:
        value = getattr(record, name)
        if name in foreign and value is not None:
            value = {"id": value.pk, "name": str(getattr(value, "title", value))}
        out[name] = value
    return out
