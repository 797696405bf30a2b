"""Values on their way into a record: resolved, checked, and put into the words of the log."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db.models import DateField, DecimalField, ForeignKey, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from praxis.lib.text import without_control
from praxis.people.models import Organisation

from .. import extras
from ..read import columns
from ..serving import served

UNLOGGED = {"id", "kind", "number", "phase", "is_open", "due_at", "version", "updated_at", "custom"}  # follow from the rest, or are told by key
MOST_TEXT, MOST_WORDS, MOST_WORD = 100_000, 100, 80
EMPTY = (None, "", False, [], {})


def tracked(model):
    """{name: column} of what the event log tells of: replaying it must give these."""
    return {n: f for n, f in columns(model).items() if n not in UNLOGGED}


def resolved(record, by, values):
    """`values` with rows in place of keys; ValidationError for unknown columns and rows out of reach."""
    known, out = columns(type(record)), {}
    values, added = extras.split(values)
    out |= _added(record, by, added)
    for name, value in values.items():
        field = known.get(name)
        if field is None:
            raise ValidationError({"__all__": _("%(kind)s has no field %(name)s.") % {"kind": record.type.label, "name": name}})
        if isinstance(field, ForeignKey):
            value = None if value in (None, "") else _row(record, by, field, value)
        elif value not in (None, "") and isinstance(field, (DateField, DecimalField)) and not isinstance(value, datetime):
            value = exact(field, value)
        elif isinstance(value, str):
            value = _short(name, without_control(value), MOST_TEXT)
        elif isinstance(value, list):
            value = _words(name, value)
        elif isinstance(value, datetime):
            value = _instant(name, value)
        out[name] = value
    return out


def exact(column, value):
    """A day or an amount as the database gives it back, so that the log and the row say the same; ValidationError for what is none."""
    try:
        value = column.to_python(value)
        return value.quantize(Decimal(1).scaleb(-column.decimal_places)) if isinstance(column, DecimalField) else value
    except ValidationError as problem:
        raise ValidationError({column.name: problem.messages}) from None
    except (InvalidOperation, OverflowError):
        raise ValidationError({column.name: _("This is no amount that can be kept.")}) from None


def _short(name, text, most):
    if len(text) > most:
        raise ValidationError({name: _("At most %s letters. Attach longer text as a file.") % f"{most:,}"})
    return text


def _words(name, values):
    """A list column holds a few short words, such as tags."""
    if len(values) > MOST_WORDS or not all(isinstance(v, str) for v in values):
        raise ValidationError({name: _("Write at most %s short texts.") % MOST_WORDS})
    return [_short(name, without_control(v), MOST_WORD) for v in values]


def _added(record, by, values):
    """Values of added fields as they are stored."""
    declared, out = extras.of(record.kind, record.organisation_id) if values else {}, {}
    for name, value in values.items():
        if (extra := declared.get(name)) is None:
            raise ValidationError({name: _("%(kind)s has no field %(name)s.") % {"kind": record.type.label, "name": name}})
        try:
            out[name] = extra.clean(value, record, by)
        except ValidationError as problem:
            raise ValidationError({name: problem.messages}) from None
    return out


def held(record, name):
    """The value of a column or of an added field."""
    return record.custom.get(name.removeprefix(extras.PREFIX)) if name.startswith(extras.PREFIX) else getattr(record, name)


def put(record, name, value):
    """Set a column or an added field."""
    if name.startswith(extras.PREFIX):
        record.custom = {**record.custom, name.removeprefix(extras.PREFIX): value}
    else:
        setattr(record, name, value)


def told(name):
    """The name under which the log tells of a column or an added field."""
    return f"custom.{name.removeprefix(extras.PREFIX)}" if name.startswith(extras.PREFIX) else name


def check_added(record, by, names, opening=False):
    """Fields that exist only under a condition have no value elsewhere; those that are asked for have one (FLD-02)."""
    declared = extras.of(record.kind, record.organisation_id)
    asked = by.id is not None and by.has(record.type.permission("change"))
    for name, extra in declared.items():
        value, exists = held(record, name), extra.when is None or extra.when(record)
        if name in names and value is not None and not exists:
            raise ValidationError({name: _("%s does not apply to this record.") % extra.label})
        if extra.required and exists and value in EMPTY and (name in names or opening and by.id is not None and (asked or extra.portal)):
            raise ValidationError({name: _("%s is needed.") % extra.label})


def _instant(name, value):
    """A time that can be kept: with a zone, and within the years that both databases know."""
    try:
        value = value if value.tzinfo else timezone.make_aware(value)
        if 1900 <= value.astimezone(UTC).year <= 9000:
            return value
    except (OverflowError, ValueError):
        pass
    raise ValidationError({name: _("This is no time that can be kept.")})


def _row(record, by, field, value):
    model = field.remote_field.model
    unknown = ValidationError({field.name: _("Choose one of the list: this one does not exist or is not yours to use.")})
    if not isinstance(value, Model):
        try:
            value = model._base_manager.filter(pk=value).first()
        except (TypeError, ValueError, OverflowError):
            value = None
    elif not isinstance(value, model):
        value = None
    if value is None or not _within(record, by, field.name, value):
        raise unknown
    return value


def _within(record, by, name, value):
    """A row named in a record belongs to the record's organisation or to all; an owner may be any colleague in reach."""
    if isinstance(value, Organisation):
        return by.reaches(value.pk)
    if name == "owner":
        return by.reaches(value.organisation_id)
    if name == "service" and value.kind == "service" and value.organisation_id not in (None, record.organisation_id):
        return value.pk in served(record.organisation_id)
    if hasattr(value, "kind") and not by.may(f"{value.kind}.see", value):
        return False
    if name == "service" and value.kind != "service":
        return False
    return value.organisation_id in (None, record.organisation_id)


def check(record, names):
    """Validate the columns of these names and what the record itself knows of their combination."""
    known = columns(type(record))
    plain = {n for n in names if not isinstance(known[n], ForeignKey)}
    for name in names:
        if getattr(record, known[name].attname) is None and not known[name].null:
            raise ValidationError({name: _("This field is needed.")})
    record.clean_fields(exclude={f.name for f in record._meta.fields} - plain)
    record.clean_columns(names)


def unset(column, value):
    """Whether the log of a new record says nothing of this value; 0 in a column that may be empty says something."""
    return value in EMPTY and (value is None or value is False or not column.null or isinstance(value, (str, list, dict)))


def plain(value):
    """A value as JSON keeps it."""
    match value:
        case Model():
            return value.pk
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | Decimal():
            return str(value)
        case _:
            return value


def words(record, name, value):
    """The words of a value, kept in the log: a timeline must not look names up, and names change."""
    if name.startswith(extras.PREFIX):
        return str(extras.of(record.kind, record.organisation_id)[name].words(value))
    if name == "state":
        return str(record.type.lifecycle.states[value].label) if value else ""
    if value in EMPTY:
        return ""
    if own := getattr(record, f"{name}_words", None):
        return str(own(value))
    field = columns(type(record))[name]
    if choices := field.flatchoices:
        return str(dict(choices).get(value, value))
    if isinstance(value, bool):
        return _("Yes")
    if isinstance(value, Model):
        return str(getattr(value, "title", value))
    if isinstance(value, list):
        return ", ".join(str(v) for v in value if isinstance(v, (str, int)))
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return "" if isinstance(value, dict) else str(value)


def entry(record, name, old, new):
    """[old, new, old in words, new in words] of the log."""
    return [plain(old), plain(new), words(record, name, old), words(record, name, new)]
