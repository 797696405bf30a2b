"""Assets: tags, custody with reasons, loans and reservations, the desk, value, labels, disposal."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from praxis.abilities.notices.models import Notice
from praxis.estate.asset import counter, jobs, labels, value
from praxis.estate.asset.models import Asset, Product, TagSequence
from praxis.estate.cmdb.models import ItemClass
from praxis.estate.stock.models import Stockroom
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Setting
from praxis.people.signin import make_token
from praxis.records import write

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(company):
    return company.actor("administrator")


@pytest.fixture
def room(company):
    return write.save(Stockroom(), system(), organisation=company.organisation, name="Main store", site=company.site)


@pytest.fixture
def laptop(db):
    return write.save(Product(), system(), maker="Lenovo", name="ThinkPad T14", item_class=ItemClass.objects.get(key="laptop"), holds_data=True, life_months=36, residual=Decimal("16.67"))


@pytest.fixture
def stocked(keeper, room, laptop):
    """stocked(...) is a laptop in the main store."""
    def stocked(**values):
        asset = write.open_record(registry["asset"], keeper, **{"title": "ThinkPad", "product": laptop, **values})
        return write.move(asset, keeper, "receive", stockroom=room, because="Delivered") or Asset.objects.get(pk=asset.pk)

    return stocked


def again(asset):
    return Asset.objects.get(pk=asset.pk)


# Tags (AC6)

def test_a_missing_tag_is_the_next_of_the_sequence_and_a_new_asset_is_nobodys(keeper):
    one, two = (write.open_record(registry["asset"], keeper, title="x") for _ in range(2))
    assert (one.tag, two.tag) == ("A-00001", "A-00002") and one.requester is None and one.organisation_id == keeper.organisation
    assert Event.objects.get(subject=one.pk, name="asset.opened").changes["tag"][1] == "A-00001"


def test_a_class_has_a_sequence_of_its_own_and_an_organisation_comes_first(company, keeper, laptop):
    write.save(TagSequence(), system(), prefix="LT-", digits=3, item_class=laptop.item_class)
    assert write.open_record(registry["asset"], keeper, title="x", product=laptop).tag == "LT-001"
    write.save(TagSequence(), system(), prefix="ACME-", digits=4, organisation=company.organisation, item_class=laptop.item_class, first=700)
    assert write.open_record(registry["asset"], keeper, title="x", product=laptop).tag == "ACME-0700"
    assert write.open_record(registry["asset"], keeper, title="x").tag == "A-00001"


def test_a_written_tag_stays_is_there_once_and_is_never_made_again(keeper):
    first = write.open_record(registry["asset"], keeper, title="x", tag="A-00007")
    assert first.tag == "A-00007" and first.serial == ""
    with pytest.raises(ValidationError, match="Another asset has this tag"):
        write.open_record(registry["asset"], keeper, title="x", tag="a-00007")
    assert write.open_record(registry["asset"], keeper, title="x").tag == "A-00008"
    write.open_record(registry["asset"], keeper, title="x", tag="Beamer 3")
    with pytest.raises(ValidationError, match="Another asset has this tag"):
        write.change(first, keeper, tag="Beamer 3")
    assert write.change(again(first), keeper, tag="Beamer 4").tag_key == f"{keeper.organisation}:beamer 4"


def test_two_companies_count_for_themselves(keeper, other):
    theirs = other.actor("administrator")
    assert [write.open_record(registry["asset"], by, title="x").tag for by in (keeper, theirs, keeper)] == ["A-00001", "A-00001", "A-00002"]


def test_a_beginning_that_ends_with_a_digit_is_refused(keeper):
    with pytest.raises(ValidationError, match="ends? with a letter"):
        write.save(TagSequence(), system(), prefix="A1", item_class=ItemClass.objects.get(key="printer"))


# Custody (AST-02)

def test_every_step_says_why_and_the_history_tells_who_had_it(company, keeper, room, stocked):
    asset, rob = stocked(), company.people["requester"]
    with pytest.raises(ValidationError) as problem:
        write.move(asset, keeper, "hand_out", requester=rob)
    assert "because" in problem.value.message_dict
    write.move(asset, keeper, "hand_out", requester=rob, because="New colleague")
    asset = again(asset)
    assert (asset.state, asset.requester, asset.stockroom, asset.substate) == ("in_use", rob, None, "")
    write.act(asset, keeper, "pass_on", to=str(company.people["agent"].pk), because="Changed desks")
    write.move(again(asset), keeper, "take_back", stockroom=room, substate="defective", because="Screen cracked")
    asset = again(asset)
    assert (asset.state, asset.requester, asset.stockroom, asset.substate) == ("in_stock", None, room, "defective")
    page = strip_tags(company.client("administrator").get(f"/r/{asset.number}").content.decode())
    for words in ("New colleague", "Changed desks", "Screen cracked", "Delivered", "In use · Requester", "Passed on · Agent", "In stock · Main store"):
        assert words in page
    with pytest.raises(NotPossible, match="Defective"):
        write.move(asset, keeper, "hand_out", requester=rob, because="x")


def test_who_has_it_changes_by_steps_alone(company, keeper, stocked):
    asset = stocked()
    for name, v in (("requester", company.people["requester"]), ("stockroom", None), ("loan_until", date.today()), ("disposal", "sold"), ("reserved_for", company.people["requester"])):
        with pytest.raises(ValidationError, match="Use “"):
            write.change(asset, keeper, **{name: v})


def test_nobody_of_another_company_gets_it(company, other, keeper, stocked):
    with pytest.raises(ValidationError, match="Choose one of the list"):
        write.move(stocked(), keeper, "hand_out", requester=other.people["requester"], because="x")


def test_the_one_who_has_it_confirms_under_my_devices(company, other, keeper, stocked):
    asset = stocked(title="Rob's laptop")
    write.move(asset, keeper, "hand_out", requester=company.people["requester"], because="x")
    rob, strange = company.client("requester"), other.client("requester")
    assert "Rob&#39;s laptop" in rob.get("/my/devices").content.decode() and "Rob" not in strange.get("/my/devices").content.decode()
    assert strange.post(f"/my/devices/{asset.number}/confirm").status_code == 404 and again(asset).received_at is None
    with pytest.raises(Forbidden):
        write.act(again(asset), company.actor("agent"), "confirm")
    assert rob.get(f"/my/devices/{asset.number}/confirm").status_code == 405 and again(asset).received_at is None
    assert rob.post(f"/my/devices/{asset.number}/confirm").status_code == 303
    assert again(asset).received_at and Event.objects.get(name="asset.confirmed").actor_id == company.people["requester"].pk
    assert rob.get(f"/t/{asset.number}").headers["Location"] == "/my/devices" and company.client("agent").get(f"/t/{asset.number}").headers["Location"] == f"/r/{asset.number}"
    assert strange.get(f"/t/{asset.number}").status_code == 404 and rob.get("/t/AST-9").status_code == 404


def test_what_was_reserved_goes_to_nobody_else_until_its_day(company, keeper, stocked):
    asset, rob, ana = stocked(), company.people["requester"], company.people["agent"]
    until = value.today() + timedelta(days=3)
    write.act(asset, keeper, "reserve", person=str(rob.pk), until=str(until), because="Starts on Monday")
    assert again(asset).substate == "reserved"
    with pytest.raises(NotPossible, match="reserved for Requester"):
        write.move(again(asset), keeper, "hand_out", requester=ana, because="x")
    with pytest.raises(NotPossible):
        write.act(again(asset), keeper, "reserve", person=str(ana.pk))
    write.move(again(asset), keeper, "hand_reserved", because="It is Monday")
    assert (again(asset).requester, again(asset).reserved_for) == (rob, None)
    second = stocked()
    Asset.objects.filter(pk=write.act(second, keeper, "reserve", person=str(rob.pk), until=str(until)).pk).update(reserved_until=value.today() - timedelta(days=1))
    write.move(again(second), keeper, "hand_out", requester=ana, because="It was over")
    third = stocked()
    write.act(third, keeper, "reserve", person=str(rob.pk), until=str(until))
    Asset.objects.filter(pk=third.pk).update(reserved_until=value.today() - timedelta(days=1))
    assert jobs.ask_back.func() == [0, 1] and jobs.ask_back.func() == [0, 0]
    assert (again(third).reserved_for, again(third).substate) == (None, "available")


def test_a_loan_that_is_over_is_asked_back_once(company, keeper, stocked):
    asset, rob = stocked(owner=company.people["agent"]), company.people["requester"]
    with pytest.raises(ValidationError):
        write.move(asset, keeper, "lend", requester=rob, because="x")
    write.move(asset, keeper, "lend", requester=rob, loan_until=value.today(), because="A fair")
    assert jobs.ask_back.func() == [0, 0]
    Asset.objects.filter(pk=asset.pk).update(loan_until=value.today() - timedelta(days=1))
    assert jobs.ask_back.func() == [1, 0] and jobs.ask_back.func() == [0, 0]
    assert set(Notice.objects.filter(record=asset.pk).values_list("person", flat=True)) == {rob.pk, company.people["agent"].pk}
    write.act(again(asset), keeper, "extend", until=str(value.today() + timedelta(days=2)))
    Asset.objects.filter(pk=asset.pk).update(loan_until=value.today() - timedelta(days=2))
    assert jobs.ask_back.func() == [1, 0], "another end of the loan is told again"
    over = again(asset).loan_until
    write.move(again(asset), keeper, "take_back", stockroom=Stockroom.objects.get(), because="x")
    write.move(again(asset), keeper, "lend", requester=rob, loan_until=value.today(), because="x")
    Asset.objects.filter(pk=asset.pk).update(loan_until=over)
    assert jobs.ask_back.func() == [1, 0], "another loan to the same day too"


# The desk (AC5)

def test_the_desk_hands_out_by_table_and_says_what_was_scanned_twice(company, stocked):
    a, b, c = stocked(), stocked(serial="PF-1"), stocked()
    desk = company.client("agent")
    table = f"Tag;Person;Reason\n{a.tag};requester@acme.example;Starter\nPF-1;Power Requester;\n{a.tag};agent@acme.example;\nA-9999;requester@acme.example;\n{c.number};nobody@acme.example;\n"
    page = desk.post("/assets/desk", {"what": "hand_out", "file": SimpleUploadedFile("out.csv", table.encode())}).content.decode()
    assert "2 of 5 done" in page and "It stands on line 1 already." in page and "nothing here has this tag" in page and "nobody of this name" in page
    assert (again(a).requester, again(a).because, again(b).requester, again(c).state) == (company.people["requester"], "Starter", company.people["power_requester"], "in_stock")
    page = desk.post("/assets/desk", {"what": "take_back", "tags": f"{a.tag}\n http://desk.example/t/{b.number} \n{a.tag}", "because": "Left"}).content.decode()
    assert "2 of 3 done" in page and again(a).state == again(b).state == "in_stock" and again(b).because == "Left"
    day = value.today() + timedelta(days=7)
    desk.post("/assets/desk", {"what": "lend", "tags": a.tag, "person": "requester@acme.example", "until": str(day)})
    assert again(a).loan_until == day and f"until {day}" in desk.get("/assets/desk").content.decode()
    assert desk.post("/assets/desk", {"what": "lend", "tags": ""}).status_code == 422
    assert desk.post("/assets/desk", {"what": "hand_out", "file": SimpleUploadedFile("x.csv", b"Colour\nred\n")}).status_code == 422


def test_the_desk_of_one_company_finds_nothing_of_another(company, other, stocked):
    asset = stocked(serial="SECRET-1")
    theirs = other.actor("agent")
    for text in (asset.tag, asset.number, "SECRET-1"):
        assert [line.words for line in counter.serve(theirs, "take_back", [{"tag": text}])] == [f"{text}: nothing here has this tag, number or serial number."]


def test_steps_over_rest_are_those_of_the_desk(company, room, stocked):
    asset = stocked()
    head = {"Authorization": f"Bearer {make_token(company.people['agent'], 'x')[1]}"}
    client = company.client("agent")
    body = {"requester": company.people["requester"].pk, "because": "REST"}
    assert client.post(f"/api/v1/asset/{asset.number}/moves/hand_out", body, content_type="application/json", headers=head).status_code == 200
    assert again(asset).requester == company.people["requester"]
    assert client.post(f"/api/v1/asset/{asset.number}/moves/take_back", {"stockroom": room.pk, "because": "REST"}, content_type="application/json", headers=head).status_code == 200


# Value (AST-09)

def test_value_is_told_where_price_day_and_model_are_known_and_named_where_not(company, keeper, stocked):
    asset = stocked(cost="900.00", bought_on=str(value.today() - timedelta(days=400)))
    page = company.client("administrator").get(f"/r/{asset.number}").content.decode()
    assert "Book value today" in page and "629.18 EUR" in page, "13 whole months of (900 - 150.03) / 36"
    bare = stocked()
    page = company.client("administrator").get(f"/r/{bare.number}").content.decode()
    assert "Unknown: price, bought on" in page
    told = company.client("administrator").get("/assets/value").content.decode()
    assert "900.00 EUR" in told and "629.18 EUR" in told and "Lenovo ThinkPad T14" in told
    Product.objects.update(yearly=Decimal(138))
    write.save(Setting(), system(), key="asset.support_hour", value=45)
    whole = value.ownership(Asset.objects.select_related("product").get(pk=asset.pk), value.today())
    assert whole.total == Decimal("900.00") + (Decimal(13) / 12 * 138).quantize(Decimal("0.01")) - Decimal("629.18")


def test_what_it_costs_is_seen_only_with_the_right_to(company, keeper, stocked):
    asset = stocked(cost="912.34", bought_on="2026-01-01")
    write.move(asset, keeper, "hand_out", requester=company.people["requester"], because="x")
    write.change(again(asset), keeper, cost="913.57")
    for role in ("agent", "specialist"):
        client, head = company.client(role), {"Authorization": f"Bearer {make_token(company.people[role], 'x')[1]}"}
        for url in (f"/r/{asset.number}", f"/r/{asset.number}?as=preview", "/k/asset/export.csv?all=1", "/k/asset?all=1", f"/r/{asset.number}/panel/asset.worth"):
            text = client.get(url, headers={"HX-Request": "true"} if "preview" in url else {})
            told = b"".join(text.streaming_content) if text.streaming else text.content
            assert b"913.57" not in told and b"912.34" not in told, url
        assert client.get(f"/api/v1/asset/{asset.number}", headers=head).json()["cost"] is None
        assert "91" not in str([e["changes"].get("cost") for e in client.get(f"/api/v1/asset/{asset.number}/events", headers=head).json()["items"]])
        assert client.post(f"/r/{asset.number}/field/cost", {"value": "1"}).status_code == 404
        assert client.get("/assets/value").status_code in (403, 404)
    lead = company.client("team_lead")
    assert "913.57" in lead.get(f"/r/{asset.number}").content.decode()
    assert b"913.57" in b"".join(lead.get("/k/asset/export.csv?all=1").streaming_content)
    rob = {"Authorization": f"Bearer {make_token(company.people['requester'], 'x')[1]}"}
    mine = company.client("requester").get(f"/api/v1/asset/{asset.number}", headers=rob).json()
    assert mine["number"] == asset.number and mine["cost"] is None


# Disposal

def test_what_held_data_leaves_with_a_proof(company, keeper, stocked):
    asset = stocked()
    write.move(asset, keeper, "retire", because="Old")
    gone = {"disposal": "recycled", "disposed_on": value.today(), "because": "Old"}
    with pytest.raises(ValidationError) as problem:
        write.move(again(asset), keeper, "dispose", **gone)
    assert "wiped" in problem.value.message_dict
    with pytest.raises(ValidationError) as problem:
        write.move(again(asset), keeper, "dispose", **gone, wiped="NIST 800-88 purge, H. Lefèvre")
    assert "certificate" in problem.value.message_dict
    with pytest.raises(Forbidden):
        write.move(again(asset), company.actor("agent"), "dispose", **gone, wiped="x", certificate="x")
    write.move(again(asset), keeper, "dispose", **gone, wiped="NIST 800-88 purge, H. Lefèvre", certificate="REC-77")
    assert (again(asset).state, again(asset).certificate) == ("disposed", "REC-77")
    lost = stocked()
    write.move(lost, keeper, "lose", because="Not there")
    write.move(again(lost), keeper, "retire", because="Given up")
    write.move(again(lost), keeper, "dispose", disposal="written_off", disposed_on=value.today(), because="Not there any more")
    assert again(lost).state == "disposed"


# Items, labels

def test_an_item_becomes_an_asset_and_neither_fills_the_others_serial(company, keeper, make, laptop):
    item = make("item", title="lt-001", serial="PF-3", maker="Lenovo", product="ThinkPad T14")
    asset = write.act(item, keeper, "as_asset")
    assert (asset.item_id, asset.serial, asset.product, asset.tag) == (item.pk, "PF-3", laptop, "A-00001")
    with pytest.raises(NotPossible):
        write.act(item, keeper, "as_asset")
    write.change(asset, keeper, serial="", tag="T-1")
    item.refresh_from_db()
    assert item.serial == "PF-3"
    assert "T-1" in company.client("agent").get(f"/r/{item.number}").content.decode()


def test_labels_lead_to_the_asset_and_print_a_list(company, keeper, stocked):
    a, b = stocked(title="One"), stocked(title="<b>Two</b>")
    write.save(Setting(), system(), key="asset.label_address", value="https://desk.example/")
    assert labels.address(a) == f"https://desk.example/t/{a.number}" and labels.code(a).startswith("<svg")
    page = company.client("agent").get("/assets/labels?all=1").content.decode()
    assert page.count('class="qr"') == 2 and "&lt;b&gt;Two" in page and a.tag in page
    assert company.client("agent").get(f"/assets/labels?number={b.number}").content.decode().count('class="qr"') == 1
    assert company.client("agent").get("/assets/labels?nonsense.is=1").status_code == 400


def test_the_callers_devices_stand_beside_the_incident(company, keeper, make, stocked):
    asset = stocked(title="Rob's laptop")
    write.move(asset, keeper, "hand_out", requester=company.people["requester"], because="x")
    incident = make(requester=company.people["requester"].pk)
    assert "Rob&#39;s laptop" in company.client("agent").get(f"/r/{incident.number}").content.decode()
