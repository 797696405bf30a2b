"""Outages, what they are rolled up to, availability and error budgets (AVL-01 to AVL-04, V-B over the graph)."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from praxis.abilities.clocks import policy
from praxis.abilities.links.cascades import following
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.lib import failing
from praxis.practices.availability import jobs, read
from praxis.practices.availability.models import Objective, Outage, Reading
from praxis.records import write
from praxis.records.models import Link

from .planning import fresh, item

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
M = timedelta(minutes=1)


@pytest.fixture
def service(make, company):
    """A service around the clock, with an objective, that rests on two controllers of which one is enough, and on one database."""
    company.organisation.zone = "UTC"
    company.organisation.save()
    made = make("service", title="Warehouse", hours="24x7", owner=company.people["team_lead"].pk)
    by = system("M", company.organisation.pk)
    pair, first, second, base = item(make, "wlc pair", needed=1), item(make, "wlc-1", people=200), item(make, "wlc-2"), item(make, "db-1")
    for above, below in ((made, pair), (pair, first), (pair, second), (made, base)):
        write.link(above, below, "depends-on", by)
    write.save(Objective(), by, service=made, target="99.9")
    made.parts = {"pair": pair, "first": first, "second": second, "base": base}
    return made


@pytest.fixture
def out(make, company):
    """out(item or service, from, until in minutes of June) records an outage."""

    def out(what, a, b, sort="unplanned", **more):
        where = {"service": what.pk} if what.kind == "service" else {"item": what.pk}
        made = make("outage", title=f"Out {a}", sort=sort, began_at=JUNE + a * M, **where, **more)
        write.move(made, system("M", company.organisation.pk), "begin")
        return write.move(made, system("M", company.organisation.pk), "end", ended_at=JUNE + b * M) if b is not None else made

    return out


def june(service, customer=None):
    return read.told(service, JUNE, JUNE + timedelta(days=30), customer)


def test_v_b1_to_v_b3_over_the_graph(service, out):
    out(service.parts["base"], 600, 630)
    out(service.parts["base"], 10_000, 10_015)
    out(service, 30_000, 30_045)
    found = june(service)
    assert (round(found.percent, 6), found.found.failures, found.found.mtrs, found.found.mtbf, found.found.mtbsi) == (99.791667, 3, 30 * M, 14_370 * M, 14_400 * M)
    assert found.kept is False and found.blind == 3 and found.lost == 0
    out(service.parts["base"], 20_000, 20_120, "planned", agreed=True)
    assert round(june(service).percent, 5) == 99.79109 and june(service).excluded == 120 * M
    out(service, 620, 650)
    assert june(service).found.failures == 3 and june(service).found.down == 110 * M


def test_redundancy_holds_until_both_are_gone(service, out):
    out(service.parts["first"], 100, 200, users=412)
    assert june(service).found.failures == 0 and june(service).kept is True
    out(service.parts["second"], 150, 400, users=100)
    found = june(service)
    assert (found.found.down, found.found.failures) == (50 * M, 1) and found.lost == 50 * 412
    assert [o.title for o in found.downs[0].outages] == ["Out 100", "Out 150"]


def test_degraded_and_void_are_not_down_and_running_ones_count_to_now(service, out, make, company):
    out(service, 100, 200, "degraded")
    gone = out(service, 300, 400)
    write.move(gone, system("M", company.organisation.pk), "void")
    assert june(service).found.down == timedelta(0) and june(service).degraded == 100 * M
    running = make("outage", title="Now", service=service.pk, began_at=now() - 10 * M)
    write.move(running, system("M", company.organisation.pk), "begin")
    found = read.told(service, now() - timedelta(days=1), now() + timedelta(days=1))
    assert 9 * M < found.found.down < 11 * M


def test_without_an_objective_it_is_unknown_and_says_so(make, company, out):
    made = make("service", title="Nobody watches")
    assert june(made).percent is None and june(made).kept is None and read.budget_of(made) is None
    client = company.client("team_lead")
    assert "Unknown" in client.get(f"/r/{made.number}/panel/availability.month").content.decode()
    assert "Unknown" in client.get(f"/services/{made.number}/availability").content.decode()


def test_hours_and_customers_have_their_own(service, out, company, other):
    """V-B4: against office hours a weekend costs what the office loses; another customer has another objective."""
    by = system()
    write.save(Objective(), by, service=service, customer=other.organisation, target="99", hours="working")
    out(service, 4 * 1440 + 17 * 60, 7 * 1440 + 9 * 60)  # Friday 5 June 17:00 to Monday 8 June 09:00 UTC
    policy.forget()  # the other company is newer than what this process remembers
    assert june(service).found.down == timedelta(hours=64)
    theirs = june(service, other.organisation.pk)  # Berlin 08:00 to 18:00: nothing of Friday is left at 19:00, Monday from 08:00 to 11:00
    assert theirs.objective.hours == "working" and theirs.found.down == timedelta(hours=3) and theirs.found.failures == 1


def oracle(links, needed, down, top, seen=()):
    """Whether `top` is down, by reading every link."""
    if top in down:
        return True
    if top in seen:
        return False
    parts = links.get(top, ())
    lost = sum(oracle(links, needed, down, p, (*seen, top)) for p in parts)
    return bool(lost) and (needed.get(top) is None or len(parts) - lost < needed[top])


@pytest.mark.parametrize("seed", range(8))
def test_failure_through_any_graph_agrees_with_reading_every_link(seed):
    dice = random.Random(seed)
    for _n in range(40):
        links = {one: set(dice.sample(range(one + 1, 12), min(dice.randrange(0, 4), 11 - one))) for one in range(11)}
        links = {k: v for k, v in links.items() if v}
        needed = {k: dice.randrange(1, len(v) + 1) for k, v in links.items() if dice.random() < 0.4}
        down = set(dice.sample(range(12), dice.randrange(0, 4)))
        assert failing.propagate(links, needed, down) == {n for n in range(12) if oracle(links, needed, down, n)}
        assert failing.single_points(links, needed, 0) == {n for n in range(1, 12) if oracle(links, needed, {n}, 0)}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_period_agrees_with_its_minutes_one_by_one(seed, service, out):
    dice = random.Random(seed)
    spans, things = [], [*service.parts.values(), service]
    for _n in range(9):
        what, a = dice.choice(things), dice.randrange(0, 300)
        b = a + dice.randrange(1, 60)
        spans.append((what, a, b))
        out(what, a, b)
    minutes = 0
    for minute in range(400):
        gone = {w.pk for w, a, b in spans if a <= minute < b}
        pair = service.parts["pair"].pk in gone or {service.parts["first"].pk, service.parts["second"].pk} <= gone
        minutes += service.pk in gone or pair or service.parts["base"].pk in gone
    assert june(service).found.down == minutes * M


def test_avl03_single_points(service, company):
    ids = failing.single_points(*read.graph_below(service), service.pk)
    assert ids == {service.parts["base"].pk, service.parts["pair"].pk}
    page = company.client("team_lead").get(f"/services/{service.number}/availability").content.decode()
    assert "db-1" in page and "wlc pair" in page


def test_an_outage_of_an_incident_ends_with_it(service, make, company):
    incident = make("incident", title="Down", item=service.parts["base"].pk)
    by = company.actor("team_lead")
    outage = write.act(incident, by, "record_outage", began_at="2026-06-01T10:00:05+00:00")
    assert (outage.state, outage.item_id, outage.began_at) == ("ongoing", service.parts["base"].pk, datetime(2026, 6, 1, 10, 0, 5, tzinfo=UTC))
    assert Link.objects.filter(source=outage.pk, target=incident.pk, type="outage_of").exists()
    done = write.move(incident, by, "resolve", close_code="solved", solution="x")
    (_c, steps), = following(done, by)
    write.act(done, by, "follow", numbers=outage.number)
    assert fresh(outage).state == "ended" and fresh(outage).ended_at == fresh(done).resolved_at and steps[0].record.pk == outage.pk


def test_an_outage_names_what_is_out_and_ends_after_it_begins(make, company):
    made, by = make("outage"), system("M", company.organisation.pk)
    with pytest.raises(NotPossible):
        write.move(made, by, "begin")


def test_planned_ones_begin_and_end_by_themselves(service, make):
    made = make("outage", title="Upgrade", service=service.pk, sort="planned", began_at=now() - 2 * M, ended_at=now() - M)
    assert jobs.begin.func() == 2 and fresh(made).state == "ended" and jobs.begin.func() == 0


# -- error budgets


def test_avl04_a_budget_of_minutes(service, out):
    made = Outage.objects.count()
    found = read.budget_of(service)
    assert (found.minutes, found.spent, found.used) == (43.2, 0.0, 0.0) and made == 0
    at = JUNE + timedelta(days=20)
    out(service, 1440, 1440 + 54)
    spent = read.budget_of(service, at)
    assert round(spent.used, 4) == 1.25 and spent.freeze


def test_avl04_a_budget_of_events_pages_whoever_answers_for_it(service, company, rest):
    by = system("M", company.organisation.pk)
    write.save(Objective.objects.get(), by, slo="99.9")
    at = now().replace(microsecond=0)
    person = company.person("slm@acme.example", "service_level_manager")
    rows = [{"at": (at - timedelta(minutes=5 * n) - timedelta(seconds=1)).isoformat(), "good": 980, "bad": 20 if n < 14 else 0} for n in range(300)]
    assert rest(person, "post", f"/service/{service.number}/readings", rows).json() == {"taken": 300}
    assert rest(person, "post", f"/service/{service.number}/readings", rows).json() == {"taken": 0}
    found = read.budget_of(service, at)
    assert found.alarm == "page" and found.ratios["1h"] == 0.02 and found.events["5m"] == 1000
    assert jobs.watch.func() == 1 and jobs.watch.func() == 0, "told once"
    event = Event.objects.get(name="service.burning")
    assert event.data["tell"] == [company.people["team_lead"].pk] and "error budget" in event.data["words"]
    got = rest(person, "get", f"/service/{service.number}/availability").json()
    assert got["alarm"] == "page" and got["target"] == 99.9 and got["mtrs_seconds"] is None
    assert rest(company.people["agent"], "post", f"/service/{service.number}/readings", rows).status_code == 403


def test_readings_of_others_and_nonsense_are_refused(service, company, other, rest):
    person = other.person("slm@borg.example", "service_level_manager")
    assert rest(person, "post", f"/service/{service.number}/readings", [{"at": "2026-06-01T00:00:00Z", "good": 1, "bad": 0}]).status_code == 404
    mine = company.person("slm@acme.example", "service_level_manager")
    for body in ([{"at": "2026-06-01T00:00:00", "good": 1, "bad": 0}], [{"at": "never", "good": 1, "bad": 0}], [{"at": "0001-01-01T00:00:00+05:00", "good": 1, "bad": 0}],
                 [{"at": "9999-12-31T23:59:59-05:00", "good": 1, "bad": 0}], [{"at": "2026-06-01T00:00:00Z", "good": -1, "bad": 0}], {"x": 1}):
        assert rest(mine, "post", f"/service/{service.number}/readings", body).status_code == 422
    assert not Reading.objects.exists()


def test_pages_of_availability_are_for_those_who_may_see_outages(service, company, other, out):
    out(service.parts["base"], 600, 630)
    page = company.client("team_lead").get(f"/services/{service.number}/availability?month=2026-06").content.decode()
    assert "99.931" in page and "OUT-" in page
    assert company.client("requester").get(f"/services/{service.number}/availability").status_code in (302, 403, 404)
    assert other.client("team_lead").get(f"/services/{service.number}/availability").status_code == 404
    assert "Borg" not in page and registry["outage"].model.objects.count() == 1
