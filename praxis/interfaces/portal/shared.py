"""What others have reported already: known outages and known errors, so that nobody writes the same again but says that it hits them too (INC-07, INC-17)."""

from django.http import Http404
from django.views.decorators.http import require_GET, require_POST

from praxis.kernel.actors import system
from praxis.lib import likeness
from praxis.people.models import Person
from praxis.practices.incident.models import Affected, Incident
from praxis.practices.incident.together import join
from praxis.practices.problem.models import Problem
from praxis.screens.access import SIGNED_IN, access
from praxis.screens.answers import SeeOther
from praxis.screens.draw import fragment

SHOWN, LEAST = 4, 0.1


def open_ones(person):
    """Incidents of the person's organisation that everybody may read of, those of the own site first."""
    rows = list(Incident.objects.open().filter(organisation=person.organisation_id, restricted=False).exclude(public_words="").order_by("-opened_at")[:20])
    return sorted(rows, key=lambda r: r.site_id not in (None, person.site_id))


def known_ones(person, text):
    """Known errors that are published for everybody and like the text: (problem, likeness)."""
    own = likeness.words(text)
    if not own:
        return []
    rows = [p for p in Problem.objects.filter(known_at__isnull=False, in_portal=True, organisation=person.organisation_id, restricted=False).order_by("-known_at")[:200] if p.is_known and p.workaround]
    texts = {p.pk: likeness.words(f"{p.title} {p.symptoms}") for p in rows}
    weights = likeness.Weights([*texts.values(), own])
    found = [(p, likeness.alike(own, texts[p.pk], weights)) for p in rows]
    return sorted((f for f in found if f[1] >= LEAST), key=lambda f: -f[1])[:SHOWN]


def mine(person):
    """Open incidents that this person said to be hit by."""
    return list(Incident.objects.filter(affected__person=person.pk, organisation=person.organisation_id).exclude(public_words="").exclude(phase="final").order_by("-updated_at")[:20])


@require_GET
@access(SIGNED_IN)
def alike(request):
    """While somebody types what is wrong: what is known already, with a workaround, or with one click instead of a report."""
    text, person = request.GET.get("title", "").strip()[:200], request.person
    own = likeness.words(text)
    rows = open_ones(person)
    texts = {r.pk: likeness.words(r.public_words) for r in rows}
    weights = likeness.Weights([*texts.values(), own])
    scored = sorted(((likeness.alike(own, texts[r.pk], weights), r) for r in rows), key=lambda f: (-f[0], -f[1].pk)) if own else []
    shared = [r for score, r in scored if score >= LEAST][:SHOWN]
    joined = set(Affected.objects.filter(person=person.pk, incident__in=shared).values_list("incident", flat=True))
    return fragment(request, "portal/alike.j2", shared=shared, joined=joined, known=known_ones(person, text) if len(text) > 3 else [])


@require_POST
@access(SIGNED_IN)
def too(request, number):
    """It affects me too."""
    person = Person.objects.get(pk=request.person.pk)
    incident = next((r for r in open_ones(person) if r.number == number), None)
    if incident is None:
        raise Http404
    if incident.requester_id != person.pk:
        join(incident, [person], system(person.name, person.organisation_id))
    return SeeOther("/my")
