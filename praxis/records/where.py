"""Conditions as ORM filters, with the kind's catalogue of fields deciding what each value means."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.lookups import Exact
from django.utils import timezone

from praxis.kernel.display import Field, Option, fields
from praxis.kernel.now import now
from praxis.lib import spans
from praxis.lib.conditions import BadCondition, Group, Test

from . import extras
from .read import unseen
from .write import change

MANY = {"is", "is_not", "in", "empty", "not_empty"}
OPERATORS = {  # by the type of a field
    "text": MANY | {"contains"}, "choice": MANY, "choice_number": MANY | {"lt", "gt"}, "number": MANY | {"lt", "gt"}, "person": MANY | {"me"},
    "team": MANY | {"my_teams"}, "record": MANY, "yes": MANY, "time": {"within", "before", "after", "empty", "not_empty"},
    "date": {"before", "after", "empty", "not_empty"},
}
NUMBERS = ("number", "person", "team", "record", "choice_number")


def to_q(node, kind, actor):
    """The condition as a Q over the kind's rows; BadCondition when a field or a value cannot be understood."""
    if isinstance(node, Test):
        fact = catalogue(kind, actor).get(node.field)
        if fact is None or not (fact.path or fact.where):
            raise BadCondition(f"{node.field!r} is not a field to filter by.")
        if fact.see and fact.key in unseen(kind, actor):
            raise BadCondition(f"{node.field!r} is not a field to filter by.")
        if node.op not in OPERATORS[fact.type]:
            raise BadCondition(f"{fact.label}: {node.op} cannot be used. Use {', '.join(sorted(OPERATORS[fact.type]))}.")
        return (fact.where or plain)(fact, node, actor, kind)
    parts = [to_q(p, kind, actor) for p in node.parts]
    if node.how == "all":
        return Q(*parts)
    either = Q(*parts, _connector=Q.OR) if parts else Q(pk__in=())
    return either if node.how == "any" else ~either


def catalogue(kind, actor):
    """The facts of a kind with those that the actor's organisations added to it."""
    added = extras.reached(kind.key, actor)
    return fields(kind.key) | {name: added_fact(extra) for name, extra in added.items()} if added else fields(kind.key)


FILTERED = {"number": "number", "decimal": "number", "money": "number", "choice": "choice", "yes": "yes", "person": "person", "team": "team"}


def added_fact(extra):
    """An added field as a fact: read, filtered, shown and edited like any other."""
    options = (lambda kind, actor, record, typed: [Option(o, o) for o in extra.options if typed.casefold() in o.casefold()]) if extra.type == "choice" else None
    return Field(key=extra.name, label=extra.label, path=f"custom__{extra.key}", type=FILTERED.get(extra.type, "text"), options=options, where=added,
                 read=lambda r: extra.words(r.custom.get(extra.key)), ops=("is", "is_not", "empty", "not_empty"), empty=extra.hint or "–",
                 save=lambda record, by, raw, seen: change(record, by, seen=seen, **{extra.name: raw}))


def added(fact, test, actor, kind):
    """A test on an added field: values stand as JSON in one column."""
    path, typed = fact.path, test.values
    nothing = Q(**{f"{path}__isnull": True}) | Q(**{path: None})
    match test.op:
        case "empty":
            return nothing
        case "not_empty":
            return ~nothing
        case "me":
            return Q(**{path: actor.id})
        case "my_teams":
            return Q(**{f"{path}__in": list(actor.teams)})
        case "contains":
            return Q(**{f"{path}__icontains": typed[0]})
        case "lt" | "gt":
            return Q(**{f"{path}__{test.op}": _decimal(fact, typed[0])})
    values = [_decimal(fact, v) for v in typed] if fact.type in NUMBERS else _values(fact, test)
    either = Q(pk__in=())
    for value in values:
        either |= _equals(path, value)
    return either if test.op != "is_not" else ~either | nothing


def _equals(path, value):
    """An added field is a value. SQLite finds an index of the field only where the key is part of the statement and no parameter."""
    if connection.vendor != "sqlite" or isinstance(value, (list, dict)):
        return Q(**{path: value})
    return Q(Exact(Func("custom", template=f"JSON_EXTRACT(%(expressions)s, {in_json(path.removeprefix('custom__'))})", output_field=TextField()), Value(value)))


def in_json(key):
    """The place of a key in a JSON column as a literal of SQLite; keys of added fields are plain words."""
    if not key.replace("_", "").replace("-", "").isalnum():
        raise BadCondition(f"{key!r} is no field to filter by.")
    return f"'$.\"{key}\"'"


def _decimal(fact, text):
    try:
        value = float(text)
        if abs(value) < 10**15:
            return int(value) if value.is_integer() else value
    except ValueError:
        pass
    raise BadCondition(f"{fact.label}: {text} is not a number.")


def plain(fact, test, actor, kind):
    """A test on one column. Negations are two-valued: a missing value is not the wanted one."""
    path = fact.path
    match test.op:
        case "is" | "in":
            return Q(**{f"{path}__in": _values(fact, test)}) if len(test.values) > 1 else Q(**{path: _values(fact, test)[0]})
        case "is_not":
            return ~Q(**{f"{path}__in": _values(fact, test)}) | Q(**{f"{path}__isnull": True})
        case "empty":
            return _empty(fact)
        case "not_empty":
            return ~_empty(fact)
        case "me":
            return Q(**{path: actor.id}) if actor.id else Q(pk__in=())
        case "my_teams":
            return Q(**{f"{path}__in": actor.teams})
        case "contains":
            return Q(pk__in=Contains.rows(kind, path, test.values[0]))
        case "within":
            return Q(**{f"{path}__gte": _ago(fact, test.values[0])})
        case "before" | "lt":
            return Q(**{f"{path}__lt": _point(fact, test.values[0])})
        case "after":  # with before a half-open stretch, so that weeks side by side count each record once
            return Q(**{f"{path}__gte": _point(fact, test.values[0])})
        case "gt":
            return Q(**{f"{path}__gt": _point(fact, test.values[0])})
    raise BadCondition(f"{test.op} cannot be used here.")


def state(fact, test, actor, kind):
    """A test on states; when it leaves exactly the open ones it says so, or no partial index is used."""
    states = kind.lifecycle.states
    if unknown := set(test.values) - set(states):
        raise BadCondition(f"{', '.join(sorted(unknown))} is no state of {kind.plural}. Use {', '.join(states)}.")
    if test.op not in ("is", "in", "is_not"):
        raise BadCondition(f"{test.op} cannot be used with a state.")
    left = {s for s in states if (s in test.values) == (test.op != "is_not")}
    if left == kind.lifecycle.open_states():
        return Q(is_open=True)
    extra = Q(is_open=True) if left and left < kind.lifecycle.open_states() else Q()
    return extra & Q(state__in=sorted(left))


class Casefold(Func):
    """Lower case that folds every letter alike on both databases; SQLite's own knows only ASCII."""

    output_field = TextField()

    @property
    def function(self):
        return "praxis_fold" if connection.vendor == "sqlite" else "lower"


class Contains:
    """Rows whose column holds a text, upper and lower case alike, wildcards taken as letters."""

    @staticmethod
    def rows(kind, path, text):
        folded = text.casefold() if connection.vendor == "sqlite" else text.lower()
        rows = kind.model.objects.annotate(_folded=Casefold(F(path)))
        return rows.filter(_folded__contains=folded).values("pk")


def _empty(fact):
    nothing = Q(**{f"{fact.path}__isnull": True})
    return nothing | Q(**{fact.path: ""}) if fact.type in ("text", "choice") else nothing


def _values(fact, test):
    if fact.type in NUMBERS:
        try:
            return [_whole(v) for v in test.values]
        except ValueError:
            raise BadCondition(f"{fact.label}: {', '.join(test.values)} is not a number.") from None
    if fact.type == "yes":
        return [v.lower() in ("1", "true", "yes") for v in test.values]
    if fact.type in ("time", "date"):
        raise BadCondition(f"{fact.label}: use within, before or after.")
    return list(test.values)


def _whole(text):
    value = int(text)
    if abs(value) > 2**62:
        raise ValueError(text)
    return value


def _ago(fact, text):
    try:
        return _bounded(fact, now() - timedelta(seconds=spans.seconds(text)))
    except OverflowError:
        raise BadCondition(f"{fact.label}: {text} is too long ago.") from None
    except ValueError as problem:
        raise BadCondition(str(problem)) from None


def _bounded(fact, at):
    if not 1900 <= at.year <= 9000:
        raise BadCondition(f"{fact.label}: write a time between the years 1900 and 9000.")
    return at


def _point(fact, text):
    """An instant as ISO date-time, or as a span from now: "2h" ahead, "-3d" back; of a date its day; or a number."""
    if fact.type in NUMBERS:
        return _values(fact, Test("x", "is", (text,)))[0]
    at = _instant(fact, text)
    return timezone.localtime(at).date() if fact.type == "date" else at


def _instant(fact, text):
    sign, span = (-1, text[1:]) if text.startswith("-") else (1, text)
    try:
        return _bounded(fact, now() + timedelta(seconds=sign * spans.seconds(span)))
    except OverflowError:
        raise BadCondition(f"{fact.label}: {text} is too far away.") from None
    except BadCondition:
        raise
    except ValueError:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise BadCondition(f"{fact.label}: {text!r} is no time. Write 2h, -3d or 2026-11-24.") from None
        return _bounded(fact, at) if at.tzinfo else timezone.make_aware(_bounded(fact, at))


__all__ = ["Group", "plain", "state", "to_q"]
