"""Abuse tests of input: types, wildcards, log lines, and the filter language."""

import json
import logging

import pytest
from django.test import Client

from praxis.abilities.fields.models import CustomField
from praxis.kernel.actors import system
from praxis.kernel.logs import Lines, masked
from praxis.people.models import Attempt, Session, Team
from praxis.records import write

pytestmark = pytest.mark.django_db
ODD = [{"$ne": ""}, ["a"], True, 1, None, {"a": {"b": 1}}, [["x"]]]


@pytest.fixture
def rest(company, rest):
    """rest(method, path, body, role) as somebody of the company with that role."""
    return lambda method, path, body=None, role="agent", **headers: rest(company.people[role], method, path, body, **headers)


# -- T-E2


@pytest.mark.parametrize("odd", ODD)
def test_t_e2_nobody_signs_in_with_what_is_no_text(odd, company):
    """T-E2: e-mail, password and token as JSON values, lists or tables sign nobody in and fail nothing."""
    body = {"email": odd, "password": odd, "token": odd}
    for url in ("/sign-in", "/in/x", "/api/v1/incident", "/api/v1/search"):
        answer = Client(raise_request_exception=False).post(url, json.dumps(body), content_type="application/json")
        assert answer.status_code in (401, 405, 410, 422), (url, answer.status_code)
    form = {"email[$ne]": "", "password[$ne]": "", "email[]": "agent@acme.example", "password[]": "a long password"}
    assert Client().post("/sign-in", form).status_code == 422
    for value in (json.dumps(odd), f"Bearer {json.dumps(odd)}", "Bearer", "Bearer ", "Bearer  x", "Basic YTpi", "bearer null", 'Bearer {"$gt": ""}', "Bearer %"):
        assert Client(raise_request_exception=False).get("/api/v1/incident", headers={"Authorization": value}).status_code == 401, value
    assert not Session.objects.filter(person__isnull=False).exists()


@pytest.mark.parametrize("odd", [o for o in ODD if o is not None])
def test_t_e2_texts_and_keys_of_rest_are_what_they_should_be(odd, rest, make):
    """T-E2: a value of another type in a body is a 422 that names the field; nothing is coerced into a text."""
    n = make().number
    texts = [("post", "/incident", {"title": odd}), ("post", f"/incident/{n}/actions/reply", {"text": odd}), ("post", f"/incident/{n}/moves/hold", {"hold_reason": odd}),
             ("post", f"/incident/{n}/actions/link", {"to": odd})]
    for method, path, body in texts:
        assert rest(method, path, body).status_code == 422, (path, body)
    assert rest("patch", f"/incident/{n}", {"title": odd}, If_Match='"1"').status_code == 422
    if isinstance(odd, (dict, list)):
        assert rest("patch", f"/incident/{n}", {"impact": odd}, If_Match='"1"').status_code == rest("patch", f"/incident/{n}", {"owner": odd}, If_Match='"1"').status_code == 422
    assert type(make()).objects.exclude(version=1).count() == 0


# -- T-E5


def test_t_e5_wildcards_in_a_list_are_letters(company, make, rest):
    """T-E5: % and _ and backslash find themselves, in the filter of a subject and of an added field, by page and by REST."""
    write.save(CustomField(), system(), kind="incident", key="room", label="Room", type="text", organisation=company.organisation)
    titles = ("100% sure", "100 sure", "a_b", "axb", "c\\d", "cd", "x*y", "x[yz]")
    for title in titles:
        write.change(make(title=title), company.actor("agent"), x_room=title)
    for typed, wanted in (("%", {"100% sure"}), ("_", {"a_b"}), ("a_b", {"a_b"}), ("0%s", set()), ("\\", {"c\\d"}), ("c\\d", {"c\\d"}), ("%%", set()), ("*", {"x*y"}), ("[yz]", {"x[yz]"}), ("?", set())):
        for field in ("title", "x_room"):
            got = rest("get", f"/incident?{field}.contains={typed.replace('%', '%25')}".replace("\\", "%5C").replace("[", "%5B").replace("]", "%5D").replace("?", "%3F").replace("incident%3F", "incident?"))
            assert {r["title"] for r in got.json()["items"]} == wanted, (field, typed)
            page = company.client("agent").get("/k/incident", {f"{field}.contains": typed}).content.decode()
            assert {t for t in titles if f">{t}<" in page} - {typed} == wanted - {typed}, (field, typed)


def test_t_e5_wildcards_in_pickers_and_tables_are_letters(company, make):
    """T-E5: the boxes of callers, people, sites, groups, of the administration's tables and of the log find nobody by a wildcard."""
    company.person("pct@acme.example", "requester", name="Per%cent")
    company.person("und@acme.example", "requester", name="Under_score")
    Team.objects.create(organisation=company.organisation, name="A_Team%")
    record, client = make(), company.client("administrator")
    find = {"/incidents/new?caller=%s": "Per%cent", "/admin/people?q=%s": "Per%cent", f"/r/{record.number}/field/requester?q=%s": "Per%cent"}
    for url, name in find.items():
        for typed, hit in (("%25", name), ("_", "Under_score"), ("%25%25", None), ("__", None), ("P_r", None), ("Per%25c", name)):
            text = client.get(url % typed, headers={} if "admin" in url else {"HX-Request": "true"}).content.decode()
            assert {n for n in ("Per%cent", "Under_score", "Auditor", "Agent") if f"{n}<" in text.partition("<table")[2 if "admin" in url else 0]} == {hit} - {None}, (url, typed)
    assert "A_Team%" in client.get("/admin/teams?q=%25").content.decode() and "Network" not in client.get("/admin/teams?q=%25").content.decode().split("<table")[1]
    write.act(record, company.actor("agent"), "take")
    for query in ("who=%25", "who=_", "name=%25", "name=incident_taken", "name=incident.%25"):
        assert "Nothing fits" in client.get(f"/admin/log?{query}").content.decode(), query


@pytest.mark.parametrize("email", ["%", "agent%", "_gent@acme.example", "%@acme.example", "agent@acme.exampl_", "*@acme.example"])
def test_t_e5_nobody_signs_in_by_a_pattern(email, company):
    """T-E5: an e-mail with wildcards is nobody's."""
    assert Client().post("/sign-in", {"email": email, "password": "a long password"}).status_code == 422 and not Session.objects.filter(person__isnull=False).exists()


# -- T-E6


def line_of(text, *values):
    return Lines().format(logging.LogRecord("praxis", logging.WARNING, "f", 1, text, values, None))


@pytest.mark.parametrize("sep", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_t_e6_nobody_forges_a_line_of_the_log(sep, company):
    """T-E6: whatever somebody types stays within the one JSON line that tells of it, for every reader that cuts lines."""
    forged = f'x{sep}{{"at": "2026-11-24", "level": "INFO", "text": "signed in root"}}'
    for line in (line_of(forged), line_of("Not Found: %s", f"/{forged}")):
        assert len(line.splitlines()) == 1 and json.loads(line)["text"].endswith("root\"}")


def test_t_e6_what_is_asked_reaches_the_log_as_one_line(company, caplog):
    """T-E6: an address with line breaks and a one-time secret, as the log handler writes it."""
    with caplog.at_level(logging.WARNING, logger="django.request"):
        Client().get("/nowhere%0d%0aINFO%20forged")
        Client().post("/in/AbCdEf123456789")
    lines = [Lines().format(r) for r in caplog.records]
    assert len(lines) == 2 and all(len(x.splitlines()) == 1 for x in lines) and "AbCdEf123456789" not in "".join(lines)


@pytest.mark.parametrize("text", [
    '{"password": "hunter2secret"}', "password='hunter2secret'", "smtp_password: hunter2secret", "Authorization: Bearer hunter2secret", "postgresql://u:hunter2secret@h/d", "csrftoken=hunter2secret",
    "px_hunter2secret", "/in/hunter2secret", "'sessionid': 'hunter2secret'", "token=hunter2secret&x=1", '{"password": "a hunter2secret b"}', "password='four hunter2secret words'",
    "PRAXIS_SECRET_KEY=hunter2secret", "SECRET_KEY = 'hunter2secret'", "passwd=hunter2secret", "{'password': ['hunter2secret']}", "Authorization: Basic hunter2secret", "api_key=hunter2secret"])
def test_t_e6_secrets_are_masked(text):
    """T-E6: a password, also one of several words, a key and a token are out of sight in whatever form a message or traceback has them."""
    assert "hunter2secret" not in masked(text) and "***" in masked(text)


# -- T-E7


@pytest.mark.parametrize("field", ["password", "requester__password", "owner__password", "requester.password", "owner__tokens__hash", "requester__sessions__session_key", "organisation__key", "team__members__email",
                                   "custom__secret", "custom", "entries__text", "links_out__target__title", "record_ptr__title", "pk__in", "id", "external_ref", "restricted", "x_theirs", "x_", "x_a__b", "_state"])
def test_t_e7_a_filter_reaches_declared_facts_only(field, company, other, make, rest):
    """T-E7: no filter, sort or saved view walks to a password, token, session, entry, another table or a field of another tenant."""
    make()
    write.save(CustomField(), system(), kind="incident", key="theirs", label="Theirs", type="text", organisation=other.organisation)
    for op, value in (("contains", "a"), ("is", "1"), ("gt", "1"), ("empty", ""), ("startswith", "a")):
        answer = rest("get", f"/incident?{field}.{op}={value}")
        assert answer.status_code == 400 and "md5" not in answer.content.decode() and "Theirs" not in answer.content.decode(), op
        assert company.client("agent").get("/k/incident", {f"{field}.{op}": value}).status_code == 400
    assert company.client("agent").get("/k/incident", {"sort": field, "all": "1"}).status_code == 200
    for path in (f"/k/incident/filter/{field}", f"/k/incident/apply/{field}?op=is&value=1"):
        assert company.client("agent").get(path).status_code in (303, 404)


def test_t_e7_operators_are_declared_too(company, make, rest):
    """T-E7: lookups of the ORM are no operators."""
    make()
    for op in ("regex", "iregex", "startswith", "endswith", "isnull", "in__password", "exact", "range", "date", "contains__x", "__class__"):
        assert rest("get", f"/incident?title.{op}=a").status_code == 400 and company.client("agent").get("/k/incident", {f"title.{op}": "a"}).status_code == 400, op
    assert Attempt.objects.count() == 0
