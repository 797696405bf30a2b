"""Where a table can go: a kind of record or a kind of row, with its columns and how a text becomes a value."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from praxis.kernel.display import fields, rows
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.people.actors import actor_of
from praxis.people.models import Organisation, Person
from praxis.records import extras, write
from praxis.records.models import Record
from praxis.records.read import columns
from praxis.records.write.open import PROTECTED
from praxis.records.write.values import plain

from . import past, relations

YES = {"yes": True, "true": True, "1": True, "x": True, "no": False, "false": False, "0": False, "": False}


def all_for(actor):
    """{target key: its label} of what this actor may import into."""
    found = {f"kind:{k.key}": str(k.plural) for k in registry.values() if actor.has(k.permission("open")) and actor.has(k.permission("change"))}
    return found | {f"rows:{r.key}": str(r.label) for r in rows.values() if actor.has(r.needs)}


def of(key, actor):
    """The target of this key, or None when the actor may not."""
    if key not in all_for(actor):
        return None
    what, _colon, name = key.partition(":")
    return Records(registry[name], actor) if what == "kind" else Rows(rows[name], actor)


OTHER_WORDS = {  # what other products and personnel systems head these columns with
    "name": ("Full name", "Display name"), "email": ("E-mail", "E-mail address", "Mail", "Email address"), "organisation": ("Company", "Customer"),
    "job": ("Job title", "Title", "Position"), "phone": ("Telephone", "Business phone", "Phone number"), "title": ("Short description", "Summary", "Title"),
    "team": ("Assignment group", "Assigned group"), "owner": ("Assigned to", "Assignee"), "requester": ("Caller", "Reported by", "Requested by"), "department": ("Dept",),
    "site": ("Location", "Office"),
}


class Target:
    """`columns` is {name: (label, words it is also known by)}; `put(values)` imports one row."""

    def guess(self, heads):
        """{head: column} by the words of the headings."""
        known = {w.casefold(): name for name, (label, words) in self.columns.items() for w in (*OTHER_WORDS.get(name, ()), str(label), *words)}
        found = {}
        for head in heads:
            name = known.get(head.strip().casefold()) or known.get(head.strip().casefold().replace(" ", "_"))
            if name and name not in found.values():
                found[head] = name
        return found


class Records(Target):
    """Records of one kind. A row with the number of a record changes it; one without opens a new one."""

    def __init__(self, kind, actor):
        self.kind, self.actor, catalogue, self.named = kind, actor, fields(kind.key), {}
        shut = (PROTECTED - {"number", "state", *past.TIMES, "external_ref"}) | (set(kind.computed) - {"priority"}) | {"organisation", "subtype", "custom", "restricted", "tags"}
        self.known = {n: c for n, c in columns(kind.model).items() if n not in shut and (c.editable or n in ("number", "state", "external_ref", *past.TIMES))}
        self.columns = {n: (_label(c, catalogue.get(n)), {n, str(c.verbose_name), *([str(catalogue[n].label)] if n in catalogue else [])}) for n, c in self.known.items()}
        self.columns |= {n: (label, {n, label, f"{label} at"}) for n, label in past.TIMES.items() if n in self.known}
        self.columns["external_ref"] = (_("Number elsewhere"), {"external_ref", "Old number", "Ticket", "Ticket number", "Reference"})
        self.extras = extras.of(kind.key, actor.organisation)
        self.columns |= {n: (e.label, {e.label, e.key, n}) for n, e in self.extras.items()} | relations.columns(kind)

    def put(self, values):
        """(outcome, number, version, values before) of one row; ValidationError or a refusal for a bad one."""
        number, state = values.pop("number", "").strip().upper(), values.pop("state", "").strip()
        reference = values.pop("external_ref", "").strip()[:80]
        times = {n: at for n in past.TIMES if (at := self._value(n, values.pop(n, "")))}
        given = {n: self._value(n, v) for n, v in values.items()}
        wanted, record = self._state(state) if state else None, self._known(number, reference)
        if number and record is None and registry.by_number(number) is self.kind:
            raise ValidationError({"number": _("There is no %s that you can see.") % number})
        if given.get("owner") and not actor_of(given["owner"]).has(self.kind.permission("see")):
            raise ValidationError({"owner": _("%s has no role that works on this.") % given["owner"]})
        if record is None:
            return self._open({n: v for n, v in given.items() if v not in (None, "")}, times, wanted, reference or number)
        given.pop("priority", None)  # of a record that is there already it follows from what happened
        before = {n: record.custom.get(n.removeprefix("x_")) if n in self.extras else plain(getattr(record, n)) for n in given} | {"state": record.state}
        seen = record.version
        if given:
            write.change(record, self.actor, needs=self.kind.permission("change"), event=f"{self.kind.key}.changed", data={"import": True}, **given)
        if wanted and wanted != record.state:
            self._move(record, wanted)
        return ("same" if record.version == seen else "changed"), record.number, record.version, before

    def _known(self, number, reference):
        """The record of this number, or the one that had this number elsewhere, if the actor may see it."""
        if not number and not reference:
            return None
        rows = self.kind.model.objects.visible_to(self.actor, self.kind.permission("see"))
        found = rows.filter(number=number).first() if number else None
        elsewhere = reference or number
        return found or (rows.filter(external_ref=elsewhere).exclude(external_ref="").first() if elsewhere else None)

    def _open(self, given, times, wanted, reference):
        """A new record: as if opened now, or, with times, a priority or a number of its own, as it was elsewhere."""
        priority = given.pop("priority", None)
        if times or priority or reference:
            record = past.make(self.kind, self.actor, given, times, wanted or "", priority, reference)
        else:
            record = write.open_record(self.kind, self.actor, **given)
        if wanted and wanted != record.state:
            self._move(record, wanted)
        return "made", record.number, record.version, {}

    def _move(self, record, state):
        phase, more, known = self.kind.lifecycle.states[state].phase, {}, columns(type(record))
        if phase in ("done", "final") and not record.resolved_at:
            more["resolved_at"] = timezone.now()
        if phase == "final" and "closed_at" in known and not record.closed_at:
            more["closed_at"] = timezone.now()
        write.change(record, self.actor, needs=self.kind.permission("change"), event=f"{self.kind.key}.moved", data={"import": True, "untimed": phase in ("done", "final")}, state=state, **more)

    def _state(self, text):
        low = text.casefold()
        found = next((n for n, s in self.kind.lifecycle.states.items() if low in (n, str(s.label).casefold())), None)
        if found is None:
            raise ValidationError({"state": _("%(text)s is no state. Write one of: %(known)s.") % {
                "text": text, "known": ", ".join(str(s.label) for s in self.kind.lifecycle.states.values())}})
        return found

    def _value(self, name, text):
        if name in self.extras:
            extra = self.extras[name]
            return _named(Person, text, self.actor) if extra.type == "person" and text else text
        column = self.known[name]
        if not column.choices and (fact := fields(self.kind.key).get(name)) and fact.options and not column.is_relation and text:
            options = fact.options(self.kind, self.actor, None, "")
            return next((o.value for o in options if text.casefold() in (str(o.value).casefold(), str(o.label).casefold())), text)
        if not isinstance(column, models.ForeignKey):
            return value_of(column, text, self.actor)
        key = (name, text.strip().casefold())
        if key not in self.named:  # a table names the same few rows again and again
            self.named[key] = value_of(column, text, self.actor)
        return self.named[key]

    def undo(self, number, outcome, version, before):
        """Take back what one row did, unless somebody worked on the record since."""
        record = self.kind.model.objects.visible_to(self.actor, self.kind.permission("see")).filter(number=number).first()
        if record is None or record.version != version:
            raise NotPossible(_("It was worked on since."))
        if outcome == "made":
            final = next((n for n in reversed(self.kind.lifecycle.states) if self.kind.lifecycle.states[n].phase == "final"), None)
            self._move(record, final)
        else:
            write.change(record, self.actor, needs=self.kind.permission("change"), event=f"{self.kind.key}.changed", data={"import": "undone"}, **before)


class Rows(Target):
    """Administered rows; one that has the same natural name is changed, another is made."""

    def __init__(self, declared, actor):
        self.one, self.actor = declared, actor
        self.known = {n: declared.model._meta.get_field(n) for n in declared.form}
        self.columns = {n: (str(c.verbose_name).capitalize(), {n, str(c.verbose_name)}) for n, c in self.known.items() if not isinstance(c, models.JSONField)}

    def put(self, values):
        given = {n: value_of(self.known[n], v, self.actor) for n, v in values.items()}
        if "organisation" in self.known and "organisation" not in given:
            shared = self.known["organisation"].null and self.actor.organisations(self.one.needs) is None  # empty, as in the form
            given["organisation"] = None if shared else Organisation.objects.get(pk=self.actor.organisation)
        named = {n: given.get(n) for n in self.one.natural}
        row = None
        if all(n in given for n in self.one.natural if not self.known.get(n) or not self.known[n].null):
            match = {f"{n}__iexact" if n == "email" else n: v for n, v in named.items()}
            row = self.one.model._default_manager.filter(**{k: v for k, v in match.items() if v is not None},
                                                          **{f"{k}__isnull": True for k, v in match.items() if v is None}).first()
        if row is None:
            made = write.save(self.one.model(), self.actor, **given, **(self.one.fresh() if self.one.fresh else {}))
            return "made", str(made.pk), made.version, {}
        before = {n: plain(getattr(row, self.known[n].attname)) for n in given}
        seen = row.version
        write.save(row, self.actor, **given)
        return ("same" if row.version == seen else "changed"), str(row.pk), row.version, before

    def undo(self, pk, outcome, version, before):
        row = self.one.model._default_manager.filter(pk=pk).first()
        if row is None or row.version != version:
            raise NotPossible(_("It was worked on since."))
        if outcome == "made":
            try:
                write.remove(row, self.actor)
            except models.ProtectedError:
                raise NotPossible(_("It is used by now.")) from None
        else:
            back = {n: self.known[n].remote_field.model._default_manager.filter(pk=v).first() if self.known[n].is_relation and v is not None
                    else self.known[n].to_python(v) for n, v in before.items()}
            write.save(row, self.actor, **back)


def _label(column, fact):
    return str(fact.label if fact else column.verbose_name).capitalize()


def value_of(column, text, actor):
    """A text of the table as the value of a column; ValidationError names the column."""
    text = text.strip() if not isinstance(column, models.TextField) else text
    if isinstance(column, models.ForeignKey):
        return _named(column.remote_field.model, text, actor, column.name) if text else None
    if column.choices and text:
        pairs = {str(v).casefold(): v for v, _l in column.flatchoices} | {str(label).casefold(): v for v, label in column.flatchoices}
        if (found := pairs.get(text.casefold())) is None:
            found = next((v for v, label in column.flatchoices if str(label).casefold().partition(", ")[2] == text.casefold()), None)
        if found is None:
            raise ValidationError({column.name: _("%(text)s is none of: %(known)s.") % {"text": text, "known": ", ".join(str(lab) for _v, lab in column.flatchoices)}})
        return found
    if isinstance(column, models.BooleanField):
        if text.casefold() not in YES:
            raise ValidationError({column.name: _("Write yes or no.")})
        return YES[text.casefold()]
    if isinstance(column, models.DateTimeField):
        return _instant(column, text)
    if isinstance(column, models.JSONField):
        return [t.strip() for t in text.split(",") if t.strip()]
    if text == "" and column.null:
        return None
    return column.get_default() if text == "" and column.has_default() else column.to_python(text)


def _instant(column, text):
    if not text:
        return None
    try:
        found = parse_datetime(text) or parse_date(text) or _with_dots(text)
    except ValueError:
        found = None
    if found is None:
        raise ValidationError({column.name: _("%s is no date. Write 2026-11-24, 2026-11-24 10:42 or 24.11.2026 10:42.") % text})
    found = column.to_python(found)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _with_dots(text):
    """24.11.2026 or 24.11.2026 10:42, as German tables have it; None for anything else."""
    for form in ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S"):
        try:
            return datetime.strptime(text.strip(), form)
        except ValueError:
            continue
    return None


def _named(model, text, actor, column="person"):
    """The row that a text names: a number, an e-mail address, a key, a path or a name, within the actor's reach."""
    names = {f.name for f in model._meta.fields}
    if issubclass(model, Record):
        found = model.objects.filter(number=text.upper()) | model.objects.filter(title__iexact=text, phase="standing")
    else:
        by = [n for n in ("email", "key", "path", "name", "label") if n in names]
        found = model._default_manager.none()
        for name in by:
            found = found or model._default_manager.filter(**{f"{name}__iexact": text})
    reached = [r for r in list(found[:20]) if actor.reaches(getattr(r, "organisation_id", r.pk if model is Organisation else None))]
    if len(reached) != 1:
        raise ValidationError({column: _("%(text)s: %(n)s fit.") % {"text": text, "n": len(reached) or _("none")}})
    return reached[0]
