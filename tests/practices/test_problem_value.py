"""What problems cost, alike incidents that become one, and what a problem's pages and its incidents say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.kernel.models import Setting
from praxis.kernel.now import now
from praxis.kernel.settings import forget
from praxis.practices.problem import drawing, jobs, read, rules
from praxis.practices.problem.display import causes_of
from praxis.practices.problem.models import Cluster, Problem
from praxis.records import write

from .planning import fresh, item, prove


def test_prb09_cost_burn_and_pay_back_on_values():
    at = datetime(2026, 11, 24, tzinfo=UTC)
    rows = [rules.Spent(at - timedelta(days=5), 60, 600), rules.Spent(at - timedelta(days=200), 30, None)]
    found = rules.cost(rows, 40, 30, at)
    assert (found.staff, found.users, found.total) == (Decimal("60.00"), Decimal("300.00"), Decimal("360.00")) and (found.lost, found.blind) == (600, 1)
    assert found.monthly == Decimal("113.33")
    assert rules.pays_back(Decimal("1133.30"), found.monthly, at) == at + timedelta(days=300)
    unknown = rules.cost(rows, None, None, at)
    assert unknown.total is None and unknown.monthly is None and rules.pays_back(Decimal(5), None, at) is None


def test_the_page_says_unknown_until_a_rate_is_set(roaming, company, manager):
    problem, incidents = roaming
    write.act(incidents[0], manager, "log_time", time="1h")
    assert "no rate is set" in company.client("team_lead").get(f"/r/{problem.number}").content.decode()
    Setting.objects.create(key="cost.staff_rate", organisation=company.organisation.pk, value=42.0)
    forget()
    assert read.cost(problem).staff == Decimal("42.00")
    assert "no rate is set" not in company.client("team_lead").get(f"/r/{problem.number}").content.decode()


# -- clusters


def test_prb08_alike_incidents_become_one_problem(make, company, manager):
    thing = item(make, "prn-1")
    alike = [make("incident", title=f"Label printer prints blank pages {n}", item=thing.pk) for n in range(5)]
    make("incident", title="Payroll portal is slow", item=thing.pk)
    make("incident", 2, title="Label printer prints blank pages")
    assert jobs.found(company.organisation) == 1 and jobs.found(company.organisation) == 1
    one = Cluster.objects.get()
    assert sorted(one.incidents) == [i.pk for i in alike] and one.size == 5 and one.item_id == thing.pk and one.version == 1
    client = company.client("team_lead")
    assert "Label printer" in client.get("/problems/clusters").content.decode().replace("label printer", "Label printer")
    there = client.post("/problems/clusters", {"cluster": one.pk, "once": "c1"})["Location"]
    problem = Problem.objects.get(number=there.rsplit("/", 1)[1])
    assert problem.how == "trend" and read.incidents(problem).count() == 5 and problem.item_id == thing.pk
    jobs.found(company.organisation)
    assert not Cluster.objects.filter(problem=None).exists(), "what has a problem is no cluster any more"


def test_clusters_of_others_and_restricted_incidents_stay_out(make, other, company, manager):
    make("incident", 5, title="Secret matter leaks", restricted=True)
    for n in range(5):
        write.open_record(registry["incident"], other.actor("agent"), title=f"Borg printer prints blank {n}", team=other.desk.pk)
    assert jobs.found(company.organisation) == 0 and jobs.found(other.organisation) == 1
    assert "Borg" not in company.client("team_lead").get("/problems/clusters").content.decode()


def test_what_the_pictures_say_is_escaped(roaming, manager):
    problem, _incidents = roaming
    prove(problem, manager, "<script>alert(1)</script>")
    causes = causes_of(problem)
    for drawn in (drawing.fishbone("<b>x</b>", causes), drawing.tree("<b>x</b>", causes), drawing.bars([(now().date(), 3)], {now().date(): "<i>"})):
        assert "<script" not in drawn and "<b>" not in drawn and "<i>" not in drawn


def test_inc14_a_known_error_is_named_and_a_workaround_offers_a_problem(roaming, manager, make, company):
    problem, _incidents = roaming
    by, client = system("M", company.organisation.pk), company.client("team_lead")
    incident = make("incident", title="Scanner drops")
    with pytest.raises(ValidationError, match="known error"):
        write.move(incident, by, "resolve", close_code="known_error", solution="As before")
    write.link(incident, problem, "problem", by)
    assert write.move(fresh(incident), by, "resolve", close_code="known_error", solution="As before").state == "resolved"
    other = make("incident", title="Printer jams again")
    write.move(other, by, "resolve", close_code="workaround", solution="Open the flap")
    offer = f'/r/{other.number}/do/raise_problem'
    assert offer in client.get(f"/r/{other.number}").content.decode()
    write.act(fresh(other), company.actor("agent"), "raise_problem", title="Jams")
    assert "the cause is still there" not in client.get(f"/r/{other.number}").content.decode()
