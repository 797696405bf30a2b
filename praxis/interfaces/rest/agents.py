"""Where GLPI agents send their inventories: the address of their setting `server`, with a token of Praxis as password or bearer."""

import base64
import binascii

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from praxis.estate.discovery import glpi, intake
from praxis.kernel.context import come_from
from praxis.people.actors import actor_of
from praxis.people.signin import token_of
from praxis.screens.access import TOKEN, access

AGAIN = 24  # hours until the agent reports again
NEEDS = ("item.open", "item.change")


def _answer(status, **more):
    answer = HttpResponse(msgspec.json.encode({"status": "ok" if status == 200 else "error", "expiration": AGAIN} | more), content_type="application/json", status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="Praxis"'
    return answer


def secret_of(request):
    """The token of a bearer, or the password of basic authentication, whatever the name before it."""
    way, _space, value = request.headers.get("Authorization", "").partition(" ")
    if way.lower() == "bearer":
        return value.strip()
    if way.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


@csrf_exempt
@require_http_methods(["POST"])
def inventory(request):
    """Take one inventory. 401 without a live token, 403 without the right to register items, 413 too large, 400 with the reason for what is no inventory."""
    row = token_of(secret_of(request)) if secret_of(request) else None
    if row is None:
        return _answer(401, message=_t("Give a token of Praxis as password."))
    actor = actor_of(row.person, None if "*" in row.scopes else row.scopes)
    if not all(actor.has(n) for n in NEEDS):
        return _answer(403, message=_t("This token may not register items."))
    timezone.activate(actor.zone)
    try:
        found = glpi.read(glpi.unpacked(request.body, request.headers.get("Content-Encoding", "")))
        if found.action in ("contact", "register"):
            return _answer(200)
        body = glpi.unpacked(request.body)
    except RequestDataTooBig:
        return _answer(413, message=_t("The inventory is too large."))
    except glpi.Bad as problem:
        return _answer(400, message=str(problem))
    with come_from(origin="rest"):
        outcome = intake.inventory(found.deviceid, body, row.person.organisation, actor)
    if outcome.what == "bad":
        return _answer(400, message=outcome.why)
    return _answer(200, outcome=outcome.what, number=outcome.number)


inventory = access(TOKEN)(inventory)
