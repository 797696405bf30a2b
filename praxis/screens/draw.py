"""From declarations to HTML: macros, panels, fragments, pages."""

from functools import cache

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template import engines
from markupsafe import Markup

from praxis.kernel.display import fields, panels

from .shell import shell


@cache
def env():
    return engines["jinja2"].env


@cache
def macro(name):
    """"state" is a macro of ui.j2, "incident/marks.j2:vip" one of a practice or an ability."""
    file, _, name = name.rpartition(":")
    return getattr(env().get_template(file or "ui.j2").module, name)


def csrf(request):
    """The token for forms, once a request: each call would mask it anew."""
    if not hasattr(request, "csrf_token_drawn"):
        request.csrf_token_drawn = get_token(request)
    return request.csrf_token_drawn


def html(request, name, /, **context):
    """A template as HTML, with the actor and the token of this request."""
    return Markup(env().get_template(name).render(by=request.actor, csrf=csrf(request), request=request, **context))


def page(request, name, status=200, **context):
    """A whole page inside the workspace."""
    answer = HttpResponse(html(request, name, shell=shell(request), **context), status=status)
    answer["Vary"] = "HX-Request, Cookie"
    return answer


def fragment(request, name, status=200, **context):
    answer = HttpResponse(html(request, name, **context), status=status)
    answer["Vary"] = "HX-Request, Cookie"
    return answer


def asked_by_script(request):
    return "HX-Request" in request.headers


def panel(request, record, part, now=False):
    """The inside of one panel, "" when there is nothing to say or the actor may not see it; a lazy one asks for itself unless `now`."""
    if part.needs and not request.actor.may(part.needs.replace("*", record.kind), record):
        return ""
    if part.lazy and not now:
        return html(request, "later.j2", part=part, record=record)
    context = part.load(record, request.actor)
    if context is None:
        return ""
    context.setdefault("record", record)
    inside = html(request, part.template, part=part, facts=fields(record.kind), **context)
    return html(request, "frame.j2", part=part, inside=inside, note=context.get("note"), add=context.get("add"))


def slots(request, record, *names):
    """{slot: [(panel, html)]}; empty ones keep their place, so that a later answer finds its target."""
    return {name: [(p, panel(request, record, p)) for p in panels(record.kind, name)] for name in names}
