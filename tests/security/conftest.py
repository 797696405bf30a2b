"""What the tests of this folder knock with."""

import json

import pytest
from django.test import Client

from praxis.people.signin import make_token


@pytest.fixture
def rest():
    """rest(person, method, path, body) with a fresh token of that person."""

    def rest(person, method, path, body=None, **headers):
        head = {"Authorization": f"Bearer {make_token(person, 't')[1]}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(Client(raise_request_exception=False), method)(f"/api/v1{path}", headers=head, **data)

    return rest
