"""What each type of added field takes, stores and says. Values are stored as plain JSON, so that both databases compare them alike."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _

from praxis.lib.text import whole, without_control
from praxis.people.models import Person, Team
from praxis.records.read import by_number

LONG, SHORT = 10_000, 500
BIGGEST = 10**15


def clean(row, value, record, by):
    """The stored form of what was typed or sent; None for nothing; ValidationError says what is expected."""
    if value in (None, "", []):
        return None
    return _TYPES[row.type](row, value, record, by)


def _text(row, value, record, by):
    text = without_control(_string(value)).strip()
    most = LONG if row.type == "lines" else SHORT
    if len(text) > most:
        raise ValidationError(_("At most %s letters.") % most)
    return text or None


def _string(value):
    if not isinstance(value, str):
        raise ValidationError(_("A text is expected."))
    return value


def _number(row, value, record, by):
    if isinstance(value, bool) or isinstance(value, float) and not value.is_integer():
        raise ValidationError(_("A whole number is expected."))
    try:
        found = int(str(value).strip())
    except ValueError:
        raise ValidationError(_("A whole number is expected.")) from None
    if abs(found) > BIGGEST:
        raise ValidationError(_("This number is too large."))
    return found


def _decimal(row, value, record, by):
    try:
        found = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        raise ValidationError(_("A number is expected, such as 12.50.")) from None
    if isinstance(value, bool) or not found.is_finite() or abs(found) > BIGGEST:
        raise ValidationError(_("A number is expected, such as 12.50."))
    found = round(found, 2 if row.type == "money" else 6)
    return int(found) if found == found.to_integral() else float(found)


def _date(row, value, record, by):
    try:
        found = value if isinstance(value, date) else date.fromisoformat(_string(value).strip()[:10])
    except ValueError:
        raise ValidationError(_("A date is expected, such as 2026-11-24.")) from None
    return _year(found).isoformat()[:10]


def _time(row, value, record, by):
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(_string(value).strip())
    except ValueError:
        raise ValidationError(_("A date and time is expected, such as 2026-11-24 10:42.")) from None
    return _year(found if found.tzinfo else timezone.make_aware(found)).astimezone(UTC).isoformat(timespec="seconds")


def _year(value):
    if not 1900 <= value.year <= 9000:
        raise ValidationError(_("Write a year between 1900 and 9000."))
    return value


def _yes(row, value, record, by):
    known = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}
    found = value if isinstance(value, bool) else known.get(str(value).strip().lower())
    if found is None:
        raise ValidationError(_("Yes or no is expected."))
    return found


def _choice(row, value, record, by):
    if value not in row.options:
        raise ValidationError(_("Choose one of the list: %s.") % ", ".join(row.options))
    return value


def _many(row, value, record, by):
    values = [v.strip() for v in value.split(",") if v.strip()] if isinstance(value, str) else value
    if not isinstance(values, list) or set(map(str, values)) - set(row.options):
        raise ValidationError(_("Choose of the list: %s.") % ", ".join(row.options))
    return [o for o in row.options if o in values]


def _row(model):
    def run(row, value, record, by):
        found = model.objects.filter(pk=whole(str(value))).first()
        if found is None or found.organisation_id not in (None, record.organisation_id) or not by.reaches(found.organisation_id):
            raise ValidationError(_("Choose one of the list: this one does not exist or is not yours to use."))
        return found.pk

    return run


def _record(row, value, record, by):
    found = by_number(_string(value).strip().upper(), by)
    if found is None:
        raise ValidationError(_("There is no record of this number that you can see."))
    return found.number


def _checked(validator):
    def run(row, value, record, by):
        text = _text(row, value, record, by)
        if text:
            validator(text)
        return text

    return run


_TYPES = {"text": _text, "lines": _text, "number": _number, "decimal": _decimal, "money": _decimal, "date": _date, "time": _time, "yes": _yes,
          "choice": _choice, "many": _many, "person": _row(Person), "team": _row(Team), "record": _record, "email": _checked(EmailValidator()),
          "url": _checked(URLValidator(schemes=["http", "https"]))}


def words(row, value):
    """What people read."""
    if value in (None, "", []):
        return ""
    if row.type == "yes":
        return _("Yes") if value else _("No")
    if row.type == "many" and isinstance(value, list):
        return ", ".join(map(str, value))
    if row.type in ("person", "team") and isinstance(value, int):
        return str((Person if row.type == "person" else Team).objects.filter(pk=value).values_list("name", flat=True).first() or "")
    if row.type == "time" and isinstance(value, str):
        try:
            return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
        except ValueError:
            return value
    return f"{value:.2f}" if row.type == "money" and isinstance(value, (int, float)) else str(value)
