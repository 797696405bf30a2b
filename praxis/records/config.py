"""The configuration as text: every declared row and every changed setting, in a stable order, with names in place of keys.

`export` writes it, `diff` says what a text would change, `apply` does it through `write.save`. What the pages of the
administration do and what the text says are the same rows of the same declarations (PO5).
"""

from datetime import datetime
from decimal import Decimal

import yaml
from django.core.exceptions import ValidationError
from django.db import models, transaction

from praxis.kernel import lines
from praxis.kernel.display import rows
from praxis.kernel.models import Setting
from praxis.kernel.settings import declared

from . import write


class BadText(ValueError):
    """A text that cannot be applied; names the place."""


def portable():
    return [r for r in rows.values() if r.portable]


def export():
    """YAML: {rows key: {name: {column: value}}}, settings last."""
    found = {one.key: {name_of(one, row): values_of(one, row) for row in _ordered(one)} for one in portable()}
    found["settings"] = {_setting_name(s): s.value for s in sorted(Setting.objects.all(), key=_setting_name)}
    return "# Configuration of Praxis. Apply it with: praxis config apply FILE\n" + yaml.safe_dump(
        found, allow_unicode=True, sort_keys=True, width=120)


def _ordered(one):
    return sorted(one.model._default_manager.all(), key=lambda r: name_of(one, r))


def _setting_name(row):
    return row.key if row.organisation is None else f"{row.key} @{row.organisation}"


def name_of(one, row):
    """The natural name of a row: its naming columns with bars between, those left out that are empty."""
    return " | ".join(filter(None, (_told(one.model._meta.get_field(n), row) for n in one.natural)))


def _told(column, row):
    """A value in a name, "" for nothing; what a row points to is told by its own name."""
    value = getattr(row, column.name)
    if value is None:
        return ""
    if isinstance(column, models.ForeignKey):
        return _pointed(value)
    return str(plain(value))


def _pointed(row):
    """The name of a row that another one points to: its own natural name where it is administered, else its key."""
    one = next((r for r in rows.values() if r.model is type(row)), None)
    return name_of(one, row) if one else str(row.pk)


def plain(value):
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, Decimal) else value


def values_of(one, row):
    """{column: value} of the columns of the form, without those that hold their default."""
    found = {}
    for name in one.form:
        column = one.model._meta.get_field(name)
        value = _pointed(v) if isinstance(column, models.ForeignKey) and (v := getattr(row, name)) is not None else plain(getattr(row, name))
        if isinstance(column, models.ForeignKey) and getattr(row, column.attname) is None:
            value = None
        if name in one.natural or value != (column.get_default() if column.has_default() else None if column.null else ""):
            found[name] = value
    return found


def diff(text):
    """Lines that say what applying this text would do: `+` made, `~` changed with both values, `-` only here."""
    return [line for line, _do in _steps(text)]


def apply(text, by, remove=False):
    """Make the configuration as the text says, all or nothing; returns the lines of what was done. Rows that the text
    lacks are removed only with `remove`."""
    done = []
    with transaction.atomic():
        for _round in range(6):  # a row may point to another one that is made in the same round
            steps = [(line, do) for line, do in _steps(text) if do and (remove or not line.startswith("-"))]
            if not steps:
                return done
            made, problem = 0, None
            for line, do in steps:
                try:
                    with transaction.atomic():
                        do(by)
                    done.append(line)
                    made += 1
                except (BadText, ValidationError, models.ProtectedError) as error:
                    problem = f"{line}: {' '.join(getattr(error, 'messages', [str(error)]))}"
            if not made:
                raise BadText(problem)
    return done


def read(text):
    try:
        wanted = lines.read(text) or {}
    except yaml.YAMLError as problem:
        raise BadText(str(problem)) from None
    known = {r.key for r in portable()} | {"settings"}
    if not isinstance(wanted, dict) or (unknown := set(wanted) - known):
        raise BadText(f"These are no parts of a configuration: {', '.join(map(str, unknown)) if isinstance(wanted, dict) else 'a list or text'}."
                      f" Known: {', '.join(sorted(known))}.")
    return wanted


def _steps(text):
    wanted = read(text)
    for one in portable():
        if one.key in wanted:
            yield from _rows(one, wanted[one.key] or {})
    if "settings" in wanted:
        yield from _settings(wanted["settings"] or {})


def _rows(one, wanted):
    stored = {name_of(one, r): r for r in _ordered(one)}
    for name, values in sorted(wanted.items()):
        if not isinstance(values, dict) or (bad := set(values) - set(one.form)):
            raise BadText(f"{one.key}, {name}: " + (f"{', '.join(sorted(bad))} cannot be set here." if isinstance(values, dict) else "columns are expected."))
        if name not in stored:
            yield f"+ {one.key} {name}", lambda by, v=values: write.save(one.model(), by, **_resolved(one, v), **(one.fresh() if one.fresh else {}))
            continue
        old = values_of(one, stored[name])
        new = values | {n: old[n] for n in one.natural if n in old and n not in values}
        if changed := {k for k in old.keys() | new.keys() if old.get(k) != new.get(k)}:
            words = ", ".join(f"{k}: {old.get(k)!r} -> {new.get(k)!r}" for k in sorted(changed))
            yield f"~ {one.key} {name}: {words}", lambda by, row=stored[name], v=new: write.save(
                row, by, **(_defaults(one) | _resolved(one, v)))
    for name in sorted(stored.keys() - wanted.keys()):
        yield f"- {one.key} {name}", (lambda by, row=stored[name]: write.remove(row, by)) if one.removable else None


def _defaults(one):
    found = {}
    for name in one.form:
        column = one.model._meta.get_field(name)
        if name not in one.natural:
            found[name] = column.get_default() if column.has_default() else None if column.null else ""
    return found


def _resolved(one, values):
    """Values with rows in place of names and instants in place of text."""
    out = {}
    for name, value in values.items():
        column = one.model._meta.get_field(name)
        if isinstance(column, models.ForeignKey) and value is not None:
            out[name] = _named(column.remote_field.model, value, f"{one.key}, {name}")
        elif isinstance(column, models.DateTimeField) and isinstance(value, str):
            out[name] = column.to_python(value)
        else:
            out[name] = value
    return out


def _named(model, name, where):
    one = next((r for r in rows.values() if r.model is model), None)
    found = next((r for r in model._default_manager.all() if (name_of(one, r) if one else str(r.pk)) == name), None)
    if found is None:
        raise BadText(f"{where}: there is no {name!r}.")
    return found


def _settings(wanted):
    stored = {_setting_name(s): s for s in Setting.objects.all()}
    for name, value in sorted(wanted.items()):
        key, _at, home = name.partition(" @")
        if key not in declared:
            raise BadText(f"settings, {name}: there is no such setting.")
        if name not in stored:
            yield f"+ settings {name}: {value!r}", lambda by, k=key, h=home, v=value: write.save(
                Setting(), by, key=k, organisation=int(h) if h else None, value=declared[k].check(v))
        elif stored[name].value != value:
            yield (f"~ settings {name}: {stored[name].value!r} -> {value!r}",
                   lambda by, row=stored[name], k=key, v=value: write.save(row, by, value=declared[k].check(v)))
    for name in sorted(stored.keys() - wanted.keys()):
        yield f"- settings {name}", lambda by, row=stored[name]: write.remove(row, by)
