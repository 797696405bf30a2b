"""How risky a change is, what it does to items, what it causes (CHG-05 to CHG-07, CHG-14, CHG-15, CHG-20, CM10)."""


import pytest
from django.core.exceptions import ValidationError

from praxis.abilities.sources import store
from praxis.estate.cmdb import recent, reconcile
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.practices.change import facts, flow, jobs, rules, suspects
from praxis.practices.change.models import Change, ChangeModel
from praxis.records import write

from .planning import HIGH, LOW, MIDDLE, fresh, item

pytestmark = pytest.mark.usefixtures("berlin")


@pytest.mark.parametrize(("failed", "similar", "p", "band"), [(3, 12, 0.1818, 3), (0, 0, 0.10, 3), (0, 40, 0.02, 1)])
def test_v_d1_to_v_d3(failed, similar, p, band):
    found, likelihood = rules.failure(failed, similar)
    assert round(found, 4) == p and likelihood == band


def test_v_d1_exposure_and_band():
    assert rules.exposure(4 / 22, 2, 6000) == 2181.82
    assert rules.product_band(3 * 4) == "high"
    assert rules.exposure(0.1, None, 6000) is None


def test_the_questionnaire_sums_to_a_hundred_and_unanswered_is_not_low():
    assert rules.points(LOW) == 0 and rules.points(HIGH) == 100 and rules.points(LOW | {"test": None}) is None
    assert [rules.band(n) for n in (0, 25, 26, 50, 51, 100)] == ["low", "low", "moderate", "moderate", "high", "high"]
    assert rules.risk({}, rules.Facts()).level == "moderate"


def test_computed_rules_win_where_they_are_higher():
    assert rules.risk(LOW, rules.Facts(critical=True)).level == "moderate"
    assert rules.risk(LOW, rules.Facts(frozen=True)).level == "high"
    assert rules.risk(MIDDLE, rules.Facts(failed_last=True)).level == "high"
    assert rules.risk(MIDDLE, rules.Facts(streak=20, tried=20)).level == "low"
    assert rules.risk(MIDDLE, rules.Facts(streak=20, tried=20, critical=True)).level == "moderate"


def test_the_success_score():
    assert rules.score(["successful", "issues", "failed_left"], [1, 2, 3]) == 3 - 2 - 5 - 10 - 5 - 2


def test_a_suspect_is_named_with_its_reasons_and_counts_when_confirmed(plan, make, board, company):
    by = system("M", company.organisation.pk)
    below, above = item(make, "wlc-9"), item(make, "ap-9")
    write.link(above, below, "depends-on", by)
    change = plan("emergency", start=0, on=[below])
    write.move(change, board["pit"], "expedite")
    write.act(fresh(change), board["bob"], "approve")
    write.move(fresh(change), board["pit"], "start")
    write.move(fresh(change), board["pit"], "finish", result="issues")
    incident = make("incident", title="No Wi-Fi", item=above.pk)
    found = recent.about(incident, company.actor("change_manager"))
    assert [s.record.pk for s in found] == [change.pk] and "1 relations away" in found[0].reasons[0]
    assert recent.about(make("incident", title="Printer"), company.actor("change_manager")) == []
    write.act(incident, company.actor("team_lead"), "caused_by_change", cause=change.number)
    facts.forget()
    assert facts.poor(company.network.pk)
    assert [r.pk for r in suspects.proposed_for(fresh(change), company.actor("team_lead"))] == []


def test_planned_values_are_put_on_the_items_and_taken_back(plan, board, company, make):
    """CHG-20: at the start on every item, back when it is backed out; a value that somebody set meanwhile stays."""
    items = [item(make, f"ap-{n}", version_of="17.9") for n in range(3)]
    change = plan("emergency", start=0, on=items)
    write.act(fresh(change), board["pit"], "propose_values", values="version_of: 17.12\nplace: Hall B")
    with pytest.raises(ValidationError):
        write.act(fresh(change), board["pit"], "propose_values", values="owner: 7")
    write.move(fresh(change), board["pit"], "expedite")
    write.act(fresh(change), board["bob"], "approve")
    assert {i.version_of for i in map(fresh, items)} == {"17.9"}
    write.move(fresh(change), board["pit"], "start")
    assert {(i.version_of, i.place) for i in map(fresh, items)} == {("17.12", "Hall B")}
    write.change(fresh(items[0]), system("M", company.organisation.pk), place="Hall C")
    write.move(fresh(change), board["pit"], "finish", result="failed_backed_out", fault="technical")
    assert [(i.version_of, i.place) for i in map(fresh, items)] == [("17.9", "Hall C"), ("17.9", ""), ("17.9", "")]


def test_what_discovery_finds_changed_without_a_change_is_told(plan, board, company, make):
    """CHG-15: told to the item's owner and the change managers; not while a change is under way; recorded after the fact."""
    thing = item(make, "wlc-5", hostname="wlc-5", version_of="17.9", owner=board["pia"].id)
    source = store.source_of("network")

    def seen(version):
        reconcile.apply(fresh(thing), reconcile.Report("switch", {"title": "wlc-5", "hostname": "wlc-5", "version_of": version}), source, system("Agent", company.organisation.pk))
        return jobs.unplanned.call(Event.objects.filter(name="item.discovered").latest("id").pk)

    assert "17.9 → 17.12" in seen("17.12")
    told = Event.objects.get(name="item.unplanned")
    assert set(told.data["tell"]) == {board["pia"].id, company.people["change_manager"].pk}
    made = write.act(fresh(thing), company.actor("change_manager"), "record_unplanned", what="Firmware by hand")
    assert (made.subtype, made.scope) == ("unauthorised", "wlc-5")
    change = plan("emergency", start=0, on=[thing])
    write.move(change, board["pit"], "expedite")
    write.act(fresh(change), board["bob"], "approve")
    write.move(fresh(change), board["pit"], "start")
    assert seen("17.13") == ""


def test_a_change_that_went_well_is_proposed_as_standard(plan, board, company):
    change = plan()
    write.replay([write.History(registry["change"], company.organisation.pk, [write.Happening(now(), system(), {"title": "Went well", "model": change.model, "subtype": "normal", "plan": "As always.",
                  "backout": "Back.", "team": company.network}), write.Happening(now(), system(), {"state": "closed", "result": "successful"})])])
    well = Change.objects.get(title="Went well")
    write.act(well, company.actor("change_manager"), "as_standard", label="Restart of a gateway")
    model = ChangeModel.objects.get(label="Restart of a gateway")
    assert (model.plan, model.is_active, model.type) == ("As always.", False, "normal")
    with pytest.raises(ValidationError, match="approved once"):
        write.save(model, system(), type="standard", is_active=True)
    write.save(model, system(), type="standard", is_active=True, approved_by=company.people["change_manager"])


def test_values_for_items_need_approval_or_the_right_to_change_them(plan, board, company, make):
    switch = item(make, "core")
    change = plan("registration", start=0, on=[switch], owner="pit")
    agent = company.actor("agent")
    write.act(fresh(change), system("M", company.organisation.pk), "propose_values", values="product: other")
    write.move(fresh(change), board["pit"], "schedule")
    Change.objects.get(pk=change.pk)
    boss = system("M", company.organisation.pk)
    write.change(fresh(change), boss, team=company.desk, owner=agent.id)
    with pytest.raises(Forbidden):
        write.move(fresh(change), agent, "start")
    assert fresh(switch).product == "" and fresh(change).state == "scheduled"


def test_one_customers_failures_suspend_nothing_for_another(plan, board, company, other):
    for _n in range(2):
        failed = plan("restart", start=0)
        write.move(failed, board["pit"], "schedule")
        write.move(fresh(failed), board["pit"], "start")
        write.move(fresh(failed), board["pit"], "finish", result="failed_left", fault="test")
    model = ChangeModel.objects.get(key="restart")
    assert model.suspended == "" and "suspended" in flow.incomplete(plan("restart"))
    stranger = Change(model=model, organisation=other.organisation, subtype="standard")
    assert flow.suspended(stranger) == "" and facts._of_model(stranger) == (0, 0, False)


def test_values_are_taken_back_when_it_is_cancelled_on_the_way(plan, board, make):
    thing = item(make, "ap-9", version_of="1")
    change = plan("emergency", start=0, on=[thing])
    write.act(fresh(change), board["pit"], "propose_values", values="version_of: 2")
    write.move(fresh(change), board["pit"], "expedite")
    write.act(fresh(change), board["bob"], "approve")
    write.move(fresh(change), board["pit"], "start")
    write.move(fresh(change), board["pit"], "cancel", outcome="Called off.")
    assert fresh(thing).version_of == "1"
    with pytest.raises(ValidationError):
        write.change(plan(), board["pit"], result="successful")
