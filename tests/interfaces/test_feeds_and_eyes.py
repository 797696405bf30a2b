"""Lists by address, and looking with somebody else's eyes."""

import re

import pytest
from django.test import Client

from praxis.kernel.actors import system
from praxis.kernel.logs import masked
from praxis.kernel.models import Event
from praxis.people.models import Person
from praxis.practices.incident.models import Incident
from praxis.records import write
from praxis.records.models import Feed

pytestmark = pytest.mark.django_db


def address_of(client, query=""):
    page = client.post(f"/k/incident/feed{query}", {"label": "For the wallboard"}).content.decode()
    return re.search(r"<code>http://testserver(/feed/[^<]+)</code>", page)[1]


def numbers(answer):
    return {line.split(",")[0] for line in answer.content.decode().splitlines()[1:]}


def test_ld6_any_list_is_read_as_csv_by_an_address(company, make):
    """LD6: a filtered list by a secret address, without signing in, with what its owner may see at that moment."""
    one, two = make(priority_reason="x", count=1), make(impact=1, urgency=1)
    address = address_of(company.client("agent"), "?priority.is=1")
    answer = Client().get(address)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv") and numbers(answer) == {two.number}
    write.change(Incident.objects.get(pk=two.pk), system(), event="incident.changed", restricted=True, team=company.network.pk)
    assert numbers(Client().get(address)) == set(), "the rights are asked at every reading"
    assert one.number not in answer.content.decode()


def test_t_b14_feeds_have_a_secret_of_their_own_that_ends(company, make, other):
    """T-B14: another secret opens nothing; it is kept as a hash, masked in logs, ended by its owner alone, and with who leaves."""
    record = make()
    client = company.client("agent")
    address = address_of(client)
    assert record.number in numbers(Client().get(address)) and Client().get(address[:-6] + "x.csv").status_code == 404
    row = Feed.objects.get()
    assert row.hash not in address and address.split("/")[2][:20] not in masked(f"GET {address}")
    other.client("agent").post("/account", {"what": "feed", "id": row.pk})
    assert Client().get(address).status_code == 200
    assert "For the wallboard" in client.get("/account").content.decode()
    client.post("/account", {"what": "feed", "id": row.pk})
    assert Client().get(address).status_code == 404
    second = address_of(client)
    write.save(Person.objects.get(pk=company.people["agent"].pk), system(), is_active=False)
    write.save(Person.objects.get(pk=company.people["agent"].pk), system(), is_active=True)
    assert Client().get(second).status_code == 404, "leaving ends it, and coming back revives nothing"
    assert company.client("requester").post("/k/incident/feed", {"label": "x"}).status_code == 403


def test_a_feed_shows_no_more_than_its_owner(company, other, make):
    mine = make()
    theirs = write.open_record(mine.type, other.actor("agent"), title="Theirs", requester=other.people["requester"])
    found = numbers(Client().get(address_of(other.client("agent"), "?all=1")))
    assert theirs.number in found and mine.number not in found


def test_an_administrator_sees_what_another_sees_and_changes_nothing(company, make):
    """View as: the pages of somebody else, read-only, told in the log, ended by a button."""
    record = make()
    client, requester = company.client("administrator"), company.people["requester"]
    assert client.post(f"/admin/people/{requester.pk}/as").status_code == 303
    assert client.get("/").status_code == 302, "a requester has no desk"
    page = client.get("/my").content.decode()
    assert record.title in page and f"You see the pages as {requester.name} does" in page
    assert client.get("/admin").status_code in (302, 403) and client.get("/account").status_code == 403
    assert client.post(f"/my/{record.number}/reply", {"text": "I never wrote this"}).status_code == 403
    assert not record.entries.exists()
    assert Event.objects.filter(name="person.viewed_as", actor_id=company.people["administrator"].pk, data__title=requester.name).count() == 1
    assert client.post("/as/end").status_code == 302 and client.get("/admin").status_code == 200


def test_eyes_are_borrowed_within_ones_reach_only(company, other):
    client, theirs = company.client("administrator"), other.people["agent"]
    assert client.post(f"/admin/people/{theirs.pk}/as").status_code == 404
    wide = company.person("wide@acme.example", "administrator", everywhere=True)
    assert client.post(f"/admin/people/{wide.pk}/as").status_code == 403, "nobody gains by it"
    assert company.client("agent").post(f"/admin/people/{company.people['requester'].pk}/as").status_code == 403
    session = client.session
    session["as"] = theirs.pk  # whatever is in a session: the right is asked at every request
    session.save()
    assert other.organisation.name not in client.get("/").content.decode()
    client.post("/as/end")
    client.post(f"/admin/people/{company.people['agent'].pk}/as")
    write.remove(company.people["administrator"].grants.get(role__key="administrator"), system())
    assert f"You see the pages as {company.people['agent'].name}" not in client.get("/my").content.decode(), "without the right the eyes are one's own again"
