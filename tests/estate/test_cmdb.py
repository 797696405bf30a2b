"""The estate: classes, relations, and what breaks if something stops, against an oracle that knows nothing of levels and queries."""

import random

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from praxis.estate.cmdb import drawing, impact
from praxis.estate.cmdb.impact import DOWN, FINE, RISK
from praxis.estate.cmdb.models import Item, ItemClass, RelationType
from praxis.kernel.models import Event
from praxis.people.signin import make_token
from praxis.records import write
from praxis.records.models import Link, Record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_relations():
    impact.forget()


@pytest.fixture
def keeper(company):
    return company.actor("administrator")


@pytest.fixture
def item(make):
    def item(title, **values):
        return make("item", title=title, **values)

    return item


def statuses(graph):
    return {n.record.title: n.status for n in graph.nodes.values()}


def test_fifty_five_classes_and_twenty_two_relations_ship(company):
    assert ItemClass.objects.count() == 55 and RelationType.objects.count() == 22
    assert ItemClass.objects.filter(key="wireless-controller").exists()


@pytest.mark.parametrize(("type", "left", "right"), [
    ("depends-on", True, False), ("runs-on", True, False), ("contains", False, True), ("connected-to", True, True), ("sends-data-to", False, True),
    ("backed-up-by", False, False), ("powered-by", True, False), ("member-of", False, True), ("located-in", True, False)])
def test_which_end_a_failure_reaches(type, left, right, item, keeper):
    """`left`: a failure of the right-hand item hits the left-hand one; `right` the opposite (features 4.7)."""
    a, b = item("a"), item("b")
    write.link(a, b, type, keeper)
    assert ("a" in statuses(impact.walk(b, keeper))) == left
    assert ("b" in statuses(impact.walk(a, keeper))) == right
    assert ("b" in statuses(impact.walk(a, keeper, "down"))) == left
    assert ("a" in statuses(impact.walk(b, keeper, "down"))) == right


def test_redundancy_counts_how_many_have_to_work(item, keeper):
    first, second, third = item("ctl 1"), item("ctl 2"), item("ctl 3")
    points, desk = item("points", needed=2), item("desk")
    for one in (first, second, third):
        write.link(points, one, "depends-on", keeper)
    write.link(desk, points, "depends-on", keeper)
    assert statuses(impact.walk(first, keeper)) == {"ctl 1": DOWN, "points": RISK, "desk": RISK}  # two of three still work
    power = item("power")
    for one in (first, second):
        write.link(one, power, "powered-by", keeper)
    assert statuses(impact.walk(power, keeper)) == {"power": DOWN, "ctl 1": DOWN, "ctl 2": DOWN, "points": DOWN, "desk": DOWN}


def test_a_circle_ends_and_a_depth_that_cuts_says_so(item, keeper):
    row = [item(f"n{n}") for n in range(7)]
    for n, one in enumerate(row):
        write.link(row[(n + 1) % 7], one, "depends-on", keeper)
    short = impact.walk(row[0], keeper, depth=3)
    assert sorted(statuses(short)) == ["n0", "n1", "n2", "n3"] and short.cut and "more beyond level 3" in drawing.sentence(short)
    whole = impact.walk(row[0], keeper, depth=10)
    assert len(whole.nodes) == 7 and not whole.cut and "beyond" not in drawing.sentence(whole)


def test_what_a_reader_may_not_see_is_not_in_the_answer_and_leads_nowhere(item, make, keeper, company, other):
    base, hidden = item("base"), item("theirs", organisation=other.organisation.pk, requester=None, team=None)
    mine = item("mine")
    Link.objects.create(source_id=hidden.pk, target_id=base.pk, type="depends-on")
    Link.objects.create(source_id=mine.pk, target_id=hidden.pk, type="depends-on")
    agent = company.actor("agent")
    assert "theirs" not in str(statuses(impact.walk(base, agent))) and "mine" not in statuses(impact.walk(base, agent))
    page = company.client("agent").get(f"/items/{base.number}/impact?as=list").content.decode()
    assert "theirs" not in page


def test_a_service_on_top_and_the_sentence(item, make, keeper, company):
    controller, points = item("wlc-1"), item("points", people=412)
    service = make("service", title="Warehouse")
    write.act(controller, keeper, "link", to=points.number, type="contains")
    write.link(service, points, "depends-on", keeper, needs="link")
    graph = impact.walk(controller, keeper)
    assert statuses(graph) == {"wlc-1": DOWN, "points": DOWN, "Warehouse": DOWN}
    assert drawing.sentence(graph) == "If it stays down: 412 people, 1 service, 1 item."
    client = company.client("administrator")
    page = client.get(f"/r/{controller.number}").content.decode()
    assert "If it stays down: 412 people, 1 service, 1 item." in page and f'href="/r/{service.number}"' in page
    listed = client.get(f"/items/{controller.number}/impact?as=list&levels=2").content.decode()
    assert "Warehouse" in listed and "points" in listed and "412" in listed
    needs = client.get(f"/items/{service.number}/impact?way=down").content.decode()
    assert "It needs 2 others." in needs


@pytest.mark.parametrize("seed", range(12))
def test_any_estate_against_an_oracle(seed, item, keeper):
    """Random relations of all types, random redundancy: the same records and fates as reading every link and letting failures spread."""
    dice = random.Random(seed)
    items = [item(f"i{n}", needed=dice.choice([None, None, 1, 2])) for n in range(12)]
    kinds = dict(RelationType.objects.values_list("key", "impact"))
    wanted = {(*dice.sample(items, 2), dice.choice(list(kinds))) for _n in range(22)}
    write.link_many(list(wanted), keeper)
    providers = {i.title: set() for i in items}
    for link in Link.objects.select_related("source", "target"):
        if kinds[link.type] in ("source", "both"):
            providers[link.source.title].add((link.target.title, link.type))
        if kinds[link.type] in ("target", "both"):
            providers[link.target.title].add((link.source.title, link.type))
    start = items[0].title
    reached, front = {start}, {start}
    while front:
        front = {hit for hit, below in providers.items() if any(p in front for p, _t in below)} - reached
        reached |= front
    fate = dict.fromkeys(reached, FINE) | {start: DOWN}
    for _round in range(40):
        for name in reached - {start}:
            names = {p for p, _t in providers[name]}
            lost, doubt = sum(fate.get(p) == DOWN for p in names), any(fate.get(p) == RISK for p in names)
            needed = next(i.needed for i in items if i.title == name)
            fails = lost and (needed is None or len(providers[name]) - lost < needed)
            fate[name] = max(fate[name], DOWN if fails else RISK if lost or doubt else FINE)
    assert statuses(impact.walk(items[0], keeper, depth=10)) == fate


def test_the_walk_asks_as_much_for_any_width_and_depth(item, keeper):
    def cost(root, depth=3):
        impact.carriers(), impact.classes()
        with CaptureQueriesContext(connection) as seen:
            impact.walk(root, keeper, depth=depth)
        return len(seen)

    roots = []
    for wide in (2, 30):
        root = item(f"root {wide}")
        middle = [item(f"m{wide}-{n}") for n in range(wide)]
        write.link_many([(m, root, "depends-on") for m in middle] + [(item(f"t{wide}-{n}"), m, "depends-on") for n, m in enumerate(middle)], keeper)
        roots.append(root)
    assert cost(roots[0]) == cost(roots[1]) == cost(roots[1], 200) <= 7


def test_a_long_chain_is_walked_whole(item, keeper):
    chain = [item(f"c{n}") for n in range(60)]
    write.link_many([(b, a, "depends-on") for a, b in zip(chain, chain[1:])], keeper)
    assert [n.level for n in sorted(impact.walk(chain[0], keeper, depth=1_000).nodes.values(), key=lambda n: n.level)] == list(range(60))
    assert len(impact.walk(chain[0], keeper, depth=10).nodes) == len(impact.walk(chain[-1], keeper, "down", 10).nodes) == 11
    few = impact.walk(chain[0], keeper, depth=1_000, most=20)
    assert few.cut and len(few.nodes) <= 21


def test_many_relations_at_once_are_the_same_as_one_by_one(item, keeper):
    rows = [item(f"x{n}") for n in range(6)]
    pairs = [(rows[0], rows[1], "depends-on"), (rows[0], rows[2], "contains"), (rows[0], rows[1], "depends-on")]
    others = [(rows[3], rows[4], "depends-on"), (rows[3], rows[5], "contains")]
    assert write.link_many(pairs, keeper) == 2 and write.link_many(pairs, keeper) == 0
    for source, target, type in others:
        write.link(source, target, type, keeper)
    for one, twin in ((0, 3), (1, 4), (2, 5)):
        a, b = Record.objects.get(pk=rows[one].pk), Record.objects.get(pk=rows[twin].pk)
        assert a.version == b.version
        told = [[(e.name, e.version, e.data["type"], e.data["words"], e.data["way"]) for e in Event.objects.filter(subject=r.pk, name="record.linked").order_by("id")] for r in (a, b)]
        assert told[0] == told[1]
    with pytest.raises(ValidationError):
        write.link_many([(rows[0], rows[0], "depends-on")], keeper)
    with pytest.raises(ValidationError):
        write.link_many([(rows[0], rows[1], "no such type")], keeper)


def test_a_type_of_relation_made_without_code_is_offered_and_counts(company, item, keeper):
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    root = company.client("root")
    assert root.post("/admin/relation-types/new", {"key": "feeds", "forward": "feeds", "reverse": "fed by", "impact": "target", "is_active": "on"}).status_code == 303
    a, b = item("a"), item("b")
    assert company.client("administrator").post(f"/r/{a.number}/do/link", {"to": b.number, "type": "feeds"}).status_code == 303
    assert statuses(impact.walk(a, keeper)) == {"a": DOWN, "b": DOWN}
    page = company.client("administrator").get(f"/r/{b.number}").content.decode()
    assert "Fed by" in page


def test_a_class_is_not_its_own_kind(company):
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    root, switch = company.client("root"), ItemClass.objects.get(key="switch")
    child = {"label": "Core switch", "key": "core-switch", "parent": switch.pk, "layer": "network", "icon": "network", "is_active": "on"}
    assert root.post("/admin/item-classes/new", child).status_code == 303
    core = ItemClass.objects.get(key="core-switch")
    answer = root.post(f"/admin/item-classes/{switch.pk}", {"label": "Switch", "key": "switch", "parent": core.pk, "layer": "network", "icon": "network", "is_active": "on", "version": switch.version})
    assert answer.status_code == 422 and "not its own kind" in answer.content.decode()


def test_a_hostile_name_is_inert_in_the_picture(item, keeper, company):
    """AC12 in the drawing: every text is escaped, in labels, titles and boxes."""
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    a, b = item(nasty), item(nasty)
    write.link(a, b, "depends-on", keeper)
    for path in (f"/r/{b.number}", f"/items/{b.number}/impact", f"/items/{b.number}/impact?as=list"):
        page = company.client("administrator").get(path).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page


def test_an_item_is_found_by_its_class_and_moves_through_its_life(item, company):
    one = item("core-1", serial="S-1", hostname="core-1.acme.example")
    client = company.client("administrator")
    found = client.get(f"/k/item?all=1&item_class.is={one.item_class_id}").content.decode()
    assert one.number in found and one.subtype == "switch"
    for move, state in (("go_live", "live"), ("maintain", "in_maintenance"), ("resume", "live"), ("retire", "retiring"), ("end", "retired")):
        client.post(f"/r/{one.number}/move/{move}")
        assert Item.objects.get(pk=one.pk).state == state


def test_an_incident_names_its_item_and_each_page_tells_of_the_other(item, make, keeper, company):
    """INC-01: the item of an incident, what depends on it, and on the item's page what is open on it."""
    controller, points = item("wlc-1"), item("points", people=30)
    write.link(points, controller, "depends-on", keeper)
    incident, client = make(title="No Wi-Fi"), company.client("agent")
    found = client.get(f"/r/{incident.number}/field/item?q=wlc", headers={"HX-Request": "true"}).content.decode()
    assert f'value="{controller.pk}"' in found and "Switch" in found
    client.post(f"/r/{incident.number}/field/item", {"value": controller.pk, "version": incident.version})
    incident.refresh_from_db()
    assert incident.item_id == controller.pk
    page = client.get(f"/r/{incident.number}").content.decode()
    assert "/panel/incident.estate" in page and "If it stays down: 30 people, 1 item." in client.get(f"/r/{incident.number}/panel/incident.estate").content.decode()
    assert "No Wi-Fi" in client.get(f"/r/{controller.number}").content.decode()
    assert incident.number in client.get(f"/k/incident?all=1&item.is={controller.pk}").content.decode()
    assert "1 open incident" in client.get(f"/items/{points.number}/impact?way=down").content.decode()  # over the box of what it needs
    assert "1 open incident" in client.get(f"/items/{points.number}/impact?way=down&as=list").content.decode()
    graph = impact.walk(points, keeper, "down")
    assert graph.nodes[controller.pk].now == ("1 open incident",)
    listed = company.client("agent").get("/k/incident/export.csv?all=1").getvalue().decode()
    assert "wlc-1" in listed


def test_somebody_elses_item_cannot_be_named(item, make, company, other):
    theirs = item("theirs", organisation=other.organisation.pk, requester=None, team=None)
    incident = make()
    answer = company.client("agent").post(f"/r/{incident.number}/field/item", {"value": theirs.pk, "version": incident.version})
    incident.refresh_from_db()
    assert answer.status_code in (403, 404, 409, 422) and incident.item_id is None


def test_rest_tells_the_same_impact_as_the_page(item, make, keeper, company):
    secret = make_token(company.people["agent"], "test")[1]
    rows = [item(f"n{n}", people=n) for n in range(4)]
    write.link_many([(rows[1], rows[0], "depends-on"), (rows[2], rows[1], "depends-on"), (rows[3], rows[2], "runs-on")], keeper)
    client = company.client("agent")
    for way, levels in (("up", 2), ("up", 4), ("down", 1)):
        told = client.get(f"/api/v1/item/{rows[0 if way == 'up' else 3].number}/impact?way={way}&levels={levels}", headers={"Authorization": f"Bearer {secret}"}).json()
        page = client.get(f"/items/{rows[0 if way == 'up' else 3].number}/impact?as=list&way={way}&levels={levels}").content.decode()
        assert told["sentence"] in page and all(f'href="/r/{n["number"]}"' in page for n in told["nodes"])
        assert len(told["nodes"]) == page.count("<td><a class=\"link\" href=\"/r/") and told["nodes"]
    assert client.get(f"/api/v1/item/{rows[0].number}/impact?levels=9999", headers={"Authorization": f"Bearer {secret}"}).status_code == 422
    assert client.get("/api/v1/item/ITM-9/impact", headers={"Authorization": f"Bearer {secret}"}).status_code == 404
