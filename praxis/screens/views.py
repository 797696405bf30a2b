"""A handful of views serves every record of every kind; a practice adds none."""


from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from praxis.kernel import listen
from praxis.kernel.display import every_panel, fields, screens
from praxis.kernel.errors import Conflict, Refused
from praxis.lib.text import whole
from praxis.records import write
from praxis.records.overlays import fitted
from praxis.records.read import by_number, columns
from praxis.records.where import catalogue

from . import answers
from .access import access
from .asked import ALL, added_fields, added_sections, changed_since, choice, form_for, show, typed, untouched, value_of
from .draw import asked_by_script, fragment, html, macro, page, panel, slots
from .heads import head
from .list_pages import kind_of
from .lists import signs_of
from .panels import loaded, may_edit

JOINS = answers.JOINS


def record_of(request, number):
    """The record of this number if the actor may see it; else 404, as for one that does not exist."""
    record = by_number(number, request.actor, *JOINS, signs=True)
    if record is None:
        raise Http404
    return record


@require_GET
@access("desk.work")
def record_detail(request, number):
    record = record_of(request, number)
    if request.GET.get("as") == "preview":
        signs = signs_of(record.type, [record], request.actor)[record.pk]
        return fragment(request, "preview.j2", record=record, parts=slots(request, record, "preview")["preview"], kind=record.type,
                        marks=signs)
    parts = slots(request, record, "bar", "main", "dock", "rail")
    return page(request, "record.j2", parts=parts, layout=screens[record.kind].layout, section=record.kind,
                **head(record, request.actor))


@require_GET
@access("desk.work")
def record_panel(request, number, key):
    """One panel alone: a page for those without scripts, a fragment for live updates."""
    record = record_of(request, number)
    part = every_panel(record.kind).get(key)
    if part is None:
        raise Http404
    inner = panel(request, record, part, now=True)
    if asked_by_script(request):
        return HttpResponse(inner)
    return page(request, "alone.j2", kind=record.type, record=record, inner=inner, title=part.title, section=record.kind)


@require_http_methods(["GET", "POST"])
@access("desk.work")
def record_field(request, number, key):
    """Inline edit of any property: GET the editor, POST the value, get the new <dd> back."""
    record, by = record_of(request, number), request.actor
    fact = catalogue(record.type, by).get(key)
    if fact is None or not may_edit(fact, record, by) or fact.dialog:
        raise Http404
    status, clash, error = 200, None, ""
    if request.method == "POST":
        raw, seen = request.POST.get("value", ""), request.POST.get("version", "")
        try:
            with listen.collect() as events:
                set_field(fact, record, by, raw, whole(seen))
            return answers.after(request, record, events, field=fact)
        except Conflict as problem:
            clash, status = problem.event, 409
        except ValidationError as problem:
            error, status = " ".join(problem.messages), 422
        except Refused as problem:
            error, status = str(problem), 409
    typed = request.GET.get("q", "")[:80]
    options = fact.options(record.type, by, record, typed) if fact.options else None
    value = fact.value(record, loaded([fact], [record], by))
    context = {"record": record, "fact": fact, "value": value, "options": options, "typed": typed, "macro": macro, "clash": clash,
               "error": error, "mine": request.POST.get("value"), "kind": record.type}
    if asked_by_script(request):
        if "show" in request.GET:
            return HttpResponse(answers.value(request, record, fact))
        return fragment(request, "options.j2" if "q" in request.GET else "editor.j2", status, **context)
    return page(request, "editor_page.j2", status, section=record.kind, **context)


def set_field(fact, record, by, raw, seen):
    """Change one property from what was typed or chosen."""
    if fact.save:
        return fact.save(record, by, raw, seen)
    return write.change(record, by, seen=seen, **{fact.key: value_of(fact, record, raw)})


@require_http_methods(["GET", "POST"])
@access("desk.work")
def record_move(request, number, name):
    record = record_of(request, number)
    step = record.type.lifecycle.moves.get(name)
    step = step and fitted(record, step)
    if step is None:
        raise Http404
    return run(request, record, step, step.label, lambda v: write.move(record, request.actor, name, **v))


@require_http_methods(["GET", "POST"])
@access("desk.work")
def record_act(request, number, key):
    record = record_of(request, number)
    verb = record.type.verbs.get(key)
    if verb is None:
        raise Http404
    return run(request, record, verb, verb.label, lambda v: write.act(record, request.actor, key, **v))


def run(request, record, step, label, doing, after=None):
    """GET shows the dialog; POST checks, runs and answers with what became stale, or the dialog again (422, 409)."""
    posted = request.method == "POST"
    form = form_for(record, step, request.actor, request.POST if posted else None, request.FILES if posted else None, {} if posted else request.GET.dict())
    status = 200
    if posted:
        if extra := {name.removeprefix("initial-") for name in request.POST} - set(form.fields) - {"csrfmiddlewaretoken", "once"}:
            form.full_clean()
            form.add_error(None, _("This step does not take %s.") % ", ".join(sorted(extra)))
        status = 422
        if form.is_valid():
            changed_since(form, record, request.POST)
        if form.is_valid():
            try:
                same = untouched(form, step, request.POST)
                with listen.collect() as events:
                    made = once(request, lambda: doing({k: v for k, v in form.cleaned_data.items() if given(request, k) and k not in same}))
                return after(made, events) if after else done(request, record, made, events, getattr(step, "side", False))
            except ValidationError as problem:
                show(form, problem)
            except Refused as problem:
                form.add_error(None, str(problem))
                status = 403 if hasattr(problem, "permission") else 409
    context = {"record": record, "step": step, "label": label, "form": form, "url": request.path, "kind": record.type}
    if asked_by_script(request):
        if posted and getattr(step, "quiet", False):  # it has no dialog: say why beside the page, nothing typed is lost
            answer = fragment(request, "refused.j2", status, **context)
            answer["HX-Retarget"], answer["HX-Reswap"] = "#toasts", "beforeend"
            return answer
        return fragment(request, "dialog.j2", status, **context)
    return page(request, "dialog_page.j2", status, inner="ask.j2", title=label, section=record.kind, **context)


def given(request, name):
    return name in request.POST or name in request.FILES


def once(request, doing):
    """`doing()` once for this form, however often it is sent: the number of the record that came out of it."""
    key = request.POST.get("once", "")[:80]
    return write.once(key and f"{request.path}:{key}", request.actor, lambda: doing().number)


def done(request, record, number, events, side=False):
    """Another record came out of it: go there, or stay and name it where it was made beside the page; else what became stale."""
    if number and number != record.number:
        if side and asked_by_script(request):
            answer = answers.after(request, record, events)
            made = by_number(number, request.actor)
            if made is not None:
                answer.content += html(request, "made.j2", made=made).encode()
            return answer
        there = f"/r/{number}"
        return HttpResponse(headers={"HX-Redirect": there}) if asked_by_script(request) else answers.SeeOther(there)
    return answers.after(request, record, events)


@require_http_methods(["GET", "POST"])
@access("desk.work")
def record_new(request, key):
    """The form of a new record, from the sections that its kind declares."""
    kind = kind_of(request, key)
    if not request.actor.has(kind.permission("open")):
        raise Http404
    form = new_form(kind, request.actor, request.POST if request.method == "POST" else None)
    sections = [*screens[key].form, *added_sections(kind, request.actor)]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                values = {k: v for k, v in form.cleaned_data.items() if v not in (None, "")}
                return answers.SeeOther(f"/r/{once(request, lambda: write.open_record(kind, request.actor, **values))}")
            except ValidationError as problem:
                show(form, problem)
            except Refused as problem:
                form.add_error(None, str(problem))
                status = 403
    return page(request, "form.j2", status, kind=kind, form=form, sections=sections, section=key)


def new_form(kind, actor, data=None):
    """A Django form over the columns of the kind's sections; choices come from the catalogue of fields."""
    known, catalogue, made = columns(kind.model), fields(kind.key), {}
    for name in screens[kind.key].form_fields:
        column, fact = known[name], catalogue.get(name)
        if fact and fact.options:
            needed = not column.blank and not column.has_default()
            kinds = int if column.is_relation or "Integer" in type(column).__name__ else str
            made[name] = choice(column.verbose_name, fact.options(kind, actor, None, "")[:ALL], needed, kinds, rows=column.is_relation)
            made[name].initial = column.get_default()
        else:
            made[name] = typed(column.formfield())
            made[name].required = made[name].required and not column.has_default()  # what is left empty takes its default
    made |= added_fields(kind, actor)
    form = type("New", (forms.Form,), made)(data)
    form.use_required_attribute = False
    return form
