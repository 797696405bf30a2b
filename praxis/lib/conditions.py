"""One question about a record as a small tree: parse, print, test. The ORM form is made by praxis.records.where."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from . import spans

# operator -> how many values it takes: 0, 1, or None for any number
OPS = {
    "is": None, "is_not": None, "in": None, "contains": 1, "before": 1, "after": 1, "within": 1,
    "lt": 1, "gt": 1, "empty": 0, "not_empty": 0, "me": 0, "my_teams": 0,
}
MAX_DEPTH, MAX_TESTS, MAX_VALUES = 5, 50, 100


class BadCondition(ValueError):
    """A condition that cannot be understood; the text tells a person what to change."""


@dataclass(frozen=True)
class Test:
    """`field op values`, with values as text; their type is known by the field's catalogue."""

    __test__ = False  # no test case, whatever pytest thinks of the name

    field: str
    op: str
    values: tuple[str, ...] = ()

    def __post_init__(self):
        if self.op not in OPS:
            raise BadCondition(f"{self.op!r} is not an operator. Use one of {', '.join(OPS)}.")
        want = OPS[self.op]
        if want is not None and len(self.values) != want or want is None and not self.values:
            raise BadCondition(f"{self.field}.{self.op} takes {'a value' if want != 0 else 'no value'}.")
        if len(self.values) > MAX_VALUES:
            raise BadCondition(f"{self.field}.{self.op} takes at most {MAX_VALUES} values.")


@dataclass(frozen=True)
class Group:
    """Parts joined by `how`: all, any, none."""

    how: str
    parts: tuple = ()

    def __post_init__(self):
        if self.how not in ("all", "any", "none"):
            raise BadCondition(f"{self.how!r} is not a way to join tests. Use all, any or none.")


def every(*parts):
    return Group("all", parts)


def from_json(node, depth=0):
    """The tree of stored JSON; BadCondition for anything malformed, too deep or too long."""
    if depth > MAX_DEPTH:
        raise BadCondition(f"Conditions nest at most {MAX_DEPTH} deep.")
    if not isinstance(node, dict):
        raise BadCondition("A condition is an object with how and parts, or with field, op and values.")
    if "how" in node:
        parts = node.get("parts", [])
        if not isinstance(parts, list) or len(parts) > MAX_TESTS:
            raise BadCondition(f"A group holds a list of at most {MAX_TESTS} parts.")
        return Group(node["how"], tuple(from_json(p, depth + 1) for p in parts))
    values = node.get("values", [])
    if not isinstance(node.get("field"), str) or not isinstance(node.get("op"), str) or not isinstance(values, list):
        raise BadCondition("A test needs field and op as text, and values as a list.")
    return Test(node["field"], node["op"], tuple(str(v) for v in values))


def to_json(node):
    if isinstance(node, Group):
        return {"how": node.how, "parts": [to_json(p) for p in node.parts]}
    return {"field": node.field, "op": node.op, "values": list(node.values)}


def from_query(pairs, known):
    """`?team.is=3,4&updated.within=14d` -> the flat group that chips show.

    `pairs` are (key, value) of an address; keys without a dot belong to somebody else and are passed over, keys
    that name no field in `known` or no operator raise BadCondition.
    """
    tests = []
    for key, value in pairs:
        field, dot, op = key.partition(".")
        if not dot:
            continue
        if field not in known:
            raise BadCondition(f"{field!r} is not a field to filter by.")
        takes = OPS.get(op)
        tests.append(Test(field, op, () if takes == 0 else (value,) if takes == 1 else tuple(value.split(","))))
    if len(tests) > MAX_TESTS:
        raise BadCondition(f"At most {MAX_TESTS} filters at a time.")
    return every(*tests)


def to_query(group):
    return [(f"{t.field}.{t.op}", ",".join(t.values)) for t in group.parts]


def check_simple(node):
    """BadCondition where a condition asks more than whether a fact is one of some values, for those who know facts as text alone."""
    if isinstance(node, Test):
        if node.op not in ("is", "is_not", "in", "empty", "not_empty"):
            raise BadCondition(f"{node.field}: use is, is_not, in, empty or not_empty.")
        return
    for part in node.parts:
        check_simple(part)


def fields(node):
    """The fields that a condition names."""
    if isinstance(node, Test):
        return {node.field}
    return set().union(*(fields(p) for p in node.parts))


def holds(node, read, now=None, me=None, teams=()):
    """The Python twin of the ORM form: `read(field)` gives a value, None where there is none. NOT is two-valued."""
    if isinstance(node, Test):
        return _test(node, read(node.field), now, me, teams)
    answers = (holds(p, read, now, me, teams) for p in node.parts)
    return {"all": all, "any": any, "none": lambda a: not any(a)}[node.how](answers)


def _test(test, value, now, me, teams):
    match test.op:
        case "is" | "in":
            return value is not None and str(value) in test.values
        case "is_not":
            return value is None or str(value) not in test.values
        case "empty":
            return value is None or value == ""
        case "not_empty":
            return value is not None and value != ""
        case "me":
            return me is not None and value == me
        case "my_teams":
            return value in teams
    if value is None:
        return False
    wanted = test.values[0]
    match test.op:
        case "contains":
            return wanted.casefold() in str(value).casefold()
        case "within":
            return value >= now - timedelta(seconds=spans.seconds(wanted))
        case "before" | "lt":
            return value < as_type(wanted, value, now)
        case "after":  # with before a half-open stretch of time
            return value >= as_type(wanted, value, now)
        case "gt":
            return value > as_type(wanted, value, now)
    raise AssertionError(test.op)


def as_type(text, like, now):
    """`text` in the type of `like`: a number, or an instant as ISO date-time or as a span from now ("2h", "-3d")."""
    from_now = text.lstrip("-")
    if isinstance(like, (int, float)):
        return type(like)(text)
    if from_now[-1:] in spans.UNITS and from_now[:-1].isdigit():
        at = now + timedelta(seconds=spans.seconds(from_now) * (-1 if text.startswith("-") else 1))
        return at if isinstance(like, datetime) else at.date()
    return type(like).fromisoformat(text[:10] if not isinstance(like, datetime) else text)
