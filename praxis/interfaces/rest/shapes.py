"""What a record looks like as JSON, and what may be sent: made from columns and declared fields."""

from datetime import date, datetime

from django.db import models
from ninja import Schema
from pydantic import create_model

from praxis.kernel.lifecycle import Move
from praxis.records import extras
from praxis.records.read import columns
from praxis.records.write.open import PROTECTED

HIDDEN = {"id", "kind", "phase", "restricted"}
_TYPES = ((models.BooleanField, bool), (models.IntegerField, int), (models.DateTimeField, datetime), (models.DateField, date),
          (models.JSONField, list | dict), (models.ForeignKey, int))


class Named(Schema):
    """A row that a record points to: its key and its name."""

    id: int
    name: str


class Measured(Schema):
    """One figure; `value` is null while it is unknown, `of` the whole that a share is of."""

    key: str
    label: str
    group: str
    kind: str
    unit: str
    value: float | None
    count: int
    of: int | None
    filters: dict[str, str]


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


def page_schema(kind, out):
    """The documented shape of a list."""
    return create_model(f"{kind.key.capitalize()}Page", __base__=Schema, items=(list[out], ...), next=(str | None, None), total=(int | None, None))


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
    made["custom"] = (dict | None, None)  # fields that were added to the kind, by their keys
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


NAMES = {"Category": "path", "Record": "title"}  # what names a row of these models; "name" for the others


def plan(kind):
    """[(name in the answer, column, column of the name of what it points to or "")], made once a kind."""
    known, out = columns(kind.model), []
    for name in out_names(kind):
        column = known[name]
        if isinstance(column, models.ForeignKey):
            out.append((name, column.attname, f"{name}__{NAMES.get(column.remote_field.model.__name__, 'name')}"))
        else:
            out.append((name, name, ""))
    return out


def shown(planned, rows):
    """Rows of a queryset as plain values for msgspec: read as values, which costs half of making objects."""
    wanted = ["id", *(c for _n, c, _l in planned), *(label for _n, _c, label in planned if label)]
    return [
        {name: ({"id": row[column], "name": row[label]} if row[column] is not None else None) if label else row[column]
         for name, column, label in planned} | {"id": row["id"]}
        for row in rows.values(*wanted)
    ]


def given(body):
    """What a body sets, with the added fields under the names that the writers know."""
    values = body.dict(exclude_unset=True)
    added = values.pop("custom", None) or {}
    return values | {f"{extras.PREFIX}{k}": v for k, v in added.items()}
