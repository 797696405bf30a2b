"""The abuse tests of access, each with its id: two companies, eight roles, every address."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from praxis.abilities.conversation.models import File
from praxis.abilities.search.query import search
from praxis.interfaces.rest.urls import api
from praxis.kernel.actors import system
from praxis.kernel.display import rows
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.people.models import Grant, Person, Role
from praxis.people.signin import make_token
from praxis.practices.change.models import ChangeModel, Window
from praxis.records import write
from praxis.screens.access import PUBLIC
from tests.conftest import ROLES

pytestmark = pytest.mark.django_db
MARK = "xyzzymarker"


def patterns(resolver=None, prefix=""):
    for p in (resolver or get_resolver()).url_patterns:
        if isinstance(p, URLResolver):
            yield from patterns(p, prefix + str(p.pattern))
        elif isinstance(p, URLPattern):
            yield prefix + str(p.pattern), p


def addresses(record, company, file=1):
    """Every route with values that name the given record."""
    fill = {"key": ["incident", "service", "owner", "reply", "conversation.thread", "clocks.explained", "conversation.history", *rows],
            "number": [record.number], "name": ["resolve", "close"], "field": ["owner", "requester"], "pk": [str(file)],
            "secret": ["wrong"]}
    for route, _p in patterns():
        names = re.findall(r"<(?:\w+:)?(\w+)>", route) or re.findall(r"\{(\w+)\}", route)
        for values in product(*(fill.get(n, ["x"]) for n in names)):
            out = route
            for n, v in zip(names, values):
                out = re.sub(rf"<(?:\w+:)?{n}>", v, out, count=1)
            yield "/" + out.replace("^", "").replace("$", "")


def test_t_b21_every_view_declares_its_access():
    found = [(route, p.callback) for route, p in patterns()]
    assert len(found) > 60
    assert [route for route, view in found if not getattr(view, "access", None)] == []
    assert {route for route, view in found if view.access == PUBLIC} == {"sign-in", "in/<str:secret>", "feed/<str:secret>.csv", "changes/feed/<str:secret>.ics", "livez", "readyz", "metrics",
        "status/<slug:key>", "status/<slug:key>/history", "status/<slug:key>/data.json", "status/<slug:key>/feed.atom"}  # 404 unless the organisation opened it


def test_t_b22_an_anonymous_crawl_finds_only_public_pages(company, make):
    record = make(title=MARK)
    client = Client()
    for url in addresses(record, company):
        for method in ("get", "post"):
            answer = getattr(client, method)(url)
            assert answer.status_code in (302, 401, 403, 404, 405, 410) or url in ("/sign-in", "/api/v1/openapi.json", "/livez", "/readyz", "/metrics"), (method, url, answer.status_code)
            assert MARK not in answer.content.decode(errors="replace")


@pytest.fixture
def planted(company, other, make):
    """A record of the other company whose every text carries the marker."""
    record = write.open_record(registry["incident"], other.actor("agent"), title=f"{MARK} title", description=f"{MARK} words",
                               team=other.desk.pk, requester=other.people["requester"].pk)
    upload = SimpleUploadedFile(f"{MARK}.txt", MARK.encode())
    write.act(record, other.actor("agent"), "reply", text=f"{MARK} note", internal=True, files=[upload])
    write.act(record, other.actor("agent"), "reply", text=f"{MARK} reply")
    soon = now() + timedelta(hours=1)  # in every calendar, and at the same time as whatever is planned there
    write.open_record(registry["change"], other.actor("change_manager"), title=f"{MARK} change", model=ChangeModel.objects.get(key="normal"), planned_start=soon,
                      planned_end=soon + timedelta(hours=2), owner=other.people["change_manager"], affected=f"{MARK} people")
    write.save(Window(), system(), organisation=other.organisation, label=f"{MARK} freeze", starts=f"{soon:%Y-%m-%dT%H:%M}", ends=f"{soon + timedelta(hours=9):%Y-%m-%dT%H:%M}")
    return record


@pytest.mark.parametrize("role", ROLES)
def test_the_marker_crawl_of_two_tenants(role, company, other, planted):
    """T-B13, T-B15, T-B20: no role of one company sees a trace of the other's record, at any address and by any method."""
    client = company.client(role, raise_request_exception=True)
    file = File.objects.get().pk
    version = type(planted).objects.get(pk=planted.pk).version
    for url in (*addresses(planted, company, file), f"/search?q={MARK}", f"/search?q={planted.number}", "/k/incident?all=1",
                f"/k/incident?requester.is={other.people['requester'].pk}", "/incidents/new?caller=borg", f"/incidents/new?person={other.people['agent'].pk}"):
        if "sign-out" in url:
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(url, headers={"HX-Request": "true"} if method == "get" and "field" in url else {})
            text = b"".join(answer.streaming_content).decode(errors="replace") if answer.streaming else answer.content.decode(errors="replace")
            assert answer.status_code < 500, (method, url)
            assert MARK not in text.replace(f"q={MARK}", "").replace(f"“{MARK}”", "").replace(f'value="{MARK}"', ""), (method, url)
            assert "borg.example" not in text and "Borg site" not in text, (method, url)
    assert type(planted).objects.get(pk=planted.pk).version == version


@pytest.mark.parametrize("role", ROLES)
def test_the_marker_crawl_over_rest(role, company, other, planted):
    _row, secret = make_token(company.people[role], "t")
    client, head = Client(), {"Authorization": f"Bearer {secret}", "If-Match": '"1"'}
    for route, operations in api.get_openapi_schema()["paths"].items():
        url = route.replace("{number}", planted.number)
        for method in operations:
            answer = getattr(client, method)(url, {} if method == "get" else "{}", headers=head, content_type="application/json")
            assert answer.status_code < 500, (method, url, answer.content)
            assert MARK not in answer.content.decode(), (method, url)
    assert MARK not in client.get(f"/api/v1/search?q={MARK}", headers=head).content.decode()


def test_own_tenant_finds_the_marker(other, planted):
    """The crawl can fail: the record's own agent does see it."""
    client = other.client("agent")
    assert MARK in client.get(f"/r/{planted.number}").content.decode()
    assert MARK in client.get(f"/search?q={MARK}").content.decode()


def test_l1_2_private_text_never_reaches_a_requester(company, make):
    record = make(title="Printer", description="It is broken")
    agent, requester = company.actor("agent"), company.client("requester")
    write.act(record, agent, "reply", text=f"{MARK} in a note", internal=True, files=[SimpleUploadedFile(f"{MARK}.log", b"x")])
    write.act(record, agent, "reply", text="A public word")
    for url in ("/my", f"/my/{record.number}", f"/search?q={MARK}", f"/r/{record.number}"):
        answer = requester.get(url, follow=True)
        assert MARK not in answer.content.decode().replace(f"q={MARK}", ""), url
    assert "A public word" in requester.get(f"/my/{record.number}").content.decode()
    assert search(MARK, company.actor("requester")) == [] and len(search(MARK, agent)) == 1
    _row, secret = make_token(company.people["requester"], "t")
    head = {"Authorization": f"Bearer {secret}"}
    assert MARK not in Client().get(f"/api/v1/incident/{record.number}/events", headers=head).content.decode()


def test_requesters_cannot_write_notes(company, make):
    record = make()
    requester = company.client("requester")
    requester.post(f"/my/{record.number}/reply", {"text": "hello", "internal": "on"})
    _row, secret = make_token(company.people["requester"], "t")
    answer = Client().post(f"/api/v1/incident/{record.number}/actions/reply", '{"text": "x", "internal": true}',
                           headers={"Authorization": f"Bearer {secret}"}, content_type="application/json")
    assert answer.status_code == 403
    assert list(record.entries.values_list("text", "internal")) == [("hello", False)]


def test_t_b1_files_follow_their_entry(company, other, make):
    record = make()
    write.act(record, company.actor("agent"), "reply", text="log", internal=True, files=[SimpleUploadedFile("secret.html", b"<script>1</script>")])
    write.act(record, company.actor("agent"), "reply", text="open", files=[SimpleUploadedFile("open.html", b"<b>hi</b>")])
    secret, public = File.objects.order_by("pk")
    for role, file, status in (("agent", secret, 200), ("requester", secret, 404), ("requester", public, 200)):
        assert company.client(role).get(f"/files/{file.pk}").status_code == status
    assert other.client("agent").get(f"/files/{public.pk}").status_code == 404
    answer = company.client("agent").get(f"/files/{public.pk}")
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    type(record)._base_manager.filter(pk=record.pk).update(requester=company.people["power_requester"].pk)
    assert Client().get(f"/files/{public.pk}").status_code == 302
    assert company.client("requester").get(f"/files/{public.pk}").status_code == 404


def test_t_b3_search_by_number_returns_nothing_unreadable(company, planted):
    assert search(planted.number, company.actor("agent")) == []


def test_t_b10_mass_assignment_changes_nothing(company, make):
    client, record = company.client("agent"), make()
    extra = {"is_open": "", "organisation": "2", "state": "closed", "version": "9", "requester": "1", "number": "INC-1", "is_staff": "1"}
    for url, body in ((f"/r/{record.number}/move/start", {}), (f"/r/{record.number}/do/take", {}), (f"/r/{record.number}/do/reply", {"text": "x"})):
        assert client.post(url, body | extra).status_code == 422
    assert client.post("/account", {"what": "theme", "theme": "dark", "email": "x@y.z", "organisation": "9"}).status_code == 302
    person = Person.objects.get(pk=company.people["agent"].pk)
    assert person.email == "agent@acme.example" and person.theme == "dark"
    fresh = type(record).objects.get(pk=record.pk)
    assert (fresh.state, fresh.number, fresh.organisation_id) == ("new", record.number, company.organisation.pk)


def test_t_b13_the_tenant_matches_exactly(company, make):
    rows = type(make()).objects
    assert rows.visible_to(company.actor("agent"), "incident.see").count() == 1
    agent = company.actor("agent")
    object.__setattr__(agent, "grants", {"incident.see": (("all", company.organisation.pk * 10 + 1),)})
    object.__setattr__(agent, "teams", ())
    assert rows.visible_to(agent, "incident.see").count() == 0


def test_t_b15_pickers_offer_nobody_of_another_company(company, other, make):
    record = make()
    for url in (f"/r/{record.number}/field/requester?q=a", f"/r/{record.number}/field/owner?q=a", "/incidents/new?caller=a", "/k/incident/filter/requester"):
        text = company.client("agent").get(url, headers={"HX-Request": "true"}).content.decode()
        names = {p.pk for p in other.people.values()}
        assert not any(f'value="{pk}"' in text or f"person={pk}" in text for pk in names), url


def test_t_b16_a_type_given_by_the_client_names_no_other_model(company):
    client = company.client("administrator")
    for key in ("person", "people.Person", "auth.user", "kernel_event", "..", "record"):
        assert client.get(f"/k/{key}").status_code == 404
    assert client.get("/r/PERSON-1").status_code == 404


def test_t_b20_api_and_pages_give_equal_answers(company, make):
    """Role x verb x door: what the page refuses the API refuses, and the other way round."""
    for role in ROLES:
        _row, secret = make_token(company.people[role], "t")
        head = {"Authorization": f"Bearer {secret}"}
        for verb, body in (("take", {}), ("reply", {"text": "x"}), ("override_priority", {"priority": 1, "why": "x"}), ("follow_matrix", {})):
            page, rest = make(priority_reason=""), make()
            by_page = company.client(role).post(f"/r/{page.number}/do/{verb}", body).status_code
            by_rest = Client().post(f"/api/v1/incident/{rest.number}/actions/{verb}", body, content_type="application/json", headers=head).status_code
            if company.actor(role).has("desk.work"):
                assert (by_page < 400) == (by_rest < 400), (role, verb, by_page, by_rest)


def test_t_b23_a_plain_agent_lacks_what_is_not_granted(company, make):
    agent, record = company.actor("agent"), make()
    for permission in ("people.manage", "admin.settings", "admin.jobs", "incident.override", "incident.answered", "service.change", "views.share"):
        assert not agent.has(permission) and not agent.may(permission, record)
    assert company.client("agent").get("/jobs").status_code == 403


def test_t_b24_counts_tell_nothing_of_unreadable_rows(company, other):
    for _n in range(3):
        write.open_record(registry["incident"], other.actor("agent"), title="hidden", team=other.desk.pk)
    page = company.client("agent").get("/k/incident?title.contains=hidden").content.decode()
    assert "Remove that filter" not in page and "There is nothing here that you can see" in page
    _row, secret = make_token(company.people["agent"], "t")
    assert Client().get("/api/v1/incident?total=true", headers={"Authorization": f"Bearer {secret}"}).json()["total"] == 0


def test_restricted_records_need_membership(company, make):
    record = make(restricted=True, team=company.network.pk, requester=company.people["power_requester"].pk)
    assert not company.actor("agent").may("incident.see", record)
    assert company.client("agent").get(f"/r/{record.number}").status_code == 404


def test_links_reach_only_what_both_ends_show(company, other, planted, make):
    record = make()
    client = company.client("agent")
    for number in (planted.number, "INC-99999999"):
        answer = client.post(f"/r/{record.number}/do/link", {"to": number, "type": "related"})
        assert answer.status_code == 422 and MARK not in answer.content.decode()
    mine = make(title="Second")
    assert client.post(f"/r/{record.number}/do/link", {"to": mine.number, "type": "related"}).status_code == 303
    assert "Second" in client.get(f"/r/{record.number}").content.decode()


def test_a_grant_for_every_organisation_reaches_all(company, other, planted):
    provider = company.person("msp@acme.example", everywhere=True)
    Grant.objects.create(person=provider, role=Role.objects.get(key="agent"), organisation=None)
    client = Client()
    client.force_login(provider)
    assert MARK in client.get(f"/r/{planted.number}").content.decode()
