"""The dialog of a move or verb: fields from the declaration, values back as Python."""

import json
from inspect import signature

from django import forms
from django.db.models import BooleanField
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Section, fields
from praxis.kernel.lifecycle import Move
from praxis.lib.text import whole
from praxis.records import extras
from praxis.records.fields import colleagues, people, teams
from praxis.records.read import columns

ALL = 500  # options of a select
CHOOSE = {"person": colleagues, "team": teams}


class Files(forms.FileField):
    """Any number of uploads."""

    widget = type("FilesInput", (forms.ClearableFileInput,), {"allow_multiple_selected": True})

    def clean(self, data, initial=None):
        return [super(Files, self).clean(d, initial) for d in data] if isinstance(data, list) else []


def form_for(record, step, actor, data=None, files=None, first=None):
    """Moves ask for columns, verbs for their arguments; both become one Django form, drawn by ui.field. `first` is what a link fills in already."""
    made = _of_move(record, step, actor) if isinstance(step, Move) else _of_verb(record, step, actor)
    copied = step.first(record, actor) if data is None and getattr(step, "first", None) else {}
    kept = _initial(record, made)
    for name in kept if not isinstance(step, Move) else ():
        made[name].show_hidden_initial = True  # what the form began with comes back, so that nobody's words are written over unseen
    initial = _usual(step) | kept | copied | {n: v for n, v in (first or {}).items() if n in made}  # before Django takes the fields out of the dictionary
    form = type("Asked", (forms.Form,), made)(data, files, initial=initial)
    form.use_required_attribute = False
    return form


def changed_since(form, record, posted):
    """Add an error beside each text that somebody else changed after the form was opened; what was typed stays in it."""
    now_there = _initial(record, form.fields)
    for name in [n for n in form.changed_data if f"initial-{n}" in posted and n in now_there]:
        began, there = (str(v if v is not None else "").replace("\r\n", "\n").strip() for v in (posted[f"initial-{name}"], now_there[name]))
        if began != there:
            form.add_error(name, _("Somebody changed this since you opened it. It says now: %s") % (there or "–"))


def untouched(form, step, posted):
    """Names of what the form began with and nobody changed in it, where the verb can do without."""
    if isinstance(step, Move):
        return set()
    return {n for n in form.fields if f"initial-{n}" in posted and n not in form.changed_data and not step.arguments[n][2]}


def _usual(step):
    """What a verb takes where nothing is said: the form begins with it."""
    if isinstance(step, Move):
        return {}
    return {n: p.default for n, p in signature(step.run).parameters.items() if p.default not in (p.empty, None, "", False)}


def _initial(record, made):
    known = columns(type(record))
    found = {n: getattr(record, known[n].attname) for n in made if n in known}
    found = {n: ", ".join(map(str, v)) if isinstance(v, list) else v for n, v in found.items()}
    if "closing_category" in made and not found.get("closing_category"):
        found["closing_category"] = getattr(record, "category_id", None)
    return found


def _of_move(record, step, actor):
    catalogue, known, made = fields(record.kind), columns(type(record)), {}
    for name in step.ask:
        column, fact, needed = known[name], catalogue.get(name), name not in step.optional
        if fact and fact.options:
            made[name] = choice(column.verbose_name, fact.options(record.type, actor, record, ""), needed, rows=column.is_relation)
        else:
            made[name] = typed(column.formfield(required=needed and not isinstance(column, BooleanField), label=column.verbose_name.capitalize()))
            if isinstance(made[name].widget, forms.Textarea):
                made[name].widget.attrs["rows"] = 4
    return made


def typed(field):
    """A form field whose days and times are picked and not typed."""
    if isinstance(field, forms.DateTimeField):
        field.widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    elif isinstance(field, forms.DateField):
        field.widget = WIDGETS["date"]()
    return field


def _of_verb(record, step, actor):
    made = {}
    for name, (kind, ask, needed) in step.arguments.items():
        label = ask.label if ask else name.capitalize()
        hint = ask.hint if ask else ""
        if ask and ask.options:
            made[name] = choice(label, ask.options(record, actor), needed, kind)
        elif ask and ask.kind in CHOOSE:
            made[name] = choice(label, CHOOSE[ask.kind](record.type, actor, record if ask.kind == "team" else None, "", ALL), needed, int, rows=True)
        elif ask and ask.kind == "date":
            made[name] = forms.CharField(required=needed, label=label, widget=forms.DateInput({"type": "date"}))
        elif ask and ask.kind == "time":
            made[name] = forms.CharField(required=needed, label=label, widget=WIDGETS["time"]())
        elif ask and ask.kind == "files":
            made[name] = Files(required=False, label=label)
        elif kind is bool:
            made[name] = forms.BooleanField(required=False, label=label)
        elif kind is int:
            made[name] = forms.IntegerField(required=needed, label=label)
        else:
            widget = forms.Textarea(attrs={"rows": ask.lines}) if ask and ask.lines > 1 else forms.TextInput
            made[name] = forms.CharField(required=needed, label=label, widget=widget, strip=False)
        made[name].help_text = hint
    return made


class Choice(forms.TypedChoiceField):
    """A select; of rows in the database it may show only some, and the writers check what is posted against what is in reach."""

    rows = False

    def valid_value(self, value):
        return super().valid_value(value) or self.rows and whole(str(value)) is not None


def choice(label, options, needed, kind=str, rows=False):
    """A select of Options or (value, label) pairs."""
    pairs = [(o.value, o.label) if hasattr(o, "value") else o for o in options]
    made = Choice(choices=[("", _("Choose…") if needed else "—"), *pairs], required=needed, coerce=kind,
                                  empty_value=None if kind is int else "", label=str(label).capitalize())
    made.rows = rows
    return made


def value_of(fact, record, raw):
    """What was typed into an inline editor, as Python; ValidationError for what is none."""
    column = columns(type(record))[fact.key]
    if column.is_relation:
        return raw or None
    if column.null and raw == "":
        return None
    return column.formfield(required=not column.blank).clean(raw) if not column.choices else column.to_python(raw)


WIDGETS = {"lines": forms.Textarea, "date": lambda attrs=None: forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
           "time": lambda attrs=None: forms.DateTimeInput({"type": "datetime-local"})}


def added_fields(kind, actor, portal=False):
    """{x_key: form field} of the fields that the actor's organisation added to a kind; checked by the writer, not here."""
    made = {}
    for name, extra in extras.of(kind.key, actor.organisation).items():
        if portal and not extra.portal:
            continue
        needed = extra.required and extra.when is None
        if extra.type in ("choice", "yes", "person", "team"):
            pairs = {"choice": [(o, o) for o in extra.options], "yes": [("yes", _("Yes")), ("no", _("No"))],
                     "person": people(kind, actor, None, ""), "team": teams(kind, actor, None, "")}[extra.type]
            made[name] = choice(extra.label, pairs, needed, rows=extra.type in ("person", "team"))
        elif extra.type == "many":
            made[name] = forms.MultipleChoiceField(choices=[(o, o) for o in extra.options], required=needed, label=extra.label,
                                                   widget=forms.SelectMultiple(attrs={"size": min(6, len(extra.options))}))
        else:
            made[name] = forms.CharField(required=needed, label=extra.label, max_length=10_000, widget=WIDGETS.get(extra.type, forms.TextInput)())
        made[name].help_text = extra.hint
        if extra.asked:
            made[name].widget.attrs["data-when"] = json.dumps(extra.asked)
    return made


def added_sections(kind, actor):
    """Headings of the added fields in a form, in the order in which they are declared."""
    found = {}
    for name, extra in extras.of(kind.key, actor.organisation).items():
        found.setdefault(extra.section or _("More facts"), []).append(name)
    return [Section(title, *names) for title, names in found.items()]


def show(form, problem):
    """The errors of a write beside the fields they belong to."""
    for name, messages in getattr(problem, "message_dict", {"__all__": problem.messages}).items():
        form.add_error(name if name in form.fields else None, messages)
