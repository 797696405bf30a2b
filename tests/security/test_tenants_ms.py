"""Abuse tests of tenants and of people who left: nothing of one company shows, or can be done, in another."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from praxis.abilities.announcements.models import Announcement
from praxis.abilities.categories.models import Category
from praxis.abilities.clocks.models import Calendar
from praxis.abilities.conversation.models import Answer
from praxis.abilities.fields.models import CustomField
from praxis.abilities.imports.models import Import
from praxis.estate.cmdb.models import ItemClass
from praxis.kernel.actors import system
from praxis.kernel.display import rows
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Job, Setting
from praxis.kernel.now import now
from praxis.people.models import Grant, Membership, Person, Role, Site, Team
from praxis.people.signin import make_link, make_token
from praxis.practices.incident.models import Incident, IncidentTemplate
from praxis.records import write
from praxis.records.models import SavedView
from tests.security.doors import MARK, browser, text_of

pytestmark = pytest.mark.django_db


# -- AD7


def test_ad7_links_and_jobs_of_somebody_disabled_do_nothing(company):
    """AD7: a one-time link and a waiting import of somebody who was disabled do nothing, and his administration is closed."""
    person, client = company.people["administrator"], company.client("administrator")
    secret = make_link(person)
    there = client.post("/import", {"target": "kind:incident", "file": SimpleUploadedFile("a.csv", b"Title\nx\n")})["Location"]
    client.post(there, {"what": "run", "c0": "title"})
    write.save(Person.objects.get(pk=person.pk), system(), is_active=False)
    Worker().run(until_empty=True)
    assert not Incident.objects.exists() and Import.objects.get().state == "refused"
    late = Client()
    late.post(f"/in/{secret}")
    assert late.get("/").status_code == 302 and client.get("/admin").status_code == 302
    assert Client().post("/sign-in", {"email": person.email, "password": "a long password"}).status_code == 422


def test_ad7_what_ended_does_not_come_back(company, rest):
    """AD7: disabling ends sessions and tokens; enabling the person again revives neither."""
    person, client = company.people["agent"], company.client("agent")
    secret = make_token(person, "t")[1]
    assert client.get("/").status_code == 200
    for active in (False, True):
        write.save(Person.objects.get(pk=person.pk), system(), is_active=active)
    assert client.get("/").status_code == 302
    assert Client().get("/api/v1/incident", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


# -- MS1, MS2, MS5


@pytest.fixture
def strewn(other):
    """The other company with a marker in every row and text that its administrators keep."""
    home, at = other.organisation, now()
    Site.objects.create(organisation=home, name=f"{MARK} site", city=MARK)
    Team.objects.create(organisation=home, name=f"{MARK} team")
    Category.objects.create(organisation=home, name=f"{MARK} category", path=f"{MARK} category")
    CustomField.objects.create(organisation=home, kind="incident", key=MARK, label=f"{MARK} field", hint=MARK, type="choice", options=[MARK], on_page=True, in_list=True)
    Announcement.objects.create(organisation=home, title=f"{MARK} announcement", starts_at=at - timedelta(days=1), ends_at=at + timedelta(days=1))
    SavedView.objects.create(kind="incident", label=f"{MARK} view", condition={"how": "all", "parts": []}, organisation=home)
    Setting.objects.create(key="incident.close_codes", organisation=home.pk, value={MARK: MARK})
    Import.objects.create(person=other.people["administrator"], organisation=home, target="kind:incident", name=f"{MARK}.csv", heads=[MARK], rows=[[MARK]])
    make_token(other.people["agent"], f"{MARK} token")
    Answer.objects.create(organisation=home, name=f"{MARK} answer", shortcut=MARK, text=MARK)
    IncidentTemplate.objects.create(organisation=home, key=MARK, label=f"{MARK} template", title=MARK)
    classed = ItemClass.objects.create(organisation=home, key=MARK, label=f"{MARK} class", layer="network")
    write.open_record(registry["item"], system("Maker", home.pk), title=f"{MARK} item", item_class=classed.pk, organisation=home.pk, requester=other.people["requester"].pk)
    record = write.open_record(registry["incident"], other.actor("agent"), title=f"{MARK} title", team=other.desk.pk)
    write.save(Person.objects.get(pk=other.people["agent"].pk), system(), job=f"{MARK} job")
    return record


@pytest.mark.parametrize("role", ["administrator", "service_level_manager", "team_lead", "service_owner"])
def test_ms1_no_row_of_another_tenant_shows_anywhere(role, company, strewn, make, rest):
    """MS1: rows, texts, choices, exports and settings of one tenant, looked for at every page that another tenant's staff has."""
    company.people.setdefault(role, company.person(f"{role}@acme.example", role) if role not in company.people else None)
    record, client, person = make(), company.client(role, raise_request_exception=False), company.people[role]
    item = make("item")
    pages = [f"/r/{record.number}/answers", f"/r/{record.number}/answers?q={MARK}", f"/incidents/new?person={company.people['requester'].pk}", "/k/item?all=1", "/k/item/export.csv?all=1",
             f"/items/{item.number}/impact?as=list", f"/r/{item.number}", f"/r/{record.number}/field/item?q={MARK}", f"/r/{item.number}/field/item_class?q=", "/k/item/filter/item_class", "/admin/levels",
             "/", "/my", "/my/new", "/account", "/keys", "/import", "/incidents/new", "/incidents/new?caller=a", "/k/incident?all=1", "/k/incident/export.csv?all=1",
             "/k/incident/export.xlsx?all=1", "/k/agreement?all=1", "/k/service?all=1", f"/search?q={MARK}", "/admin", f"/admin?q={MARK}", "/admin/settings", "/admin/log", "/admin/tokens",
             "/admin/why", "/admin/health", "/api/docs", *(f"/k/{k}/new" for k in registry), *(f"/admin/{k}{end}" for k in rows for end in ("", "/new", f"?q={MARK}")),
             *(f"/k/incident/filter/{f}" for f in ("team", "category", "site", "requester", "owner", "service", "close_code")),
             *(f"/r/{record.number}/field/{f}?q=" for f in ("category", "site", "requester", "owner", "service", "cause")),
             *(f"/r/{record.number}/do/{v}" for v in registry["incident"].verbs), *(f"/r/{record.number}/move/{m}" for m in registry["incident"].lifecycle.moves)]
    for url in pages:
        answer = client.get(url)
        text = text_of(answer).replace(f"q={MARK}", "").replace(f"“{MARK}”", "").replace(f'value="{MARK}"', "")
        assert answer.status_code < 500 and MARK not in text, url
    for path in ("/incident?total=true", "/service", "/agreement", "/item", f"/item/{item.number}/impact", f"/search?q={MARK}", f"/incident/{strewn.number}"):
        assert MARK not in rest(person, "get", path).content.decode(), path


def test_ms1_a_tenant_sees_the_jobs_of_no_other(company, other):
    """MS1: what a job of another tenant found, and the trace of one that failed, is not on the page of jobs."""
    parts = {"kwargs": {}, "queue": "long", "run_after": now(), "finished_at": now()}
    Job.objects.create(id=uuid4(), task="praxis.abilities.clocks.jobs.what_if", args=["incident", other.organisation.pk, [], 9], state="done", result=[{"better": [f"INC-{MARK}"]}], **parts)
    dead = Job.objects.create(id=uuid4(), task="praxis.abilities.imports.jobs.run_import", args=[1, False], state="dead", error=f"ValueError: {MARK}", **parts)
    client = company.client("administrator")
    assert MARK not in client.get("/jobs").content.decode()
    client.post(f"/jobs/{dead.pk}/retry")
    assert Job.objects.get(pk=dead.pk).state == "dead"


def test_ms1_what_if_offers_no_calendar_of_another(company, other):
    """MS1: hours of one tenant are neither offered to nor explained to the service level manager of another."""
    hours = Calendar.objects.create(organisation=other.organisation, key="theirs", label=f"{MARK} hours", week={"mon": ["08:00-09:00"]})
    client = browser(company.person("slm@acme.example", "service_level_manager"))
    assert MARK not in client.get("/levels/what-if").content.decode()
    answer = client.post("/levels/what-if", {"calendar": hours.pk, "week": "08:00-10:00", "days": 9})
    assert answer.status_code == 422 or MARK not in client.get(answer["Location"]).content.decode()


def admin_here_guest_there(company, other):
    person = company.person("guest@acme.example", "administrator")
    Grant.objects.create(person=person, role=Role.objects.get(key="requester"), organisation=other.organisation)
    return person


def admin_there_only(company, other):
    person = other.person("helper@borg.example")
    Grant.objects.create(person=person, role=Role.objects.get(key="administrator"), organisation=company.organisation)
    return person


@pytest.mark.parametrize("made", [admin_here_guest_there, admin_there_only])
def test_ms2_administration_ends_where_its_grant_ends(made, company, other):
    """MS2: administering Acme gives nothing in Borg, neither with a small role there nor because one comes from there."""
    person, home = made(company, other), other.organisation.pk
    client, role = browser(person), Role.objects.get(key="administrator").pk
    tries = [("/admin/grants/new", {"person": person.pk, "role": role, "organisation": home}),
             ("/admin/people/new", {"organisation": home, "name": "Spy", "email": "spy@borg.example", "is_active": "on"}),
             ("/admin/sites/new", {"organisation": home, "name": "Spy site"}), ("/admin/teams/new", {"organisation": home, "name": "Spy team"})]
    rose = [url for url, body in tries if client.post(url, body).status_code < 400]
    assert rose == [] and not Grant.objects.filter(person=person, organisation=home, role=role).exists()
    assert "agent@borg.example" not in client.get("/admin/people").content.decode()
    assert client.get(f"/admin/people/{other.people['agent'].pk}").status_code == 404


def test_ms2_a_log_of_another_tenant_stays_closed(company, other, strewn):
    """MS2: the change log follows the grant of the administration, not any grant."""
    assert MARK not in browser(admin_here_guest_there(company, other)).get("/admin/log?rows=1").content.decode()


def test_ms2_secrets_are_written_only(company, rest):
    """MS2: no page, log or answer shows a hash, a password or another's token, and a colleague ends no token of mine."""
    person = company.people["agent"]
    row, secret = make_token(person, MARK)
    Person.objects.filter(pk=person.pk).update(theme="dark")
    client = company.client("administrator")
    kept = (secret, row.hash, Person.objects.get(pk=person.pk).password)
    for url in ("/admin/tokens", "/admin/log", "/admin/log?rows=1", f"/admin/people/{person.pk}", "/admin/people", "/account", f"/admin/why?person={person.pk}"):
        assert not any(k in client.get(url).content.decode() for k in kept), url
    assert MARK not in company.client("team_lead").get("/account").content.decode()
    company.client("team_lead").post("/account", {"what": "revoke", "id": row.pk})
    assert Client().get("/api/v1/incident", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert not any(k in json.dumps([e.changes, e.data]) for e in Event.objects.all() for k in kept)


def test_ms5_the_tenant_is_the_requesters(company, other, rest):
    """MS5: by page, one line and REST an agent of both tenants opens for Borg's requester in Borg, with nothing of Acme in it; a mismatch is refused."""
    person = company.person("msp@acme.example", "agent")
    Grant.objects.create(person=person, role=Role.objects.get(key="agent"), organisation=other.organisation)
    Membership.objects.create(person=person, team=company.desk)
    client, theirs = browser(person), other.people["requester"].pk
    base = {"title": "x", "requester": theirs, "impact": 3, "urgency": 2, "channel": "phone"}
    assert rest(person, "post", "/incident", {"title": "x", "requester": theirs}).status_code == 201
    assert client.post("/k/incident/new", base).status_code == 303
    assert client.post("/incidents/new", base | {"person": theirs}).status_code == 303
    assert client.post("/incidents/new", base | {"person": theirs, "team": company.desk.pk}).status_code == 422
    assert set(Incident.objects.values_list("organisation__key", flat=True)) == {"borg"} and Incident.objects.count() == 3
    acme_service = write.open_record(registry["service"], system("M", company.organisation.pk), title="Acme only")
    write.move(acme_service, system(), next(m.name for m in registry["service"].lifecycle.moves_from(acme_service.state) if not m.ask))
    for more in ({"team": company.desk.pk}, {"site": company.site.pk}, {"service": acme_service.pk}, {"opened_for": company.people["agent"].pk}):
        assert rest(person, "post", "/incident", {"title": "x", "requester": theirs} | more).status_code == 422, more
    assert client.post("/k/incident/new", base | {"site": company.site.pk}).status_code == 422
    assert rest(person, "post", "/incident", {"title": "x", "requester": theirs, "organisation": company.organisation.pk}).status_code == 422
    mine = rest(person, "post", "/incident", {"title": "mine"}).json()["number"]
    assert rest(person, "patch", f"/incident/{mine}", {"requester": theirs}, If_Match='"1"').status_code == 422
    assert Incident.objects.count() == 4
