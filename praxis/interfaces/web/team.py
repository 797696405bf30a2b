"""The team beside My work: evening out, hand-over, absences of one's own."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from praxis.abilities.staffing.load import forget, load_of, movable, proposal
from praxis.abilities.staffing.models import Absence, Handover
from praxis.kernel.errors import Refused
from praxis.kernel.now import now
from praxis.people.models import Membership, Person, Team
from praxis.records import write
from praxis.records.read import by_number
from praxis.screens.access import access
from praxis.screens.answers import SeeOther
from praxis.screens.asked import show
from praxis.screens.draw import page

FRESH = timedelta(hours=24)


@require_http_methods(["GET", "POST"])
@access("staffing.even")
def even_out(request):
    """What would move from whom to whom; a second click moves it, each record checked on its own."""
    actor = request.actor
    if request.method == "GET":
        found = proposal(load_of(actor, now()))
        if found is None:
            return page(request, "note_page.j2", title=_("Even out"), text=_("The work of your groups is even enough already."), back="/", section="home")
        giver, taker, n = found
        return page(request, "web/even_out.j2", giver=giver, taker=taker, n=n, records=movable(actor, giver.pk, max(n * 2, 6)), section="home")
    members = Person.objects.filter(teams__in=actor.teams, is_active=True).distinct()
    taker = members.filter(pk=request.POST.get("to") if request.POST.get("to", "").isdecimal() else 0).first()
    if taker is None or not actor.reaches(taker.organisation_id):
        raise Http404
    refused = {}
    for number in request.POST.getlist("pick")[:50]:
        record = by_number(number, actor)
        if record is None or record.team_id not in actor.teams:
            continue
        try:
            write.change(record, actor, owner=taker.pk)
        except (Refused, ValidationError) as problem:
            refused[number] = " ".join(getattr(problem, "messages", [str(problem)]))
    forget(actor)
    if refused:
        return page(request, "note_page.j2", 409, title=_("Even out"), back="/", section="home", text="; ".join(f"{n}: {why}" for n, why in refused.items()))
    return SeeOther("/")


def newest(actor, at):
    """The newest hand-over of the last day in the actor's groups, or None."""
    if not actor.teams:
        return None
    return Handover.objects.filter(team__in=actor.teams, at__gt=at - FRESH).select_related("author", "team").order_by("-at").first()


@require_POST
@access("staffing.handover")
def hand_over(request):
    """A few lines for the next shift of one of one's own groups."""
    actor, text = request.actor, request.POST.get("text", "").strip()
    team = Team.objects.filter(pk__in=actor.teams, pk=request.POST.get("team") if request.POST.get("team", "").isdecimal() else 0).first()
    if team is None or not text or len(text) > 4000:
        return page(request, "note_page.j2", 422, title=_("Hand-over"), back="/", section="home",
                    text=_("Choose one of your groups and write between 1 and 4,000 letters."))
    write.save(Handover(), actor, team=team, author_id=actor.id, text=text, at=now())
    return SeeOther("/")


@require_http_methods(["GET", "POST"])
@access("desk.work")
def away(request):
    """One's own absence, with who covers it; colleagues of one's groups can cover."""
    actor = request.actor
    colleagues = Person.objects.filter(pk__in=Membership.objects.filter(team__in=actor.teams).values("person"), is_active=True).exclude(pk=actor.id).order_by("name")
    made = {"starts_at": forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})),
            "ends_at": forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})),
            "substitute": forms.ModelChoiceField(colleagues, required=False, label=_("Covered by")),
            "note": forms.CharField(label=_("Note"), required=False, max_length=120)}
    form = type("Away", (forms.Form,), made)(request.POST if request.method == "POST" else None)
    form.use_required_attribute = False
    status = 200
    if request.method == "POST":
        status = 422
        if gone := request.POST.get("end"):
            row = Absence.objects.filter(person=actor.id, pk=gone if gone.isdecimal() else 0).first()
            if row:
                write.save(row, actor, needs="desk.work", ends_at=max(now(), row.starts_at + timedelta(minutes=1)))
            return SeeOther("/away")
        if form.is_valid():
            try:
                write.save(Absence(), actor, needs="desk.work", person_id=actor.id, **form.cleaned_data)
                return SeeOther("/away")
            except ValidationError as problem:
                show(form, problem)
    mine = Absence.objects.filter(person=actor.id, ends_at__gt=now()).select_related("substitute").order_by("starts_at")
    return page(request, "web/away.j2", status, form=form, absences=mine, section="home")
