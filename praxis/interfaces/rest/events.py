"""Where monitoring reports: POST /api/events/alertmanager, grafana, zabbix, nagios, icinga or praxis, with a token that may report alerts."""

from hashlib import sha256
from time import monotonic

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.utils.translation import gettext as _t
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from praxis.abilities.alerts import store
from praxis.kernel.context import come_from
from praxis.kernel.now import now
from praxis.lib import signals
from praxis.people.actors import actor_of
from praxis.people.signin import token_of
from praxis.practices.monitoring.jobs import look
from praxis.screens.access import TOKEN, access

from .agents import secret_of

KEEP, MOST = 5, 200  # seconds for which a token is believed without being looked up, and how many are remembered: a storm asks a hundred times a second
_known: dict = {}


def forget():
    _known.clear()


def _home(secret):
    """The organisation that a token reports for, 0 if it may not report, None if it is none."""
    digest = sha256(secret.encode()).digest()
    at, found = _known.get(digest, (0, None))
    if monotonic() - at > KEEP:
        row = token_of(secret) if secret else None
        found = None
        if row is not None:
            actor = actor_of(row.person, None if "*" in row.scopes else row.scopes)
            found = row.person.organisation_id if actor.has("event.report") and actor.reaches(row.person.organisation_id, "event.report") else 0
        if len(_known) > MOST:
            _known.clear()
        _known[digest] = (monotonic(), found)
    return found


def _answer(status, **body):
    answer = HttpResponse(msgspec.json.encode(body), content_type="application/json", status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="Praxis"'
    return answer


@csrf_exempt
@require_http_methods(["POST"])
def report(request, shape):
    """Take one message. 401 without a live token, 403 without the right to report, 400 with what is expected, 404 for a shape that nobody knows."""
    if shape not in signals.SHAPES:
        return _answer(404, message=_t("Use one of: %s.") % ", ".join(signals.SHAPES))
    home = _home(secret_of(request))
    if home is None:
        return _answer(401, message=_t("Give a token of Praxis."))
    if home == 0:
        return _answer(403, message=_t("This token may not report alerts."))
    try:
        found = signals.read(shape, msgspec.json.decode(request.body), now())
    except RequestDataTooBig:
        return _answer(413, message=_t("The message is too large."))
    except (msgspec.DecodeError, signals.BadSignals, UnicodeDecodeError, RecursionError) as problem:
        return _answer(400, message=str(problem))
    with come_from(origin="rest"):
        taken = store.take(home, shape, found)
        if taken.changed:
            look.enqueue(home)
    return _answer(200, new=taken.new, repeated=taken.repeated, over=taken.over, again=taken.again, unknown=taken.unknown)


report = access(TOKEN)(report)
