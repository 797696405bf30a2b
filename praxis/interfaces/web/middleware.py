"""What surrounds every request: headers, the person who asks, and the refusal of what declares no access."""

from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from praxis.kernel.actors import Actor
from praxis.kernel.context import come_from
from praxis.people.actors import actor_of
from praxis.people.models import Person
from praxis.people.sessions import person_of
from praxis.screens.access import PUBLIC, SIGNED_IN, TOKEN

from . import errors

NOBODY = Actor(None, "")


def address_of(request):
    """The client's address: the peer's, or what a configured proxy says of it."""
    peer, told = request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", "")
    return told.split(",")[-1].strip()[:45] if told and peer in settings.PROXIES else peer


class Headers:
    """What Django's own security middleware lacks: the content policy, no framing, no keeping; and a request id."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def __call__(self, request):
        request.id = uuid4().hex[:12]
        request.address = address_of(request)
        request.person, request.actor = None, NOBODY  # until the session is read; error pages need them
        with come_from(origin="ui", request=request.id), timezone.override("UTC"):
            answer = self.get_response(request)
        answer.setdefault("Content-Security-Policy", self.policy)
        answer.setdefault("X-Frame-Options", "DENY")
        if not request.path.startswith("/static/"):
            answer.setdefault("Cache-Control", "private, no-store")
        answer["X-Request-Id"] = request.id
        return answer


def seen_by(request):
    """The person of the session, or the one whose eyes an administrator looks with (`request.viewer` is then the administrator)."""
    person = person_of(request.session)
    if person is not None and (chosen := request.session.get("as")):
        other = Person.objects.select_related("organisation").filter(pk=chosen, is_active=True).first()
        if other is not None and actor_of(person).reaches(other.organisation_id, "people.manage") and actor_of(person).has("people.manage"):
            request.viewer = person
            return other
    return person


class People:
    """`request.person` and `request.actor`, read from the session when somebody asks for them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.viewer = None  # until the session is read
        request.user = request.person = SimpleLazyObject(lambda: seen_by(request) or AnonymousUser())
        request.actor = SimpleLazyObject(lambda: actor_of(request.person) if request.person.pk else NOBODY)
        return self.get_response(request)


class Access:
    """Deny by default: a view says who may open it, or nobody may."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        needs = getattr(view, "access", None)
        if needs is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} declares no access.")
        if any("\x00" in text for values in request.GET.lists() for text in (values[0], *values[1])):
            return errors.bad_request(request)  # no text has it, and PostgreSQL refuses it
        if needs in (PUBLIC, TOKEN):
            return None
        if not request.person.pk:
            return sign_in_first(request)
        timezone.activate(request.actor.zone)
        if request.viewer and view.__name__ not in ("end_as", "sign_out") and (request.method not in ("GET", "HEAD") or view.__name__ == "account"):
            return errors.only_looking(request)
        if needs == SIGNED_IN or request.actor.has(needs):
            return None
        if needs == "desk.work" and request.method == "GET":
            return redirect("/my")
        return errors.forbidden(request)

    def process_exception(self, request, problem):
        return errors.translated(request, problem)


def sign_in_first(request):
    """To the sign-in page and back; a script is told to go there."""
    there = f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else settings.LOGIN_URL
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": settings.LOGIN_URL})
    return redirect(there)
