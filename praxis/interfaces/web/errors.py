"""Failures as pages and as toasts: what happened, what is safe, what to do, and a reference."""

import logging

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.utils.translation import gettext as _

from praxis.kernel.errors import Conflict, Forbidden, NotPossible, takes_no_writes
from praxis.lib.conditions import BadCondition


def answer(request, status, heading, text, back="/"):
    """A page in the frame of the sign-in, a toast if a script asked, or a problem (RFC 9457) for a program."""
    if request.path.startswith("/api/v1/"):
        return JsonResponse({"type": "about:blank", "title": str(heading), "status": status, "detail": str(text)}, status=status,
                            content_type="application/problem+json")
    env = engines["jinja2"].env
    context = {"heading": heading, "text": text, "back": back, "reference": getattr(request, "id", ""), "status": status}
    if "HX-Request" in request.headers:
        html = env.get_template("web/toast.j2").render(context)
        return HttpResponse(html, status=status, headers={"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})
    return HttpResponse(env.get_template("web/error.j2").render(context), status=status)


def translated(request, problem):
    """An answer for what the writers refuse; None for anything unexpected."""
    match problem:
        case Forbidden():
            return forbidden(request)
        case Conflict() | NotPossible():
            return answer(request, 409, _("That is not possible now"), str(problem), request.path)
        case ValidationError():
            return answer(request, 422, _("Something is missing or wrong"), " ".join(problem.messages), request.path)
        case BadCondition():
            return answer(request, 400, _("This filter cannot be read"), str(problem))
        case DatabaseError() if takes_no_writes(problem):
            logging.getLogger("praxis").error("The database takes no writes: %s", problem)
            return answer(request, 503, _("Nothing can be saved just now"),
                          _("The database takes no writes: its disk may be full. What you typed is kept in your browser; try again later, and tell your operator."),
                          request.path)
    return None


def not_found(request, exception=None):
    return answer(request, 404, _("There is nothing here"), _("The address is wrong, or it belongs to something you may not see."))


def forbidden(request, exception=None):
    return answer(request, 403, _("You cannot do this"), _("Your roles do not include it. Your administrator can grant it."))


def only_looking(request):
    return answer(request, 403, _("You are only looking"), _("You see the pages as %s does. Nothing can be changed that way.") % request.person.name)


def bad_request(request, exception=None):
    return answer(request, 400, _("This request cannot be read"), _("Go back and try again."))


def failed(request):
    return answer(request, 500, _("This page did not load"),
                  _("The server answered with an error. Nothing you wrote is lost: what you typed is kept in your browser."))


def bad_token(request, reason=""):
    """A form without a valid token: the page is fetched anew, what was typed stays in the browser's drafts."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=403, headers={"HX-Refresh": "true"})
    return answer(request, 403, _("This form is too old"), _("Go back, load the page again and send it once more."), request.path)
