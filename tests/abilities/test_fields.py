"""Fields added as data: fifteen types in form, page, list, filter, search, export and REST; rules that the server enforces."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from praxis.abilities.fields.models import CustomField
from praxis.abilities.search.query import search
from praxis.interfaces.cli.checks import differences
from praxis.kernel.actors import system
from praxis.kernel.errors import Conflict, Forbidden
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.people.signin import make_token
from praxis.records import write
from praxis.records.models import Record

pytestmark = pytest.mark.django_db
SAMPLES = {  # type: (what is typed, what is stored, what people read, what is refused)
    "text": ("  Room 7 ", "Room 7", "Room 7", "x" * 501), "lines": ("a\nb", "a\nb", "a\nb", "x" * 10_001), "number": (" 12 ", 12, "12", "1.5"),
    "decimal": ("12,25", 12.25, "12.25", "much"), "money": ("1200.5", 1200.5, "1200.50", "NaN"), "date": ("2026-11-24", "2026-11-24", "2026-11-24", "tomorrow"),
    "time": ("2026-11-24T10:42", "2026-11-24T09:42:00+00:00", "2026-11-24 10:42", "noon"), "yes": ("yes", True, "Yes", "perhaps"),
    "choice": ("Red", "Red", "Red", "Pink"), "many": ("Blue,Red", ["Red", "Blue"], "Red, Blue", "Red,Pink"), "email": ("a@b.example", "a@b.example", "a@b.example", "a@"),
    "url": ("https://x.example/y", "https://x.example/y", "https://x.example/y", "javascript:alert(1)"),
}


def field(key, type="text", kind="incident", **more):
    return write.save(CustomField(), system(), kind=kind, key=key, label=key.replace("_", " ").capitalize(), type=type,
                      options=["Red", "Green", "Blue"] if type in ("choice", "many") else [], **more)


@pytest.mark.parametrize("type", SAMPLES)
def test_each_type_is_checked_stored_and_told(type, make, agent, company):
    typed, stored, words, bad = SAMPLES[type]
    field("fact", type, in_list=True)
    record = make()
    client = company.client("agent")
    assert client.post(f"/r/{record.number}/field/x_fact", {"value": bad, "version": record.version}).status_code == 422
    assert client.post(f"/r/{record.number}/field/x_fact", {"value": typed, "version": record.version}).status_code == 303
    record.refresh_from_db()
    assert record.custom == {"fact": stored} and differences(record) == []
    event = Event.objects.filter(subject=record.pk).latest("id")
    assert event.changes["custom.fact"][1] == stored and event.changes["custom.fact"][3] == words
    assert words.split("\n")[0] in client.get(f"/r/{record.number}").content.decode()
    assert words.split("\n")[0] in client.get("/k/incident?all=1").content.decode()
    assert (stored if type == "time" else words.split("\n")[0]) in b"".join(client.get("/k/incident/export.csv?all=1").streaming_content).decode()


def test_people_groups_and_records_stay_within_reach(make, agent, company, other):
    for type in ("person", "team", "record"):
        field(f"a_{type}", type)
    record, second, foreign = make(), make(), write.open_record(registry["incident"], other.actor("agent"), title="borg", requester=other.people["agent"].pk)
    for values in ({"x_a_person": other.people["agent"].pk}, {"x_a_team": other.desk.pk}, {"x_a_record": foreign.number}, {"x_nothing": 1}):
        with pytest.raises(ValidationError):
            write.change(record, agent, **values)
    write.change(record, agent, x_a_person=company.people["agent"].pk, x_a_team=company.desk.pk, x_a_record=second.number.lower())
    page = company.client("agent").get(f"/r/{record.number}").content.decode()
    assert record.custom["a_record"] == second.number and "Service desk" in page


def test_filters_compare_by_type(make, agent, company):
    field("cost", "money")
    field("colour", "choice")
    field("words")
    made = [make(x_cost=c, x_colour=k) for c, k in ((5, "Red"), (50, "Red"), (500, "Blue"))]
    write.change(made[1], agent, x_words="under the bridge")
    make()
    client = company.client("agent")

    def found(query):
        page = client.get(f"/k/incident?{query}").content.decode()
        return [r.number for r in made if f"/r/{r.number}" in page]

    one, two, three = (r.number for r in made)
    assert found("x_cost.gt=10") == [two, three] and found("x_cost.lt=10") == [one] and found("x_colour.is=Red") == [one, two]
    assert found("x_colour.is_not=Red") == [three] and found("x_colour.not_empty=") == [one, two, three]
    assert found("x_words.contains=BRIDGE") == [two]
    assert client.get("/k/incident?x_cost.gt=much").status_code == 400 and client.get("/k/incident/filter/x_colour").status_code == 200


def test_a_required_field_is_asked_by_every_door(make, agent, company, requester):
    """FLD-02: the form, the telephone form and REST refuse without it; requesters are asked only for what is theirs."""
    field("asset_tag", required=True)
    field("building", required=True, portal=True, section="Where")
    client = company.client("agent")
    assert "Asset tag" in client.get("/k/incident/new").content.decode() and "Where" in client.get("/k/incident/new").content.decode()
    values = {"title": "Printer", "impact": 2, "urgency": 2, "channel": "phone"}
    assert client.post("/k/incident/new", values).status_code == 422
    assert client.post("/k/incident/new", values | {"x_asset_tag": "P-7", "x_building": "A"}).status_code == 303
    assert "Asset tag" in client.get(f"/incidents/new?person={company.people['requester'].pk}").content.decode()
    portal = company.client("requester")
    assert "Building" in (page := portal.get("/my/new").content.decode()) and "Asset tag" not in page
    assert portal.post("/my/new", {"title": "Help", "impact": 3, "urgency": 2}).status_code == 422
    assert portal.post("/my/new", {"title": "Help", "impact": 3, "urgency": 2, "x_building": "B"}).status_code in (302, 303)
    with pytest.raises(ValidationError):
        write.open_record(registry["incident"], agent, title="x")
    with pytest.raises(Forbidden):
        write.open_record(registry["incident"], requester, title="x", x_building="B", x_asset_tag="mine")


def test_a_field_exists_only_where_its_condition_holds(make, agent):
    field("outage_words", when={"field": "impact", "op": "is", "values": ["1"]}, required=True)
    with pytest.raises(ValidationError):
        make(impact=3, x_outage_words="all of us")
    with pytest.raises(ValidationError):
        make(by=agent, impact=1)
    assert make(by=agent, impact=1, x_outage_words="all of us").custom == {"outage_words": "all of us"}


def test_rest_reads_and_writes_added_fields(make, agent, company):
    field("room")
    field("shared", portal=True)
    record = make(x_room="secretroom", x_shared="open")
    secret = make_token(company.people["agent"], "t")[1]
    head = {"Authorization": f"Bearer {secret}", "If-Match": f'"{record.version}"'}
    client = Client()
    url = f"/api/v1/incident/{record.number}"
    assert client.get(url, headers=head).json()["custom"] == {"room": "secretroom", "shared": "open"}
    answer = client.patch(url, json.dumps({"custom": {"room": "8"}}), content_type="application/json", headers=head)
    assert answer.status_code == 200 and answer.json()["custom"]["room"] == "8"
    assert client.patch(url, json.dumps({"custom": {"no": 1}}), content_type="application/json", headers=head).status_code in (409, 422)
    assert [i["number"] for i in client.get("/api/v1/incident?x_room.is=8", headers=head).json()["items"]] == [record.number]
    theirs = {"Authorization": f"Bearer {make_token(company.people['requester'], 't')[1]}"}
    assert client.get(url, headers=theirs).json()["custom"] == {"shared": "open"}
    assert client.get("/api/v1/incident?x_room.is=8", headers=theirs).status_code == 400, "what they may not read they cannot ask for"


def test_values_are_found_by_the_desk_alone(make, agent, company):
    field("serial")
    record = make(x_serial="ZX81-4711")
    assert [h.record.pk for h in search("ZX81-4711", agent)] == [record.pk] and search("ZX81-4711", company.actor("requester")) == []
    write.change(record, agent, x_serial="AMIGA500")
    assert search("ZX81-4711", agent) == [] and len(search("AMIGA500", agent)) == 1


def test_two_people_on_one_field_conflict_and_on_two_do_not(make, agent, company):
    field("a")
    field("b")
    record = make()
    seen, lead = record.version, company.actor("team_lead")
    write.change(type(record).objects.get(pk=record.pk), lead, x_a="hers")
    write.change(record, agent, seen=seen, x_b="his")
    assert record.custom == {"a": "hers", "b": "his"}
    with pytest.raises(Conflict):
        write.change(record, agent, seen=seen, x_a="his too")


def test_ms1_fields_of_another_company_are_not_seen(company, other):
    field("borg_only", organisation=other.organisation)
    for url in ("/k/incident", "/k/incident/new", "/k/incident/export.csv"):
        answer = company.client("agent").get(url)
        text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
        assert "Borg only" not in text and "x_borg" not in text, url
    assert company.client("agent").get("/k/incident?x_borg_only.is=1").status_code == 400


@pytest.mark.parametrize("bad", [{"key": "a__b"}, {"key": "Ä"}, {"kind": "nothing"}, {"type": "choice", "options": []}, {"when": {"how": "some"}}])
def test_a_declaration_that_cannot_work_is_refused(bad):
    with pytest.raises(ValidationError):
        write.save(CustomField(), system(), **({"kind": "incident", "key": "good", "label": "Good", "type": "text"} | bad))
    if "key" not in bad:
        row = field("kept")
        with pytest.raises(ValidationError):
            write.save(row, system(), type="number")


def test_an_index_is_made_and_dropped_on_demand():
    """FLD-01: with `indexed` a filter by an added field is answered from an index of its own; without it the index is gone."""
    from django.db import connection

    from praxis.abilities.fields import indexes
    from praxis.kernel.models import Job
    from praxis.lib.conditions import Test, every
    from praxis.records.question import Question
    from praxis.records.where import to_q

    row = write.save(CustomField(), system(), kind="incident", key="asset_tag", label="Asset tag", type="text", indexed=True)
    assert Job.objects.filter(task__endswith="follow_indexes").exists()
    assert indexes.follow() == (["x_asset_tag"], [])
    assert indexes.follow() == ([], [])
    Record.objects.bulk_create([Record(kind="incident", number=f"X-{n}", title="x", custom={"asset_tag": f"A-{n}"}) for n in range(2000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = to_q(every(Test("x_asset_tag", "is", ("A-7",))), registry["incident"], system())
    found = Record.objects.filter(asked, kind="incident")
    assert "x_asset_tag" in found.explain() and [r.number for r in found] == ["X-7"]
    assert "asset_tag" in str(Question(registry["incident"], system(), every(Test("x_asset_tag", "is", ("A-7",)))).rows().query)
    write.save(CustomField.objects.get(pk=row.pk), system(), indexed=False)
    assert indexes.follow() == ([], ["x_asset_tag"]) and indexes.there() == set()

