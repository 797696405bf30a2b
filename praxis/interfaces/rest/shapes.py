"""What a record looks like as JSON, and what may be sent: made from columns and declared fields."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db import models
from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, create_model

from praxis.kernel.lifecycle import Move
from praxis.records import extras
from praxis.records.models import Record
from praxis.records.read import columns
from praxis.records.write.open import PROTECTED

HIDDEN = {"id", "kind", "phase", "restricted"}


def _as_text(value):
    """A bare number could be seconds, milliseconds or a mistake."""
    if not isinstance(value, str):
        raise ValueError("write a time as text, such as 2026-11-24T10:42:00Z")
    return value


_TEXT = (Field(strict=False), BeforeValidator(_as_text))
_TYPES = ((models.BooleanField, bool), (models.IntegerField, int), (models.DateTimeField, Annotated[datetime, *_TEXT]),
          (models.DateField, Annotated[date, *_TEXT]), (models.ForeignKey, int))
FILLED = Annotated[str, Field(min_length=1)]


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


class ProblemDetails(Schema):
    """Why it was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    field: str = ""
    errors: dict[str, list[str]] = {}


class Unseen(Schema):
    """What was written is out of your sight now."""

    model_config = ConfigDict(extra="forbid")
    number: str


class Told(Schema):
    """One line of a history."""

    id: int
    at: datetime
    name: str
    actor: str
    changes: dict[str, list[Any]]
    text: str | None
    internal: bool


class History(Schema):
    items: list[Told]
    next: int | None


class Step(Schema):
    key: str
    label: str
    move: bool


class Hit(Schema):
    number: str
    kind: str
    title: str
    snippet: str


class Strict(Schema):
    """What is sent: these names and these types, nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True)


def type_of(column, filled=False):
    if isinstance(column, models.JSONField):
        return list[str] if column.default is list else dict
    if column.choices:
        return Literal[*(v for v, _label in column.flatchoices), *([""] if column.blank and not filled else [])]
    return next((t for cls, t in _TYPES if isinstance(column, cls)), str)


def sent(column, filled=False):
    """The type of a value that may be sent: texts with their lengths, `filled` ones not empty whatever their column allows."""
    hint = type_of(column, filled)
    return Annotated[str, Field(min_length=1 if filled or not column.blank else None, max_length=column.max_length)] if hint is str else hint


def out_names(kind):
    return [n for n in columns(kind.model) if n not in HIDDEN]


def out_schema(kind):
    """The documented shape of an answer; hot paths fill it by hand (`shown`)."""
    made = {"id": (int, ...)}
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
        hint = sent(column) | None if column.null or opening and not needed else sent(column)
        made[name] = (hint, ...) if needed else (hint, None)
    made["custom"] = (dict | None, None)  # fields that were added to the kind, by their keys
    return create_model(f"{kind.key.capitalize()}{'Open' if opening else 'Change'}", __base__=Strict, **made)


def step_schema(kind, step):
    """The body of a move or a verb: exactly what its dialog asks."""
    made = {}
    if isinstance(step, Move):
        known = columns(kind.model)
        for name in step.ask:
            made[name] = (sent(known[name]) | None, None) if name in step.optional else (sent(known[name], filled=True), ...)
        name = step.name
    else:
        for argument, (hint, _ask, needed) in step.arguments.items():
            if hint is not list:
                made[argument] = (FILLED if hint is str else hint, ...) if needed else (hint | None, None)
        name = step.key
    return create_model(f"{kind.key.capitalize()}_{name}", __base__=Strict, **made)


NAMES = {"Environment": "label", "Category": "path", "ItemClass": "label", "ChangeModel": "label"}  # what names a row of these models; records have titles, the others names


def plan(kind):
    """[(name in the answer, column, column of the name of what it points to or "")], made once a kind."""
    known, out = columns(kind.model), []
    for name in out_names(kind):
        column = known[name]
        if isinstance(column, models.ForeignKey):
            model = column.remote_field.model
            out.append((name, column.attname, f"{name}__{'title' if issubclass(model, Record) else NAMES.get(model.__name__, 'name')}"))
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
