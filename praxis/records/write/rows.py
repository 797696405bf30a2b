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
    _may(row, by, needs, values)
    model, new = type(row), row._state.adding
    known = {f.name: f for f in model._meta.concrete_fields}
    if unknown := set(values) - set(known) - {f.attname for f in known.values()}:
        raise ValidationError(_("There is no field %s.") % ", ".join(sorted(unknown)))
    if not new and seen is not None and seen != row.version:
        raise Conflict(str(row))
    before = {n: getattr(row, f.attname) for n, f in known.items()}
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean(exclude=[n for n, f in known.items() if isinstance(f, ForeignKey)])
    _may(row, by, needs, values)
    changes = {n: _entry(n, before[n], getattr(row, f.attname), new) for n, f in known.items()
               if n not in ("id", "version") and (new or before[n] != getattr(row, f.attname))}
    if not new and not changes:
        return row
    if not new:
        row.version += 1
    row.save()
    _log(row, by, changes)
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
    if row.pk is not None and row.pk == by.id and set(values) <= getattr(row, "self_service", set()):
        return
    needs = needs or row.needs
    organisation = row.pk if type(row).__name__ == "Organisation" else getattr(row, "organisation_id", None)
    allowed = by.has(needs) and (row._state.adding and organisation is None or by.reaches(organisation))
    if not allowed:
        raise Forbidden(needs)


def _log(row, by, changes, gone=False):
    event = _event(row, by, changes, gone)
    journal.store(event)
    listen.tell(event)


def _event(row, by, changes, gone=False):
    name = {"savedview": "view"}.get(row._meta.model_name, row._meta.model_name)
    return journal.made(f"{name}.saved", by, organisation=getattr(row, "organisation_id", None), version=row.version, changes=changes,
                        data={"row": f"{row._meta.label_lower}:{row.pk}", "title": str(row)[:200], "gone": gone})


def _entry(name, old, new, adding):
    if name in SECRET:
        return [None, None, "", "changed"]
    return [None if adding else plain(old), plain(new), "", ""]
