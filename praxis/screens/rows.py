"""The administration: every declared kind of row gets a table, a form and its rules from one place."""

import yaml
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from praxis.kernel import lines
from praxis.kernel.display import rows
from praxis.kernel.errors import Conflict, Refused
from praxis.kernel.settings import declared
from praxis.lib.text import whole
from praxis.people.models import Organisation
from praxis.records import write
from praxis.records.models import Record
from praxis.records.read import reach as in_sight

from .access import access
from .answers import SeeOther
from .asked import show
from .draw import page

PLACES = {"organisation": _("Organisation"), "desk": _("Service desk"), "practices": _("Practices"), "platform": _("Platform")}
SIZE = 50
extra: list[tuple[str, str, str, str]] = []  # (place, label, address, permission) of pages that are no rows


def menu(actor):
    """[(heading, [(label, address)])] of what this actor may administer."""
    found = {key: [] for key in PLACES}
    for one in rows.values():
        if actor.has(one.needs):
            found[one.place].append((one.label, f"/admin/{one.key}"))
    for place, label, address, needs in extra:
        if actor.has(needs):
            found[place].append((label, address))
    return [(PLACES[key], items) for key, items in found.items() if items]


def reached(declared_rows, actor, queryset=None):
    """The rows that the actor may see: of the organisations in reach, and those that all share."""
    found = declared_rows.model._default_manager.all() if queryset is None else queryset
    reach = actor.organisations(declared_rows.needs)
    if not declared_rows.home or reach is None:
        return found
    return found.filter(Q(**{f"{declared_rows.home}__in": reach}) | Q(**{f"{declared_rows.home}__isnull": True}))


def of(request, key):
    """The declared rows of this key, if the actor may administer them; else 404."""
    found = rows.get(key)
    if found is None or not request.actor.has(found.needs):
        raise Http404
    return found


class Text(forms.CharField):
    """A structured column as the lines that people write: YAML, safely read."""

    widget = forms.Textarea

    def __init__(self, empty, **options):
        super().__init__(widget=forms.Textarea(attrs={"rows": 6, "class": "mono", "spellcheck": "false"}), **options)
        self.empty = empty

    def prepare_value(self, value):
        return value if isinstance(value, str) else "" if value in (None, {}, []) else as_text(value)

    def clean(self, value):
        text = super().clean(value)
        if not text.strip():
            return plain(self.empty())
        try:
            try:
                found = lines.read(text)
            except yaml.YAMLError:
                if not isinstance(self.empty(), list):
                    raise
                found = None
            if isinstance(self.empty(), list) and not isinstance(found, list):  # an entry a line, without the dash of a list
                found = [lines.read(line) for line in text.splitlines() if line.strip()]
        except yaml.YAMLError:
            raise ValidationError(_t("This cannot be read. Write a line for each entry, such as key: value.")) from None
        return plain(found)


def as_text(value):
    """A line for each entry; a list or table within an entry stays on its line."""
    parts = value.values() if isinstance(value, dict) else value
    nested = any(isinstance(part, (dict, list)) for part in parts)
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=None if nested else False, width=120)


def plain(value):
    """What YAML reads as JSON keeps it: keys and dates as text."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


class Pick(forms.ModelChoiceField):
    """A row to choose; people with their e-mail, since names repeat."""

    def label_from_instance(self, row):
        return f"{row.name}, {row.email}" if hasattr(row, "email") else super().label_from_instance(row)


def form_of(declared_rows, actor, row, data=None, initial=None):
    """A Django form over the declared columns; foreign keys offer what the actor reaches."""
    made = {}
    for name in declared_rows.form:
        column = declared_rows.model._meta.get_field(name)
        hint = declared_rows.hints.get(name, "")
        if isinstance(column, models.JSONField):
            made[name] = Text(column.get_default if column.has_default() else dict, required=not column.blank, label=_label(column))
        elif isinstance(column, models.ForeignKey):
            made[name] = Pick(choices_of(column, actor, declared_rows.needs), required=not column.null, label=_label(column))
        else:
            made[name] = column.formfield(label=_label(column))
            if isinstance(made[name], forms.DateTimeField):
                made[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        made[name].help_text = hint
    values = {n: getattr(row, n) for n in declared_rows.form} if row.pk else {
        n: declared_rows.model._meta.get_field(n).get_default() for n in declared_rows.form} | (initial or {})
    form = type("RowForm", (forms.Form,), made)(data, initial=values)
    form.use_required_attribute = False
    return form


def _label(column):
    return str(column.verbose_name).replace("_", " ").capitalize()


def choices_of(column, actor, needs):
    """The rows that a foreign key may name, as far as the actor holds the permission of this page."""
    model, reach = column.remote_field.model, actor.organisations(needs)
    found = model._default_manager.complex_filter(column.get_limit_choices_to())
    if issubclass(model, Record):
        found = found.filter(in_sight(actor))
    if reach is not None and model is Organisation:
        found = found.filter(pk__in=reach)
    elif reach is not None and any(f.name == "organisation" for f in model._meta.fields):
        found = found.filter(Q(organisation__in=reach) | Q(organisation=None))
    if any(f.name == "is_active" for f in model._meta.fields):
        found = found.filter(is_active=True)
    return found.order_by("name") if any(f.name == "name" for f in model._meta.fields) else found


@require_GET
@access("desk.work")
def start(request):
    """All pages, and every setting that the words above fit (settings found by search)."""
    if not (found := menu(request.actor)):
        raise Http404
    typed = request.GET.get("q", "").strip()[:80]
    return page(request, "admin/start.j2", section="admin", menu=found, typed=typed, hits=search(request.actor, typed) if typed else [], here="")


def search(actor, typed):
    """[(label, where, address)] of pages, columns and settings whose words hold what was typed."""
    words, hits = typed.casefold().split(), []
    for heading, items in menu(actor):
        hits += [(label, heading, address) for label, address in items]
    for one in rows.values():
        if actor.has(one.needs):
            hits += [(_label(one.model._meta.get_field(n)), one.label, f"/admin/{one.key}") for n in one.form]
    if actor.has("admin.settings"):
        hits += [(s.label, s.key, f"/admin/settings?q={s.key}") for s in declared.values()]
    return [h for h in hits if all(w in f"{h[0]} {h[1]}".casefold() for w in words)][:40]


@require_GET
@access("desk.work")
def table(request, key):
    """The rows of one kind, searched and cut into pages."""
    one, typed = of(request, key), request.GET.get("q", "").strip()[:80]
    found = reached(one, request.actor).select_related(*one.joins).order_by(*one.order, "pk")
    for word in typed.split():
        found = found.filter(Q(*[(f"{c}__icontains", word) for c in one.find], _connector=Q.OR))
    chosen = {n: v for n in one.filters if (v := whole(request.GET.get(n, "")))}
    found = found.filter(**chosen)
    number = max(1, min(1000, whole(request.GET.get("page", "1")) or 1))
    cut = list(found[(number - 1) * SIZE : number * SIZE + 1])
    columns = [one.model._meta.get_field(c) for c in one.columns]
    return page(request, "admin/table.j2", section="admin", menu=menu(request.actor), here=f"/admin/{key}", one=one, typed=typed, chosen=chosen,
                heads=[_label(c) for c in columns], rows=[(r, [cell(r, c) for c in columns]) for r in cut[:SIZE]], more=len(cut) > SIZE, number=number)


def cell(row, column):
    """A value of a row as words."""
    value = getattr(row, column.name)
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return {True: _t("Yes"), False: _t("No"), None: ""}.get(value, value) if isinstance(value, (bool, type(None))) else value


@require_http_methods(["GET", "POST"])
@access("desk.work")
def edit(request, key, pk=None):
    """The form of one row, new or known; a stale form is answered with what stands there now."""
    one, by = of(request, key), request.actor
    row = one.model() if pk is None else reached(one, by).filter(pk=pk).first()
    if row is None:
        raise Http404
    seen = whole(request.POST.get("version", ""))
    initial = {n: request.GET[n] for n in one.filters if n in request.GET}
    form, status = form_of(one, by, row, request.POST if request.method == "POST" else None, initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data | (one.fresh() if one.fresh and pk is None else {})
            try:
                write.save(row, by, seen=seen if pk else None, **values)
                return SeeOther(f"/admin/{key}" + (f"?{'&'.join(f'{k}={v}' for k, v in initial.items())}" if initial else ""))
            except ValidationError as problem:
                show(form, problem)
            except IntegrityError:
                form.add_error(None, _t("There is one like this already."))
            except Conflict:
                form.add_error(None, _t("Somebody else changed this in the meantime. Open it again to see what it says now; what you typed is still here."))
                status = 409
            except Refused as problem:
                form.add_error(None, str(problem))
                status = 403
    return page(request, "admin/row.j2", status, section="admin", menu=menu(by), here=f"/admin/{key}", one=one, row=row, form=form, seen=seen or row.version,
                links=[(label, address.format(pk=row.pk)) for label, address in one.links] if row.pk else [])


@require_http_methods(["GET", "POST"])
@access("desk.work")
def remove(request, key, pk):
    """Asks, and removes a row that nothing needs any more; its last values stay in the log."""
    one, by = of(request, key), request.actor
    row, error, status = reached(one, by).filter(pk=pk).first(), "", 200
    if row is None or not one.removable:
        raise Http404
    if request.method == "POST":
        try:
            write.remove(row, by)
            return SeeOther(f"/admin/{key}")
        except (models.ProtectedError, models.RestrictedError):
            error, status = _t("It is still used: records name it. Make it inactive instead, or change them first."), 409
        except Refused as problem:
            error, status = str(problem), 403
    return page(request, "admin/remove.j2", status, section="admin", menu=menu(by), here=f"/admin/{key}", one=one, row=row, error=error)
