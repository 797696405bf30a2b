"""The team beside My work: who is here with how much, evening out, hand-over, absences of one's own."""

from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from praxis.abilities.staffing.models import MOST_OPEN, Absence, AssignmentRule, Handover
from praxis.abilities.staffing.read import HERE, presence
from praxis.kernel.errors import Refused
from praxis.kernel.now import now
from praxis.people.models import Membership, Person, Team
from praxis.records import write
from praxis.records.models import Record
from praxis.records.read import by_number, reach
from praxis.screens.access import access
from praxis.screens.answers import SeeOther
from praxis.screens.asked import show
from praxis.screens.draw import page

SOON, MOST_PEOPLE, MOST_MOVED, FRESH = timedelta(hours=2), 12, 5, timedelta(hours=24)


@dataclass(frozen=True)
class Load:
    """A colleague with the open work of the reader's groups; `share` is percent of what one may have open."""

    person: Person
    open: int
    risk: int
    share: int
    presence: object

    @property
    def tone(self):
        return "red" if self.share >= 100 else "amber" if self.share >= 80 else ""


def load_of(actor, at):
    """[Load] of the actor's teams, the members by name; kept for half a minute for this actor alone."""
    if not actor.teams:
        return []
    key = f"load:{actor.id}:{hash(actor.teams)}"
    if (found := cache.get(key)) is None:
        rows = Record.objects.open().filter(reach(actor), team__in=actor.teams, owner__isnull=False).order_by().values("owner")
        numbers = {r["owner"]: (r["n"], r["risk"]) for r in rows.annotate(n=Count("*"), risk=Count("pk", filter=Q(due_at__lt=at + SOON)))}
        people, mine = Person.objects.filter(teams__in=actor.teams, is_active=True).select_related("organisation"), actor.organisations()
        people = people if mine is None else people.filter(organisation__in=mine)
        people = list(people.distinct().order_by("name")[:MOST_PEOPLE])
        most = AssignmentRule.objects.filter(team__in=actor.teams).order_by("-most_open").values_list("most_open", flat=True).first() or MOST_OPEN
        here = presence(people, at)
        found = [Load(p, n, risk, min(100, round(100 * n / (most or 1))), here.get(p.pk, HERE)) for p in people for n, risk in [numbers.get(p.pk, (0, 0))]]
        cache.set(key, found, 30)
    return found


def proposal(actor, at, load=None):
    """(from, to, how many) that evens out the most between two colleagues, the receiver being here; None where it would not help."""
    load = load_of(actor, at) if load is None else load
    here = [one for one in load if one.presence.here]
    if not load or not here:
        return None
    most, least = max(load, key=lambda one: one.open), min(here, key=lambda one: (one.open, one.person.name))
    n = min(MOST_MOVED, (most.open - least.open) // 2)
    return (most.person, least.person, n) if n > 0 else None


def movable(actor, giver, most):
    """Open records of a colleague in the actor's groups that could go: not started first, then what is due last."""
    rows = Record.objects.open().filter(reach(actor, "change"), team__in=actor.teams, owner=giver).select_related("service")
    return sorted(rows.order_by(F("due_at").desc(nulls_first=True), "-pk")[:200], key=lambda r: r.stage.sign != "new")[:most]


@require_http_methods(["GET", "POST"])
@access("staffing.even")
def even_out(request):
    """What would move from whom to whom; a second click moves it, each record checked on its own."""
    actor, at = request.actor, now()
    if request.method == "GET":
        found = proposal(actor, at)
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
    cache.delete(f"load:{actor.id}:{hash(actor.teams)}")
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
