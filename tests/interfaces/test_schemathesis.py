"""REST against its own description: whatever an agent or an administrator sends, no failure and no answer that is not declared."""

from functools import cache

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, settings
from schemathesis.checks import positive_data_acceptance

from praxis.interfaces.rest.urls import api
from praxis.kernel.kinds import registry
from praxis.people.signin import make_token

pytestmark = pytest.mark.django_db
CONFIG = {
    "generation": {"with-security-parameters": False},
    "dictionaries": {k.key: {"values": [f"{k.prefix}-{n}" for n in range(1, len(k.lifecycle.states) + 1)]} for k in registry.values()},
    "operations": [{"include-path-regex": f"^/api/v1/{key}/", "parameters": {
        "path.number": {"dictionary": key}, "header.If-Match": '"1"'}} for key in registry],
}
EXAMPLES = 6 if connection.vendor == "sqlite" else 3  # the same code answers; the other database sees a part of them
FULL = "incident"  # what all kinds share is asked of this one alone, or each kind would bring twenty operations that are the same code
SHARED = rf"^/api/v1/(?!{FULL}/)[a-z]+/\{{number\}}/actions/({'|'.join(sorted(registry.offers['*']))})$"


@cache
def handler():
    """Made at the first request, when the settings of the tests hold."""
    return get_wsgi_application()


schema = schemathesis.openapi.from_dict(api.get_openapi_schema(), config=schemathesis.Config.from_dict(CONFIG))
schema = schema.exclude(path_regex=SHARED)
schema.app = lambda environ, start_response: handler()(environ, start_response)


@pytest.fixture(autouse=True)
def kept_open():
    """Requests over WSGI end by closing the database, and the test's transaction with it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def headers(role, company, make, request):
    """Of a client with this role, beside a record of each kind, and one in every state of the kind that is asked, under the numbers of CONFIG."""
    for kind in registry.values():
        states = list(kind.lifecycle.states.values())
        for n, state in enumerate(states if f"/api/v1/{kind.key}/" in request.node.name else states[:1], 1):
            rows = kind.model.objects.filter(pk=make(kind.key).pk)
            rows.update(number=f"{kind.prefix}-{n}", state=state.name, phase=state.phase, is_open=state.is_open)
    return {"Authorization": f"Bearer {make_token(company.people[role], 't')[1]}", "Accept-Encoding": "identity"}


@pytest.mark.parametrize("role", ["agent", "administrator"])
@schema.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_declared(case, headers):
    """`positive_data_acceptance` is left out: that a row exists and a move is possible is more than a description can say."""
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
