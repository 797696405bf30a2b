"""Consumables: never below nothing (T-H7), moved and counted with their reasons; stock-takes and their differences."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from praxis.abilities.notices.models import Notice
from praxis.estate.asset.models import Asset
from praxis.estate.stock.models import Consumable, Stock, Stockroom
from praxis.estate.stocktake import differences, jobs
from praxis.estate.stocktake.models import Count, Stocktake
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.people.signin import make_token
from praxis.records import write
from praxis.records.models import Link
from tests.records.test_races import at_once
from tests.records.test_races import company as committed  # noqa: F401 (a company whose rows other connections see)


def shelves(home, *names):
    return [write.save(Stockroom(), system(), organisation=home, name=n) for n in names]


def toner(keeper, **values):
    record = write.open_record(registry["consumable"], keeper, **{"title": "Toner", **values})
    return write.move(record, keeper, "keep") or Consumable.objects.get(pk=record.pk)


def lying(record):
    return dict(Stock.objects.filter(consumable=record.pk).values_list("stockroom__name", "quantity"))


@pytest.mark.django_db
def test_what_is_taken_delivered_carried_and_counted_adds_up(company, make):
    keeper, agent = company.actor("administrator"), company.actor("agent")
    main, shelf = shelves(company.organisation, "Main", "Shelf")
    record = toner(keeper, minimum=4, owner=company.people["agent"])
    write.act(record, agent, "deliver", stockroom=str(main.pk), quantity=10, why="Delivery note 7")
    write.act(record, agent, "carry", stockroom=str(main.pk), to="Shelf", quantity=4)
    incident = make()
    write.act(record, agent, "take", stockroom="shelf", quantity=1, why=incident.number)
    assert lying(record) == {"Main": 6, "Shelf": 3} and record.on_hand == 9 and Link.objects.filter(source=record.pk, target=incident.pk).exists()
    with pytest.raises(NotPossible, match="Only 3 are in Shelf"):
        write.act(record, agent, "take", stockroom=str(shelf.pk), quantity=4)
    with pytest.raises(Forbidden):
        write.act(record, agent, "recount", stockroom=str(main.pk), quantity=2)
    write.act(record, keeper, "recount", stockroom=str(main.pk), quantity=2, why="Two boxes were empty")
    assert lying(record) == {"Main": 2, "Shelf": 3} and not record.short
    write.act(record, keeper, "recount", stockroom=str(main.pk), quantity=2)
    for quantity in (0, -1, "x", 1_000_001):
        with pytest.raises(ValidationError):
            write.act(record, agent, "deliver", stockroom=str(main.pk), quantity=quantity)
    write.act(record, agent, "take", stockroom=str(shelf.pk), quantity=2)
    write.act(record, agent, "take", stockroom=str(shelf.pk), quantity=1)
    assert record.short and Notice.objects.filter(record=record.pk, text__contains="4 should be there").count() == 1, "told once, when it fell below"
    words = [e.data["words"] for e in Event.objects.filter(subject=record.pk, name__startswith="consumable.").order_by("id") if "words" in e.data]
    assert words[0] == "10 into Main (10 there), Delivery note 7" and words[1] == "4 from Main to Shelf" and "2 in Main instead of 6, Two boxes were empty" in words
    page = company.client("agent").get(f"/r/{record.number}").content.decode()
    assert "2 piece" in page and "time to order" in page
    with pytest.raises(NotPossible, match="still 2"):
        write.move(record, keeper, "end")


@pytest.mark.django_db
def test_the_stockroom_of_another_company_is_none(company, other):
    record = toner(company.actor("administrator"))
    theirs, = shelves(other.organisation, "Theirs")
    for text in (str(theirs.pk), "Theirs", "", "0"):
        with pytest.raises(ValidationError):
            write.act(record, company.actor("agent"), "deliver", stockroom=text, quantity=1)


@pytest.mark.django_db(transaction=False)
def test_on_hand_is_set_by_nobody(company):
    keeper = company.actor("administrator")
    record = toner(keeper)
    for name in ("on_hand", "short"):
        with pytest.raises(ValidationError, match="not set by hand"):
            write.change(record, keeper, **{name: 5})


def test_t_h7_fifty_who_take_at_once_get_what_is_there_and_not_one_more(committed):  # noqa: F811
    keeper, agent = committed.actor("administrator"), committed.actor("agent")
    main, = shelves(committed.organisation, "Main")
    record = toner(keeper)
    write.act(record, keeper, "deliver", stockroom=str(main.pk), quantity=30)
    results, errors = at_once(50, lambda n: write.act(Consumable.objects.get(pk=record.pk), agent, "take", stockroom=str(main.pk), quantity=1).on_hand)
    assert len(results) == 30 and len(errors) == 20 and all(isinstance(e, NotPossible) and "none in Main" in str(e) for e in errors), errors[:3]
    assert sorted(results) == list(range(30)) and lying(record) == {"Main": 0} and Consumable.objects.get(pk=record.pk).on_hand == 0
    assert Event.objects.filter(subject=record.pk, name="consumable.taken").count() == 30
    connections.close_all()


def test_ac6_a_thousand_assets_at_once_get_a_thousand_tags(committed):  # noqa: F811
    keeper = committed.actor("administrator")

    def create(n):
        return [write.open_record(registry["asset"], keeper, title=f"{n}-{m}").tag for m in range(20)]

    results, errors = at_once(50, create)
    tags = [tag for part in results for tag in part]
    assert errors == [] and len(tags) == len(set(tags)) == 1000
    assert sorted(tags) == [f"A-{n:05d}" for n in range(1, 1001)]


# Stock-takes

@pytest.fixture
def counted(company):
    """A stock-take of the main store with five assets: three lie there, one on the shelf, one is with somebody."""
    keeper = company.actor("administrator")
    main, shelf = shelves(company.organisation, "Main", "Shelf")
    made = [write.open_record(registry["asset"], keeper, title=f"Thing {n}", serial=f"S-{n}") for n in range(5)]
    for n, asset in enumerate(made):
        write.move(asset, keeper, "receive", stockroom=shelf if n == 3 else main, because="x")
    write.move(made[4], keeper, "hand_out", requester=company.people["requester"], because="x")
    take = write.open_record(registry["stocktake"], keeper, title="Main, November", stockroom=main)
    return keeper, take, made, main


def told(take):
    now = differences.of(take)
    return [sorted(a.title for a in part) for part in (now.found, now.missing, now.strays)] + [[c.text for c in now.unknown]]


@pytest.mark.django_db
def test_ac5_scanning_by_rest_page_and_table_and_what_was_scanned_twice_is_said(company, counted):
    keeper, take, made, _main = counted
    agent, head = company.client("agent"), {"Authorization": f"Bearer {make_token(company.people['agent'], 'x')[1]}"}
    url = f"/api/v1/stocktake/{take.number}/actions/scan"
    assert agent.post(url, {"tags": made[0].tag}, content_type="application/json", headers=head).status_code == 200
    again = agent.post(url, {"tags": f" {made[0].number} "}, content_type="application/json", headers=head)
    assert again.status_code == 422 and "Counted already, by Agent at" in again.json()["detail"]
    page = agent.post(f"/stocktakes/{take.number}/count", {"tags": "S-1"}).content.decode()
    assert "Counted" in page and "Thing 1" in page
    page = agent.post(f"/stocktakes/{take.number}/count", {"tags": made[1].tag}).content.decode()
    assert "Counted already, by Agent at" in page
    table = f"Tag,Colour\n{made[1].tag},red\n{made[3].tag},blue\n{made[4].tag},blue\nUNKNOWN-7,blue\n"
    page = agent.post(f"/stocktakes/{take.number}/count", {"file": SimpleUploadedFile("scan.csv", table.encode())}).content.decode()
    assert "2 of 4 counted" in page and "UNKNOWN-7" in page
    assert told(take) == [["Thing 0", "Thing 1"], ["Thing 2"], ["Thing 3", "Thing 4"], ["UNKNOWN-7"]]
    assert Count.objects.filter(stocktake=take.pk).count() == 5
    assert agent.post(f"/stocktakes/{take.number}/count", {"tags": " "}).status_code == 422
    page = agent.get(f"/r/{take.number}").content.decode()
    for words in ("2 found", "1 not yet seen", "2 expected elsewhere", "1 unknown"):
        assert words in page


@pytest.mark.django_db
def test_finishing_keeps_the_figures_and_settles_what_was_ticked(company, counted):
    keeper, take, made, main = counted
    write.act(take, keeper, "scan", tags="\n".join(made[n].tag for n in (0, 3, 4)))
    with pytest.raises(Forbidden):
        write.move(take, company.actor("agent"), "finish")
    write.move(take, keeper, "finish", report_missing=True, bring_here=True)
    take = Stocktake.objects.get(pk=take.pk)
    assert (take.found, take.missing, take.strays) == (1, 2, 2)
    assert jobs.settle.func(take.pk) == [2, 2] and jobs.settle.func(take.pk) == [0, 0], "safe to repeat"
    assert [(a.state, a.stockroom_id) for a in Asset.objects.filter(pk__in=[m.pk for m in made]).order_by("pk")] == [
        ("in_stock", main.pk), ("missing", None), ("missing", None), ("in_stock", main.pk), ("in_stock", main.pk)]
    assert Asset.objects.get(pk=made[1].pk).because == f"Stock-take {take.number}"
    with pytest.raises(NotPossible):
        write.act(take, keeper, "scan", tags="x")
    assert company.client("agent").post(f"/stocktakes/{take.number}/count", {"tags": "x"}).status_code == 422


@pytest.mark.django_db
def test_nothing_is_settled_that_was_not_ticked(counted):
    keeper, take, made, _main = counted
    write.act(take, keeper, "scan", tags=made[3].tag)
    write.move(take, keeper, "finish")
    assert jobs.settle.func(take.pk) == [0, 0] and Asset.objects.filter(state="missing").count() == 0


@pytest.mark.django_db
def test_another_company_counts_nothing_here(company, other, counted):
    _keeper, take, made, _main = counted
    assert other.client("agent").get(f"/stocktakes/{take.number}/count").status_code == 404
    theirs = write.open_record(registry["stocktake"], other.actor("administrator"), title="Theirs")
    write.act(theirs, other.actor("agent"), "scan", tags=made[0].tag)
    assert told(theirs)[3] == [made[0].tag] and Count.objects.get(stocktake=theirs.pk).asset is None
