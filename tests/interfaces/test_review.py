"""What a review once found: each stays mended."""

import json
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from praxis.abilities.conversation.models import File
from praxis.kernel.errors import Conflict, Forbidden, NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Setting
from praxis.kernel.now import now
from praxis.people.models import Grant, Membership, Organisation, Person, Role
from praxis.people.signin import make_token
from praxis.practices.incident import jobs
from praxis.practices.incident.models import CLOSE_CODES, Incident
from praxis.records import write
from tests.conftest import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(company):
    def call(method, url, body=None, role="agent", **headers):
        secret = make_token(company.people[role], "t")[1]
        head = {"Authorization": f"Bearer {secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(Client(), method)(f"/api/v1{url}", headers=head, **data)

    return call


def test_a_note_never_becomes_the_public_solution(make, agent):
    record = make()
    with pytest.raises(ValidationError):
        write.act(record, agent, "reply", text="SECRET", internal=True, then="resolve")
    assert Incident.objects.get(pk=record.pk).solution == ""


@pytest.mark.parametrize("extra", ["priority_reason", "owner", "team", "solution", "hold_reason", "close_code", "restricted", "symptom"])
def test_a_requester_opens_only_with_what_everybody_may_fill_in(extra, call, company):
    value = {"owner": company.people["agent"].pk, "team": company.network.pk, "hold_reason": "caller", "close_code": "solved"}.get(extra, "x")
    answer = call("post", "/incident", {"title": "x", extra: value}, role="requester")
    assert answer.status_code in (403, 422) and not Incident.objects.exists()


def test_an_owner_one_names_oneself_opens_no_door(company):
    requester = company.actor("requester")
    with pytest.raises(Forbidden):
        write.open_record(registry["incident"], requester, title="x", requester=company.people["agent"].pk, owner=requester.id)


def test_an_administrator_stays_within_the_own_organisation(company, other):
    by = company.actor("administrator")
    role = Role.objects.get(key="administrator")
    for row, values in (
        (Grant(), {"person": company.people["agent"], "role": role}), (Grant(), {"person": other.people["agent"], "role": role, "organisation": company.organisation}),
        (Membership(), {"person": company.people["agent"], "team": other.desk}), (Setting(), {"key": "incident.auto_close_days", "value": 1}),
        (role, {"permissions": {}}), (other.organisation, {"name": "Mine"}),
    ):
        with pytest.raises(Forbidden):
            write.save(row, by, **values)
    write.save(Grant(), by, person=company.people["agent"], role=role, organisation=company.organisation)


def test_rows_lose_no_update(company):
    by = company.actor("administrator")
    first, second = (Person.objects.get(pk=company.people["agent"].pk) for _ in range(2))
    write.save(second, by, is_active=False)
    with pytest.raises(Conflict):
        write.save(first, by, job="New")
    assert not Person.objects.get(pk=first.pk).is_active


def test_a_replayed_note_is_private_whatever_its_event_is_called(company, call, agent):
    steps = [write.Happening(now(), agent, {"title": "t", "requester": company.people["requester"]}),
             write.Happening(now(), agent, body={"text": "SECRET", "internal": True})]
    record = write.replay([write.History(registry["incident"], company.organisation.pk, steps)])[0]
    assert "SECRET" not in call("get", f"/incident/{record.number}/events", role="requester").content.decode()
    assert "SECRET" in call("get", f"/incident/{record.number}/events").content.decode()


def test_a_follow_up_keeps_files_group_and_restriction(make, company, agent):
    record = make(restricted=True)
    write.move(record, agent, "resolve", close_code="solved", solution="x")
    write.move(record, agent, "close")
    made = write.act(record, company.actor("requester"), "reply", text="again", files=[SimpleUploadedFile("a.txt", b"x")])
    assert made.restricted and made.team == record.team and File.objects.get().record_id == made.pk


def test_a_removed_code_stops_neither_changes_nor_closing(make, agent, monkeypatch):
    record = make()
    write.move(record, agent, "resolve", close_code="solved", solution="x")
    monkeypatch.setattr(type(CLOSE_CODES), "__call__", lambda self, organisation=None: {} if self.key == CLOSE_CODES.key else self.default)
    write.change(record, agent, title="Still changes")
    assert jobs.close_resolved.call() == 0


def test_without_a_key_each_one_is_made(company):
    client, body = company.client("agent"), {"person": company.people["requester"].pk, "title": "t", "impact": 3, "urgency": 2, "channel": "phone"}
    assert {client.post("/incidents/new", body)["Location"] for _ in range(2)} == {f"/r/{n}" for n in Incident.objects.values_list("number", flat=True)}
    assert Incident.objects.count() == 2


def test_a_key_answers_only_for_what_was_asked(make, company, agent):
    write.once("k", agent, lambda: "first", asked="a")
    assert write.once("k", agent, lambda: "second", asked="a") == "first"
    with pytest.raises(ValidationError):
        write.once("k", agent, lambda: "third", asked="b")
    client, records = company.client("agent"), make(count=2)
    for record in records:
        client.post(f"/r/{record.number}/do/reply", {"text": "hello", "once": "same"})
        assert record.entries.count() == 1


@pytest.mark.parametrize("name", ["description", "tags", "symptom", "cause", "solution", "title", "impact"])
def test_null_where_none_is_allowed_is_told(name, make, call):
    assert call("patch", f"/incident/{make().number}", {name: None}, If_Match='"1"').status_code in (409, 422)


@pytest.mark.parametrize("query", ["updated.within=999999w", "opened.before=999999w", "updated.after=0001-01-01", "opened.me=", "due.me=", "opened.my_teams=", "priority.contains=x",
                                   "team.contains=x", "title.within=1d", "updated.is=x", "owner.lt=x"])
def test_filters_that_make_no_sense_are_told(query, call, company):
    assert call("get", f"/incident?{query}").status_code == 400
    assert company.client("agent").get(f"/k/incident?{query}").status_code == 400


def test_digits_that_are_no_numbers(company, make):
    client, record = company.client("agent"), make()
    assert client.get("/incidents/new?person=²").status_code == 200
    assert client.post(f"/r/{record.number}/field/impact", {"value": "1", "version": "²"}).status_code == 303
    assert client.post("/account", {"what": "revoke", "id": "²"}).status_code == 302


@pytest.mark.parametrize("body", [{"title": "a\ud800"}, {"title": "x", "outage_from": "0001-01-01T00:00:00+14:00"}, {"title": "x", "description": "\x00\ud800"}])
def test_text_and_times_that_cannot_be_stored(body, call):
    assert call("post", "/incident", body).status_code in (400, 422)


def test_an_unknown_zone_breaks_no_page(company):
    Organisation.objects.filter(pk=company.organisation.pk).update(zone="Nope/Zone")
    assert company.client("agent").get("/").status_code == 200
    with pytest.raises(ValidationError):
        write.save(company.organisation, company.actor("administrator"), zone="Nope/Zone")


def test_a_link_tells_nothing_of_a_hidden_record(make, company, agent):
    hidden = make(title="HIDDEN", restricted=True, team=company.network.pk, requester=company.people["power_requester"].pk)
    record = make()
    write.link(record, hidden, "related", replace(agent, grants={"everything": ()}))
    page = company.client("agent").get(f"/r/{record.number}").content.decode()
    assert hidden.number not in page and "HIDDEN" not in page


def test_a_stale_copy_cannot_change_what_was_closed_meanwhile(make, agent):
    record = make()
    copy = Incident.objects.get(pk=record.pk)
    write.move(record, agent, "cancel", solution="Not needed")
    with pytest.raises(NotPossible):
        write.change(copy, agent, title="after close")


def test_a_version_from_the_future_is_a_conflict(make, call):
    assert call("patch", f"/incident/{make().number}", {"title": "x"}, If_Match='"999999"').status_code == 409


def test_verbs_refuse_nonsense(make, call, company):
    record = make()
    assert call("post", f"/incident/{record.number}/actions/override_priority", {"priority": 1, "why": "  "}, role="team_lead").status_code == 422
    assert call("post", f"/incident/{record.number}/actions/reassign", {"team": company.desk.pk, "owner": 999999}).status_code == 422
    assert call("post", f"/incident/{record.number}/actions/reply", {"text": "x", "aside": "by phone"}, role="requester").status_code == 403


def test_where_one_wanted_to_go_survives_the_sign_in(company):
    answer = Client().get("/k/incident?team.is=3&owner.empty=")
    assert "owner.empty" in Client().get(answer["Location"]).content.decode()
    assert company.client("agent").get("/k/incident?title.contains=a,b").status_code == 200


def test_counts_of_a_shared_team_show_only_what_is_visible(other, company):
    shared = company.desk
    type(shared).objects.filter(pk=shared.pk).update(organisation=None)
    Membership.objects.create(person=other.people["agent"], team=shared)
    write.open_record(registry["incident"], other.actor("agent"), title="theirs", team=shared.pk)
    page = company.client("agent").get("/").content.decode()
    assert 'title="Incidents"' in page and page.count('class="n">1<') <= 1 and "Agent" in page


def test_people_without_a_password_may_change_their_theme(company):
    person = Company.person(company, "nopass@acme.example", "agent")
    Person.objects.filter(pk=person.pk).update(password="")
    write.save(Person.objects.get(pk=person.pk), replace(company.actor("agent"), id=person.pk, grants={}), theme="dark")
    assert Person.objects.get(pk=person.pk).theme == "dark" and Event.objects.filter(name="person.saved").exists()


def test_signing_in_and_tokens_are_in_the_log(company):
    Client().post("/sign-in", {"email": "agent@acme.example", "password": "a long password"})
    make_token(company.people["agent"], "t")
    assert set(Event.objects.filter(actor_id=company.people["agent"].pk).values_list("name", flat=True)) >= {"person.signed_in", "token.saved"}


def test_what_has_no_group_goes_to_the_desk(company):
    type(company.desk).objects.filter(pk=company.desk.pk).update(is_desk=True)
    assert write.open_record(registry["incident"], company.actor("requester"), title="x").team == company.desk


def test_an_empty_reply_is_answered_beside_the_page(company, make):
    answer = company.client("agent").post(f"/r/{make().number}/do/reply", {"text": " "}, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and answer["HX-Retarget"] == "#toasts" and "Write something first" in answer.content.decode()


def test_a_dialog_begins_with_what_is_there(company, make):
    page = company.client("agent").get(f"/r/{make().number}/do/reassign").content.decode()
    assert f'<option value="{company.desk.pk}" selected>' in page
