"""A new incident in one line, for somebody on the phone (SDK-02)."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from praxis.kernel.errors import Refused
from praxis.lib.text import whole
from praxis.people.models import Person
from praxis.records import write
from praxis.records.fields import ours, services, teams
from praxis.records.priorities import Level
from praxis.screens.answers import SeeOther
from praxis.screens.asked import added_fields, choice, show
from praxis.screens.draw import asked_by_script, fragment, page
from praxis.screens.pages import page as route

from . import alike
from .kind import INCIDENT
from .models import CLOSE_CODES, Channel, Incident, IncidentTemplate

FOUND = 8


def callers(typed, actor):
    """People whose name, telephone or e-mail holds what was typed, of the organisations in reach."""
    rows = Person.objects.filter(is_active=True).select_related("site", "organisation")
    reach = actor.organisations()
    if reach is not None:
        rows = rows.filter(organisation__in=reach)
    return list(rows.filter(Q(name__icontains=typed) | Q(phone__icontains=typed) | Q(email__istartswith=typed)).order_by("name")[:FOUND])


def card_of(person, actor):
    """What helps to answer a caller: site, department and the last five incidents."""
    last = Incident.objects.visible_to(actor, "incident.see").filter(requester=person).order_by("-updated_at")[:5]
    return {"person": person, "last": list(last)}


def templates(actor):
    """Templates of incidents that all share, and those of organisations in reach."""
    return ours(IncidentTemplate.objects.filter(is_active=True), actor, None).order_by("label")


def _form(actor, person, data=None, template=None):
    made = {
        "title": forms.CharField(label=_("What is wrong"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True})),
        "description": forms.CharField(label=_("More words"), required=False, widget=forms.Textarea(attrs={"rows": 3})),
        "service": choice(_("Service"), services(INCIDENT, actor, None, ""), False, int, rows=True),
        "team": choice(_("Group"), teams(INCIDENT, actor, None, ""), False, int, rows=True),
        "impact": choice(_("Who is hit"), [(1, _("Everyone, a site, or a critical service")), (2, _("Several people")), (3, _("One person"))], True, int),
        "urgency": choice(_("Can they work"), [(1, _("No, and there is no way round")), (2, _("Slowly, or with a way round")), (3, _("It can wait"))], True, int),
        "channel": choice(_("How it came"), Channel.choices, True),
        "close_code": choice(_("Closure code"), list(CLOSE_CODES(actor.organisation).items()), False),
        "solution": forms.CharField(label=_("Solution, if you solved it now"), required=False, widget=forms.Textarea(attrs={"rows": 2})),
    }
    made |= added_fields(INCIDENT, actor)
    first = {"impact": Level.LOW, "urgency": Level.MEDIUM, "channel": "phone", "team": actor.teams[0] if actor.teams else None}
    if template:
        first |= {"title": template.title, "description": template.description, "impact": template.impact, "urgency": template.urgency}
        first |= {"team": template.team_id} if template.team_id else {}
    form = type("Line", (forms.Form,), made)(data, initial=first)
    form.use_required_attribute = False
    return form


@route("incidents/new", "incident_new", "incident.assign")
@require_http_methods(["GET", "POST"])
def new(request):
    actor, data = request.actor, request.POST if request.method == "POST" else None
    typed = request.GET.get("caller", "").strip()[:80]
    chosen = (data or request.GET).get("person", "")
    person = _person(chosen, actor)
    found = callers(typed, actor) if typed and not person else []
    if asked_by_script(request) and "caller" in request.GET:
        return fragment(request, "incident/callers.j2", found=found, typed=typed)
    if len(found) == 1:
        return SeeOther(f"/incidents/new?person={found[0].pk}")  # Enter takes the only one that fits
    known = list(templates(actor)) if person else []
    template = next((t for t in known if t.pk == whole((data or request.GET).get("template", ""))), None)
    form, status = _form(actor, person, data, template), 200
    if data is not None:
        status = 422
        if person is None:
            form.add_error(None, _("Choose who calls."))
        elif form.is_valid():
            try:
                return SeeOther(f"/r/{write.once(data.get('once', '')[:80], actor, lambda: _open(actor, person, form, data, template))}")
            except ValidationError as problem:
                show(form, problem)
            except Refused as problem:
                form.add_error(None, str(problem))
    return page(request, "incident/new.j2", status, form=form, typed=typed, found=found, section="incident",
                card=card_of(person, actor) if person else None, templates=known, template=template)


@route("incidents/alike", "incident_alike", "incident.assign")
@require_GET
def similar(request):
    """While somebody types: open incidents that may be the same, solved ones, for the person who calls."""
    text, actor = request.GET.get("title", "").strip()[:200], request.actor
    person = _person(request.GET.get("person", ""), actor)
    home = person.organisation_id if person else actor.organisation
    same, solved = alike.find(text, actor, home, service=whole(request.GET.get("service", "")), site=person.site_id if person else None) if len(text) > 3 else ((), ())
    return fragment(request, "incident/typed.j2", same=same, solved=solved, typed=text)


def _open(actor, person, form, data, template):
    values = {k: v for k, v in form.cleaned_data.items() if v not in (None, "") and k not in ("close_code", "solution")}
    if person.site_id:
        values["site"] = person.site_id
    if template and template.category_id:
        values["category"] = template.category_id
    incident = write.open_record(INCIDENT, actor, requester=person, **values)
    if template and template.tasks_id and "add_tasks" in INCIDENT.verbs and actor.has("task.open"):
        write.act(incident, actor, "add_tasks", template=template.tasks_id)
    if "solve" in data:
        write.act(incident, actor, "take")
        write.move(incident, actor, "resolve", close_code=form.cleaned_data["close_code"] or "solved",
                   solution=form.cleaned_data["solution"])
    return incident.number


def _person(pk, actor):
    person = Person.objects.select_related("site", "organisation").filter(pk=whole(pk), is_active=True).first()
    return person if person and actor.reaches(person.organisation_id) else None
