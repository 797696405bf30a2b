"""Rows that are no Records: people, teams, roles, calendars, views, settings."""

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from praxis.kernel import journal, listen
from praxis.kernel.errors import Conflict, Forbidden

from .gate import writing
from .values import plain

SECRET = {"password", "hash"}


@writing()
def save(row, by, *, seen=None, needs=None, **values):
    """Make or change a row, with its version and one event; returns it."""
    model, new = row._meta.model, row._state.adding
    if not new:
        _may(row, by, needs, values)
    known = {f.name: f for f in model._meta.concrete_fields}
    if unknown := set(values) - set(known) - {f.attname for f in known.values()}:
        raise ValidationError(_("There is no field %s.") % ", ".join(sorted(unknown)))
    if not new and seen is not None and seen != row.version:
        raise Conflict(str(row))
    before = {n: getattr(row, f.attname) for n, f in known.items()}
    for name, value in values.items():
        setattr(row, name, value)
    _may(row, by, needs, values)  # before anything is checked against rows of others: "already exists" would tell of them
    changed = {n for n, f in known.items() if n not in ("id", "version") and (new or before[n] != getattr(row, f.attname))}
    row.full_clean(exclude=[n for n, f in known.items() if isinstance(f, ForeignKey) or n not in changed])
    changed |= {n for n, f in known.items() if n not in ("id", "version") and before[n] != getattr(row, f.attname)}  # what clean() derived
    if not changed:
        return row
    row.validate_constraints()  # SQLite itself would let two rows through whose empty columns are equal
    if new:
        row.save(force_insert=True)
    else:
        same = model._default_manager.filter(pk=row.pk, version=row.version)
        if not same.update(version=row.version + 1, **{known[n].attname: getattr(row, known[n].attname) for n in changed}):
            raise Conflict(str(row))
        row.version += 1
    _log(row, by, {n: _entry(n, before[n], getattr(row, known[n].attname), new) for n in changed})
    return row


@writing()
def save_many(rows, by, *, needs=None):
    """Make many new rows of one kind at once, each with its event; for imports and the demo."""
    for row in rows:
        _may(row, by, needs, {"": None})
    if not rows:
        return rows
    type(rows[0])._default_manager.bulk_create(rows, batch_size=400)
    known = {f.name: f for f in type(rows[0])._meta.concrete_fields}
    journal.store(*[_event(r, by, {n: _entry(n, None, getattr(r, f.attname), True) for n, f in known.items() if n not in ("id", "version")})
                    for r in rows])
    return rows


@writing()
def remove(row, by, *, needs=None):
    """Delete a row; its last values stay in the log."""
    _may(row, by, needs, {"": None})
    _log(row, by, {f.name: _entry(f.name, getattr(row, f.attname), None, False) for f in row._meta.concrete_fields}, gone=True)
    row.delete()


def _may(row, by, needs, values):
    """The permission, and every organisation that the row belongs to or ties together; what all share needs a grant for all."""
    if row.pk is not None and row.pk == by.id and set(values) <= getattr(row, "self_service", set()):
        return
    needs = needs or row.needs
    if not by.has(needs) or not all(by.reaches(o, needs) if o is not None else by.organisations(needs) is None for o in _homes(row)):
        raise Forbidden(needs)
    if name_of_keeper(row) not in (None, by.id) and by.id is not None:
        raise Forbidden(needs)


def name_of_keeper(row):
    """The person to whom alone a row belongs, such as a private view, or None."""
    return getattr(row, f"{row.keeper}_id") if getattr(row, "keeper", "") else None


def _homes(row):
    """Ids of the organisations that a row touches; None stands for what all share."""
    name = row._meta.model_name
    if name == "organisation":
        return {row.pk}
    ends = getattr(row, "homes", ())  # people and groups that the row ties together
    homes = {home_of(row)} if not ends or any(f.name == "organisation" for f in row._meta.fields) else set()
    return homes | {getattr(row, end).organisation_id for end in ends if getattr(row, f"{end}_id", None)}


def home_of(row):
    """The id of a row's organisation; settings and the log keep it without a foreign key."""
    return getattr(row, "organisation_id", getattr(row, "organisation", None))


def _log(row, by, changes, gone=False):
    event = _event(row, by, changes, gone)
    journal.store(event)
    listen.tell(event)


def _event(row, by, changes, gone=False):
    name = {"savedview": "view"}.get(row._meta.model_name, row._meta.model_name)
    return journal.made(f"{name}.saved", by, organisation=home_of(row), version=row.version, changes=changes,
                        data={"row": f"{row._meta.label_lower}:{row.pk}", "title": str(row)[:200], "gone": gone})


def _entry(name, old, new, adding):
    if name in SECRET:
        return [None, None, "", "changed"]
    return [None if adding else plain(old), plain(new), "", ""]
