"""Measures: the same number in tile, list, export and REST, for whoever may see what; history that stays."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client

from praxis.abilities.measures import days, read
from praxis.abilities.measures.library import measures, readable
from praxis.abilities.measures.models import Snapshot
from praxis.interfaces.cli import demo
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Membership, Organisation, Person, Role, Team
from praxis.people.signin import make_token
from praxis.practices.measurement.health import Health, by_service, control, flow, tiles
from praxis.records import write
from praxis.screens.exports import csv_of
from praxis.screens.lists import Listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def nordwind(db):
    """The demo company with 120 incidents, counted day by day."""
    demo.load(120)
    return Organisation.objects.get(key="nordwind")


def someone(nordwind, name):
    return Person.objects.select_related("organisation").get(organisation=nordwind, name=name)


def narrow(nordwind):
    """Somebody who sees the incidents of one group alone."""
    person = someone(nordwind, "Tomasz Kowalski")
    person.grants.all().delete()
    role = Role.objects.create(key="narrow", label="Narrow", permissions={"desk.work": "all", "measures.see": "all", "incident.see": "team", "service.see": "all"})
    Grant.objects.create(person=person, role=role, organisation=nordwind)
    person.membership_set.all().delete()
    Membership.objects.create(person=person, team=Team.objects.get(organisation=nordwind, is_desk=True))
    return Person.objects.select_related("organisation").get(pk=person.pk)


def readers(nordwind):
    """Five roles with different reach; the last is of another organisation's grants too."""
    auditor = someone(nordwind, "Piotr Zieliński")
    auditor.grants.all().delete()
    Grant.objects.create(person=auditor, role=Role.objects.get(key="auditor"), organisation=nordwind)
    return {"agent": someone(nordwind, "Mara Lindqvist"), "lead": someone(nordwind, "Jonas Weber"), "auditor": auditor, "narrow": narrow(nordwind),
            "administrator": someone(nordwind, "Elif Demir")}


def listing_of(question):
    return Listing(question.kind, question.actor, QueryDict(question.address().partition("?")[2]))


def test_ld3_every_tile_equals_its_list_its_export_and_rest(nordwind, other, make):
    """LD3: tile, rows of the list behind it, rows of the export and REST's total, for every count of every measure, as five roles."""
    restricted = registry["incident"].model.objects.filter(is_open=True)[:5]
    for record in restricted:
        write.change(record, _system(nordwind), event="incident.changed", restricted=True)
    make("incident", 3)  # of another organisation
    counts, per_role = 0, {}
    for role, person in readers(nordwind).items():
        actor = actor_of(person)
        secret = make_token(person, "t")[1]
        period = read.last_weeks(12, "Europe/Berlin")
        told = {m["key"]: m for m in _get(secret, "/api/v1/measures").json()}
        assert set(told) == {m.key for m in readable(actor)}
        for one in readable(actor):
            value = read.value(one, actor, period=period)
            assert told[one.key]["count"] == value.count and told[one.key]["value"] == value.number
            for question, n in ((value.asked, value.count), (value.base, value.whole)):
                if question is None:
                    continue
                counts += 1
                listing = listing_of(question)
                assert listing.error == "" and listing.rows().count() == n, (role, one.key)
                assert sum(1 for _line in csv_of(listing)) - 1 == n, (role, one.key)
                address = question.address().replace("/k/", "/api/v1/") + "&total=1&limit=1"
                assert _get(secret, address).json()["total"] == n, (role, one.key, address)
            per_role.setdefault(role, []).append(value.count)
    assert counts > 5 * 45 and len({tuple(c) for c in per_role.values()}) >= 3, "the roles see different numbers"
    assert sum(c > 0 for c in per_role["administrator"]) >= 30, "most tiles count something"


def _system(organisation):
    from praxis.kernel.actors import system

    return system("Test", organisation.pk)


def _get(secret, address):
    answer = Client().get(address, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200, (address, answer.content)
    return answer


def test_at_least_forty_tiles_ship():
    assert sum(1 for m in measures.values() if not m.unit) >= 40


def test_the_report_page_shows_the_numbers_of_its_lists(nordwind):
    """Every number with a link on both dashboards equals the rows behind the link."""
    import re

    client = Client()
    client.force_login(someone(nordwind, "Jonas Weber"))
    seen = 0
    for address in ("/reports", "/reports/health", "/reports/health?weeks=4&priority=0"):
        page = client.get(address)
        assert page.status_code == 200
        for href, n in re.findall(r'href="(/k/[^"]+)" data-count="(\d+)"', page.content.decode()):
            seen += 1
            kind, _, query = href.replace("&amp;", "&").removeprefix("/k/").partition("?")
            assert Listing(registry[kind], actor_of(someone(nordwind, "Jonas Weber")), QueryDict(query)).rows().count() == int(n), href
    assert seen > 70


def test_ld4_two_readers_never_see_each_others_numbers(nordwind):
    """LD4: one hundred turns of two people with different rights, the cache warm."""
    lead, close = actor_of(someone(nordwind, "Jonas Weber")), actor_of(narrow(nordwind))
    one = measures["incident.open"]
    own = {a.id: read.value(one, a).count for a in (lead, close)}
    assert own[lead.id] > own[close.id] > 0
    for _turn in range(100):
        for actor in (lead, close):
            assert read.value(one, actor).count == own[actor.id]


def test_the_days_sum_to_what_lists_count(nordwind):
    """The snapshots of all days and today's cells give the same totals as the lists of the same weeks."""
    health = Health(actor_of(someone(nordwind, "Jonas Weber")), "Europe/Berlin", 26)
    table, rows = health.history()
    recent = table[-26:]
    for key in ("opened", "resolved", "kept", "late", "first_group", "reopened", "hopped"):
        assert sum(read.flow(line, f"incident.{key}") for _w, line, _d in recent) == health.value(key).count, key
    assert read.stock(recent[-1][1], "incident.open", recent[-1][2]) == health.value("open").number
    assert flow(health, table)["stock"][-1] == health.value("open").number
    assert {t["key"] for t in tiles(health, table)} == {"kept", "time", "first_group", "open", "reopened"}
    assert sum(s["missed"] for s in by_service(health, True)[0]) == health.value("late").count


def test_the_control_chart_of_the_page(nordwind):
    """Mean and limits of the drawn chart are those of the weekly medians, worked out here by hand; the page prints them."""
    health = Health(actor_of(someone(nordwind, "Jonas Weber")), "Europe/Berlin", 12, priority=0)
    table, rows = health.history()
    chart = control(health, rows, table)
    values = [v for v in chart["values"] if v is not None]
    moving = [abs(b - a) for a, b in zip(values, values[1:])]
    mean, spread = sum(values) / len(values), sum(moving) / len(moving)
    assert len(values) > 10 and chart["chart"].mean == pytest.approx(mean)
    assert chart["chart"].upper == pytest.approx(mean + 2.66 * spread) and chart["chart"].sigma == pytest.approx(spread / 1.128)
    assert {i for i, rules in chart["signals"].items() if 1 in rules} == {i for i, v in enumerate(chart["values"]) if v is not None and abs(v - mean) > 3 * spread / 1.128}
    client = Client()
    client.force_login(someone(nordwind, "Jonas Weber"))
    assert f"UCL {round(mean + 2.66 * spread, 1):g}h" in client.get("/reports/health?priority=0").content.decode()


def test_history_does_not_change_when_records_do(nordwind):
    """A day that was counted stays as it was told: reopening what was solved then changes the list, not the history."""
    closed = registry["incident"].model.objects.filter(state="resolved").order_by("resolved_at").first()
    day = closed.resolved_at.astimezone(ZoneInfo("Europe/Berlin")).date()
    Snapshot.objects.filter(organisation=nordwind, day=day).delete()
    days.catch_up([nordwind])
    before = {s.day: s.cells for s in Snapshot.objects.filter(organisation=nordwind)}
    write.move(closed, _system(nordwind), "reopen")
    assert days.catch_up([nordwind]) == 0, "nothing is counted twice"
    assert {s.day: s.cells for s in Snapshot.objects.filter(organisation=nordwind)} == before


def test_a_stock_of_the_past_equals_the_events(nordwind):
    """What was open at the end of a day, counted afterwards, equals what the events of each incident say of that moment."""
    ids = set(registry["incident"].model.objects.filter(organisation=nordwind).values_list("pk", flat=True))
    states = registry["incident"].lifecycle.states
    for day in (date.today() - timedelta(days=n) for n in (1, 2, 9)):
        _start, end = days.bounds(day, "Europe/Berlin")
        state = {}
        for event in Event.objects.filter(subject__in=ids, at__lt=end).order_by("at", "id"):
            if "state" in event.changes:
                state[event.subject] = event.changes["state"][1]
        still = sum(states[s].is_open for s in state.values())
        reopened = registry["incident"].model.objects.filter(organisation=nordwind, reopened__gt=0, opened_at__lt=end).count()
        told = sum(c[3].get("incident.open", 0) for c in Snapshot.objects.get(organisation=nordwind, kind="incident", day=day).cells)
        assert abs(told - still) <= reopened, "counted afterwards, one that came back is open only from its last solution on"


def test_nothing_known_is_unknown_not_green(company):
    """An empty desk shows unknown, not 100 percent and not zero hours."""
    client = company.client("team_lead")
    page = client.get("/reports/health").content.decode()
    assert page.count("unknown") >= 4 and "Unknown: no day has been counted yet" in page and "100%</td>" not in page
    assert read.value(measures["incident.kept"], company.actor("team_lead")).number is None
    assert read.value(measures["incident.time"], company.actor("team_lead")).number is None


def test_own_records_alone_give_no_cells(nordwind):
    """Who sees only own records reads no totals of the organisation."""
    actor = actor_of(someone(nordwind, "Birgit Hansen"))
    assert read.cells(actor, "incident", date.today() - timedelta(days=30), date.today()) == []
    close = actor_of(narrow(nordwind))
    cells = read.cells(close, "incident", date.today() - timedelta(days=30), date.today())
    assert cells and {c[1] for c in cells} <= set(close.teams)


def test_reports_need_their_permission(company):
    assert company.client("requester").get("/reports").status_code in (403, 404)
    assert company.client("team_lead").get("/reports/health.csv").status_code == 200


def test_the_weeks_as_csv(nordwind):
    client = Client()
    client.force_login(someone(nordwind, "Jonas Weber"))
    lines = client.get("/reports/health.csv?weeks=12").content.decode().splitlines()
    assert len(lines) == 13 and lines[0].startswith("Week from,Created,Resolved")
    assert date.fromisoformat(lines[-1].split(",")[0]).weekday() == 0 and lines[-1].split(",")[0] <= str(now().date())


def test_a_stretch_of_time_is_half_open(make, company):
    """What happened at the very border of two weeks is counted once."""
    from praxis.lib.conditions import Test, every
    from praxis.records.question import Question

    incident = make()
    at = incident.opened_at.isoformat()
    actor = company.actor("team_lead")
    asked = Question(registry["incident"], actor)
    assert asked.also(Test("opened", "after", (at,))).count() == 1
    assert asked.also(Test("opened", "before", (at,))).count() == 0
    assert every(Test("opened", "after", (at,)))
