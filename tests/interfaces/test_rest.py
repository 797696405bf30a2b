"""REST: the whole round for every kind, paging, versions, repeats, problems."""

import json
from pathlib import Path

import pytest
from django.test import Client

from praxis.interfaces.rest.api import cursor
from praxis.interfaces.rest.urls import api
from praxis.kernel.kinds import registry
from praxis.people.signin import make_token
from praxis.records import write
from tests.conftest import NEEDED

pytestmark = pytest.mark.django_db
SNAPSHOT = Path(__file__).parent / "openapi-paths.json"


@pytest.fixture
def call(company):
    """call("get", "/incident", role=...) with a token of that role."""
    secrets = {}

    def call(method, url, body=None, role="administrator", **headers):
        if role not in secrets:
            secrets[role] = make_token(company.people[role], "t")[1]
        head = {"Authorization": f"Bearer {secrets[role]}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        kwargs = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(Client(), method)(f"/api/v1{url}", headers=head, **kwargs)

    return call


@pytest.mark.parametrize("key", list(registry))
def test_open_read_change_list(key, call):
    made = call("post", f"/{key}", {"title": "From REST"} | {name: row() for name, row in NEEDED.get(key, {}).items()})
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    read = call("get", f"/{key}/{number}")
    assert read.json()["title"] == "From REST" and read["ETag"] == '"1"'
    changed = call("patch", f"/{key}/{number}", {"title": "Changed"}, If_Match=read["ETag"])
    assert changed.status_code == 200 and changed.json()["title"] == "Changed" and changed["ETag"] == '"2"'
    listed = call("get", f"/{key}?total=true&title.contains=chang").json()
    assert [r["number"] for r in listed["items"]] == [number] and listed["total"] == 1 and listed["next"] is None
    assert call("get", f"/{key}/{number}/events").json()["items"][0]["name"] == f"{key}.opened"
    assert call("get", f"/{key}/{number}/steps").status_code == 200


def test_t_h2_a_change_needs_the_version_and_refuses_a_stale_one(call, make):
    record = make()
    assert call("patch", f"/incident/{record.number}", {"title": "x"}).status_code == 428
    assert call("patch", f"/incident/{record.number}", {"title": "x"}, If_Match='"1"').status_code == 200
    stale = call("patch", f"/incident/{record.number}", {"title": "y"}, If_Match='"1"')
    assert stale.status_code == 409 and stale["Content-Type"] == "application/problem+json" and stale.json()["field"] == "title"
    assert call("patch", f"/incident/{record.number}", {"description": "merges"}, If_Match='"1"').status_code == 200


def test_t_h3_an_idempotency_key_makes_a_create_happen_once(call):
    first, second = (call("post", "/incident", {"title": "Once"}, Idempotency_Key="k-1") for _ in range(2))
    assert first.json()["number"] == second.json()["number"]
    assert call("get", "/incident?total=true").json()["total"] == 1
    assert call("post", "/incident", {"title": "Once"}, role="agent", Idempotency_Key="k-1").json()["number"] != first.json()["number"]


def test_ad9_cursors_miss_and_repeat_nothing_while_rows_change(call, make, company):
    numbers, after = {r.number for r in make(count=23)}, ""
    seen = []
    while after is not None:
        page = call("get", f"/incident?limit=5&after={after}").json()
        seen += [r["number"] for r in page["items"]]
        call("post", "/incident", {"title": "Later"})
        after = page["next"]
    assert len(seen) == len(set(seen)) and numbers <= set(seen)
    assert call("get", "/incident?after=nonsense").status_code == 400
    assert len(call("get", "/incident?limit=9999").json()["items"]) <= 200


def test_moves_and_actions(call, make):
    record = make()
    assert call("post", f"/incident/{record.number}/actions/take", {}, role="agent").json()["state"] == "in_progress"
    held = call("post", f"/incident/{record.number}/moves/hold", {"hold_reason": "caller"}, role="agent")
    assert held.json()["hold_reason"] == "caller"
    assert call("post", f"/incident/{record.number}/moves/hold", {"hold_reason": "caller"}, role="agent").status_code == 409
    assert call("post", f"/incident/{record.number}/moves/resume", {"title": "no"}, role="agent").status_code == 422
    assert call("post", f"/incident/{record.number}/actions/reassign", {"why": "x"}, role="agent").status_code == 422


@pytest.mark.parametrize("body", ["", "[]", "{", '{"title": 1}', '{"title": ""}', '{"title": "x", "state": "closed"}', '{"title": "x", "priority": 1}',
                                  '{"title": "x", "requester": 999999}', '{"title": "x", "impact": 9}', '{"title": null}', '{"title": "x", "team": "abc"}',
                                  '{"title": "x", "tags": [NaN]}', r'{"title": "x", "tags": ["\ud800"]}', r'{"title": "x", "custom": {"\ud800": 1}}',
                                  '{"title": "x", "tags": {}}', '{"title": "x", "team": true}', '{"title": "x", "outage_from": 1}'])
def test_bad_bodies_are_problems(body, call, company):
    secret = make_token(company.people["agent"], "t")[1]
    answer = Client().post("/api/v1/incident", body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code in (400, 422) and answer["Content-Type"] == "application/problem+json", answer.content
    assert answer.json()["status"] == answer.status_code


def test_what_only_a_list_of_texts_holds(call):
    assert call("post", "/agreement", {"title": "x", "services": [{}]}).status_code == 422
    assert call("post", "/agreement", {"title": "x", "services": [1, "a"]}).status_code == 422
    assert call("post", "/incident", {"title": "x", "tags": ["a\0b"]}).json()["tags"] == ["ab"]


def test_a_cursor_beyond_all_ids_is_not_ours(call):
    assert call("get", f"/incident?after={cursor(10**30)}").status_code == 400


def test_a_page_of_history_may_be_hidden_as_a_whole(call, company, make):
    own = make(requester=company.people["requester"].pk)
    for other in make(count=51, requester=company.people["agent"].pk):
        write.link(own, other, "related", company.actor("administrator"))
    newest = call("get", f"/incident/{own.number}/events", role="requester").json()
    assert newest["items"] == [] and newest["next"]
    oldest = call("get", f"/incident/{own.number}/events?before={newest['next']}", role="requester").json()
    assert [e["name"] for e in oldest["items"]] == ["incident.opened"] and oldest["next"] is None


@pytest.mark.parametrize("url", ["/nothing", "/search?q=%00", "/incident?state.is=%00"])
def test_what_never_reaches_an_operation_is_a_problem_too(url, call):
    answer = call("get", url)
    assert answer.status_code in (400, 404) and answer["Content-Type"] == "application/problem+json"


def test_unknown_and_forbidden(call, make):
    assert Client().get("/api/v1/incident").status_code == 401
    assert Client().get("/api/v1/incident", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert call("get", "/incident/INC-99999").status_code == 404
    assert call("get", f"/service/{make().number}").status_code == 404
    assert call("get", "/incident?nope.is=1").status_code == 400
    assert call("post", "/incident", {"title": "x"}, role="auditor").status_code == 403


def test_the_description_is_openapi_3_1_and_typed(client):
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert all(op.get("responses") for ops in schema["paths"].values() for op in ops.values())
    for kind in registry:
        assert {"title", "number", "state"} <= set(schema["components"]["schemas"][kind.capitalize()]["properties"])


def test_the_operations_are_the_recorded_ones(pytestconfig):
    """A change of the interface shows in the diff of openapi-paths.json; delete it to record anew."""
    paths = sorted(f"{m.upper()} {p}" for p, ops in api.get_openapi_schema()["paths"].items() for m in ops)
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(json.dumps(paths, indent=1) + "\n")
    assert paths == json.loads(SNAPSHOT.read_text())


def test_the_docs_page(company):
    assert "/api/v1/incident" in company.client("agent").get("/api/docs").content.decode()
