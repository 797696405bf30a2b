"""The API's addresses. They take tokens only, no session, so that no other site's form can use them."""

from django.urls import path
from django.views.decorators.http import require_GET

from praxis.kernel.context import come_from
from praxis.screens.access import SIGNED_IN, TOKEN, access
from praxis.screens.draw import page

from . import agents, change, estate, events, service  # noqa: F401 - all but agents and events: their operations join those of the kinds
from .api import api


def through(view):
    """An operation of the API: by token, and events carry where they came from."""

    def called(request, *args, **kwargs):
        with come_from(origin="rest"):
            return view(request, *args, **kwargs)

    called.csrf_exempt = True
    return access(TOKEN)(called)


def marked(patterns):
    for pattern in patterns:
        pattern.callback = through(pattern.callback)
    return patterns


@require_GET
@access(SIGNED_IN)
def docs(request):
    """The operations as a page, from the same description that machines read."""
    schema = api.get_openapi_schema()
    rows = [(method.upper(), route, op.get("summary", ""), ", ".join(op.get("tags", ()))) for route, ops in schema["paths"].items()
            for method, op in ops.items()]
    return page(request, "rest/docs.j2", rows=rows, section="docs")


patterns, namespace, name = api.urls
urlpatterns = [path("agents/inventory", agents.inventory, name="agent_inventory"), path("events/<slug:shape>", events.report, name="events"), path("docs", docs, name="api_docs"), path("v1/", (marked(patterns), namespace, name))]
