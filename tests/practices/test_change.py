"""Change enablement: the way of each type, who decides, what stands in the way, what follows (CHG-01 to CHG-20, CM2 to CM11)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from markupsafe import escape

from praxis.abilities.approvals import engine
from praxis.abilities.approvals import jobs as approval_jobs
from praxis.abilities.approvals.models import Ask, Delegation, Policy, Round
from praxis.abilities.sources import store
from praxis.abilities.staffing.models import Absence
from praxis.estate.cmdb import reconcile
from praxis.estate.cmdb.models import ItemClass
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Membership, Person, Role, Team
from praxis.people.signin import make_token
from praxis.practices.change import conflicts, facts, flow, jobs, rules, suspects
from praxis.practices.change.models import Change, ChangeModel, Window
from praxis.records import write
from praxis.records.models import Feed, MoveRule
from praxis.records.read import possible

LOW = {key: 0 for key, _q, _o in rules.QUESTIONS}
HIGH = {key: 2 for key, _q, _o in rules.QUESTIONS}
MIDDLE = LOW | {"service": 2, "reach": 2, "practice": 1}


@pytest.fixture(autouse=True)
def the_zone_of_the_company():
    """So that a day is the same for the test and for the pages, at whatever hour it runs."""
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.fixture
def board(company):
    """Three people of the advisory board, a lead of the network group and two peers in it, who are in no other group."""
    team = Team.objects.create(organisation=company.organisation, name="Change advisory board")
    people = {name: company.person(f"{name}@acme.example", "specialist", name=name.title()) for name in ("bea", "bob", "bert", "pia", "pit", "lea")}
    for name in ("bea", "bob", "bert"):
        Membership.objects.create(person=people[name], team=team)
    for name in ("pia", "pit", "lea"):
        Membership.objects.create(person=people[name], team=company.network, leads=name == "lea")
    Grant.objects.filter(person=people["lea"]).delete()
    Grant.objects.create(person=people["lea"], role=Role.objects.get(key="team_lead"), organisation=company.organisation)
    return {name: actor_of(person) for name, person in people.items()}


def item(make, title="wlc-1", key="switch", **more):
    made = make("item", title=title, item_class=ItemClass.objects.get(key=key).pk, **more)
    return write.move(made, system("M", made.organisation_id), "go_live") if "go_live" in registry["item"].lifecycle.moves and made.state == "planned" else made


@pytest.fixture
def plan(company, make, board):
    """plan(answers=LOW, start=hours from now) makes a change that is ready to be judged, carried out by pit of the network group."""

    def plan(model="normal", answers=LOW, start=24 * 10, hours=2, on=(), owner="pit", **more):
        by = system("M", company.organisation.pk)
        at = now() + timedelta(hours=start)
        made = make("change", title="Firmware", model=ChangeModel.objects.get(key=model).pk, plan="Steps.", backout="Back.", answers=answers, team=company.network.pk,
                    owner=board[owner].id, planned_start=at, planned_end=at + timedelta(hours=hours), **more)
        things = on or [item(make, f"thing-{made.number}")]
        write.act(made, by, "affect", items=", ".join(i.number for i in things))
        return made

    return plan


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def test_a_low_risk_change_needs_a_peer_and_no_more(plan, board, company):
    change = plan()
    assert change.risk == "low"
    write.move(change, board["pit"], "submit")
    assert change.state == "assess"
    asked = {a.person.name for a in Ask.objects.filter(step__round__record=change.pk)}
    assert asked == {"Pia", "Lea"}  # pit carries it out, so that nobody asks him
    with pytest.raises(Forbidden):
        write.act(fresh(change), board["pit"], "approve")
    write.act(fresh(change), board["pia"], "approve")
    assert fresh(change).state == "scheduled"  # the table asks nobody else for a low risk
    assert not Ask.objects.filter(step__round__record=change.pk, status="requested").exists()


def test_what_is_missing_is_named(make, board):
    change = make("change", title="Half")
    with pytest.raises(NotPossible, match="its window, the items"):
        write.move(change, system("M", change.organisation_id), "submit")


def test_a_high_risk_change_takes_everybody_and_a_majority_of_the_board(plan, board, company):
    owner = company.person("owner@acme.example", "service_owner", name="Otto")
    change = plan(answers=HIGH)
    assert change.risk == "high"
    write.move(change, board["pit"], "submit")
    with pytest.raises(Forbidden):
        write.act(fresh(change), board["bea"], "approve")  # the board comes after the assessment (CM3)
    write.act(fresh(change), board["pia"], "approve")
    write.act(fresh(change), board["lea"], "approve")
    write.act(fresh(change), actor_of(owner), "approve")
    assert fresh(change).state == "authorise"
    asked = {a.person.name for a in Ask.objects.filter(step__round__record=change.pk, step__round__purpose="authorise")}
    assert asked == {"Bea", "Bob", "Bert", "Change Manager", "Otto"}
    write.act(fresh(change), actor_of(owner), "approve_with", comment="Good for us.")
    for name in ("bea", "bob"):
        write.act(fresh(change), board[name], "approve")
        assert fresh(change).state == "authorise"
    write.act(fresh(change), company.actor("change_manager"), "approve")  # three of four
    assert fresh(change).state == "scheduled"
    left = Ask.objects.get(step__round__record=change.pk, person=board["bert"].id)
    assert left.status == "not_needed"
    with pytest.raises(Forbidden):
        write.act(fresh(change), board["bert"], "reject", comment="Too late.")


def test_a_no_takes_it_back_with_the_reason(plan, board, company):
    change = plan(answers=MIDDLE)
    assert change.risk == "moderate"
    write.move(change, board["pit"], "submit")
    write.act(fresh(change), board["pia"], "approve")
    write.act(fresh(change), board["lea"], "approve")
    for name in ("bea", "bob", "bert"):
        write.act(fresh(change), board[name], "reject", comment="Not this week.")
        if name != "bert":
            assert fresh(change).state == "authorise"
    write.act(fresh(change), company.actor("change_manager"), "reject", comment="Not this week.")
    back = fresh(change)
    assert back.state == "new" and "Not this week." in back.replan_reason
    assert engine.latest(back, "authorise").status in ("rejected", "void")
    with pytest.raises(NotPossible):
        write.move(back, board["pit"], "start")


def test_a_delegate_answers_for_somebody_and_both_names_stay(plan, board, company):
    dora = company.person("dora@acme.example", "specialist", name="Dora")
    write.save(Delegation(), system(), person_id=board["pia"].id, to=dora, starts_at=now() - timedelta(days=1), ends_at=now() + timedelta(days=1))
    change = plan()
    write.move(change, board["pit"], "submit")
    write.act(fresh(change), actor_of(dora), "approve")
    ask = Ask.objects.get(step__round__record=change.pk, status="approved")
    assert (ask.person.name, ask.answered_by.name) == ("Pia", "Dora")
    told = Event.objects.filter(subject=change.pk, name="approvals.answered").get()
    assert told.actor_name == "Dora" and "Pia" in told.data["words"]


def test_one_names_who_answers_for_oneself_and_for_nobody_else(company, board):
    dora = company.person("dora@acme.example", "specialist", name="Dora")
    Membership.objects.create(person=dora, team=company.network)
    client = Client()
    client.force_login(Person.objects.get(pk=board["pia"].id))
    form = {"to": dora.pk, "starts_at": "2026-11-01T08:00", "ends_at": "2099-01-01T08:00"}
    assert client.post("/delegate", form).status_code in (302, 303)
    row = Delegation.objects.get()
    assert (row.person_id, row.to_id) == (board["pia"].id, dora.pk)
    assert "answer for Pia" in client.get("/delegate").content.decode() or "Dora" in client.get("/delegate").content.decode()
    other = Client()
    other.force_login(dora)
    other.post("/delegate", {"end": row.pk})
    assert Delegation.objects.get().ends_at.year in (2098, 2099)  # nobody else ends it
    assert client.post("/delegate", form | {"ends_at": "2026-10-01T08:00"}).status_code == 422
    client.post("/delegate", {"end": row.pk})
    assert Delegation.objects.get().ends_at <= now() + timedelta(minutes=2)
    with pytest.raises(Forbidden):
        write.save(Delegation(), board["pia"], person_id=board["bob"].id, to=dora, starts_at=now(), ends_at=now() + timedelta(days=1))


def test_who_covers_an_absence_answers_too(plan, board, company):
    dora = company.person("dora@acme.example", "specialist", name="Dora")
    write.save(Absence(), system(), person_id=board["pia"].id, substitute=dora, starts_at=now() - timedelta(hours=1), ends_at=now() + timedelta(hours=9))
    change = plan()
    write.move(change, board["pit"], "submit")
    write.act(fresh(change), actor_of(dora), "approve")
    assert fresh(change).state == "scheduled"


def test_nobody_counts_twice_in_one_step(plan, board, company):
    """Bob answers for Bea as well: of a majority of four that is one voice, his own first."""
    write.save(Delegation(), system(), person_id=board["bea"].id, to_id=board["bob"].id, starts_at=now() - timedelta(days=1), ends_at=now() + timedelta(days=1))
    company.person("owner@acme.example", "service_owner", name="Otto")
    change = plan(answers=HIGH)
    write.move(change, board["pit"], "submit")
    for who in (board["pia"], board["lea"], actor_of(company.organisation.people.get(name="Otto"))):
        write.act(fresh(change), who, "approve")
    write.act(fresh(change), board["bob"], "approve")
    assert engine.open_ask(fresh(change), board["bob"]) is None
    with pytest.raises(Forbidden):
        write.act(fresh(change), board["bob"], "approve")


def test_time_reminds_asks_managers_and_ends(plan, board, company):
    """A step of its own: reminded after an hour, the managers asked after two, over after three; each once."""
    boss = company.person("boss@acme.example", "specialist", name="Boss")
    write.save(Person.objects.get(pk=board["pia"].id), system(), manager=boss)
    change = plan()
    with write.writing():
        engine.start(change, "extra", system("M", company.organisation.pk), [{"label": "Peer", "who": [f"person:{Person.objects.get(pk=board['pia'].id).email}"], "remind": 1, "escalate": 2, "expires": 3}], "Extra")
    done = []
    for minutes in (30, 61, 62, 121, 122, 181, 182):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
            done.append(approval_jobs.chase.call())
    assert done == [0, 1, 0, 1, 0, 1, 0]
    names = list(Event.objects.filter(subject=change.pk, name__startswith="approvals.").order_by("id").values_list("name", flat=True))
    assert names == ["approvals.asked", "approvals.reminded", "approvals.asked", "approvals.decided"]
    assert engine.latest(change, "extra").status == "expired"
    assert {(a.person.name, a.status) for a in Ask.objects.filter(step__round__record=change.pk)} == {("Pia", "not_needed"), ("Boss", "expired")}


def test_a_rule_of_the_lifecycle_keeps_a_step_for_approval(make, company):
    """Of any kind: an incident is cancelled only with the yes of its group's lead (settled 25)."""
    lead = company.actor("team_lead")
    Membership.objects.filter(person=lead.id).update(leads=True)
    write.save(Policy(), system(), key="cancel-incident", label="Cancelling", kind="incident", purpose="cancel", steps=[{"label": "Lead", "who": ["group_manager"]}])
    write.save(MoveRule(), system(), kind="incident", move="cancel", approval="cancel-incident")
    incident, agent = make("incident", title="Not wanted"), company.actor("agent")
    with pytest.raises(NotPossible, match="needs approval first"):
        write.move(incident, agent, "cancel", solution="Double")
    assert "cancel" not in {s.key for s in possible(incident, agent)}
    write.act(incident, agent, "ask_approval", step="cancel")
    write.act(fresh(incident), lead, "approve")
    write.move(fresh(incident), agent, "cancel", solution="Double")
    assert fresh(incident).state == "cancelled"


def test_a_delegation_ends(plan, board, company):
    dora = company.person("dora@acme.example", "specialist", name="Dora")
    write.save(Delegation(), system(), person_id=board["pia"].id, to=dora, starts_at=now() - timedelta(days=9), ends_at=now() - timedelta(days=1))
    change = plan()
    write.move(change, board["pit"], "submit")
    with pytest.raises(Forbidden):
        write.act(fresh(change), actor_of(dora), "approve")


@pytest.mark.parametrize(("values", "word"), [({"plan": "Other steps."}, "Implementation plan"), ({"backout": "Otherwise."}, "Back-out plan")])
def test_an_edited_plan_makes_approvals_void_and_says_which_field(plan, board, values, word):
    change = plan()
    write.move(change, board["pit"], "submit")
    write.act(fresh(change), board["pia"], "approve")
    write.change(fresh(change), board["pit"], **values)
    last = engine.latest(change)
    assert last.status == "void" and word in last.why and "Pit" in last.why
    with pytest.raises(NotPossible):
        write.move(fresh(change), board["pit"], "start")
    jobs.back_to_planning.call(change.pk)
    assert fresh(change).state == "new" and word in fresh(change).replan_reason


def test_a_moved_window_and_other_items_make_approvals_void(plan, board, make, company):
    for act, arguments, word in (("plan_window", {"planned_start": (now() + timedelta(days=12)).isoformat()}, "Planned"), ("affect", {}, "thing-")):
        change = plan()
        write.move(change, board["pit"], "submit")
        write.act(fresh(change), board["pia"], "approve")
        arguments = arguments or {"items": item(make, f"another-{change.pk}").number}
        write.act(fresh(change), system("M", company.organisation.pk), act, **arguments)
        assert engine.latest(change).status == "void" and word in engine.latest(change).why


def test_a_discussion_leaves_approvals_alone(plan, board):
    change = plan()
    write.move(change, board["pit"], "submit")
    write.act(fresh(change), board["pia"], "approve")
    write.change(fresh(change), board["pit"], affected="Nobody at all.")
    assert engine.valid(change, "assess")


def test_nobody_carries_out_what_they_authorised(plan, board, company):
    change = plan(answers=MIDDLE, start=24 * 5)
    write.move(change, board["pit"], "submit")
    write.act(fresh(change), board["pia"], "approve")
    write.act(fresh(change), board["lea"], "approve")
    write.act(fresh(change), board["bea"], "approve")
    change = write.change(fresh(change), system("M", company.organisation.pk), owner=board["bea"].id)
    with time_machine.travel(change.planned_start, tick=False), pytest.raises(NotPossible, match="Bea authorised it"):
        write.move(fresh(change), system("M", company.organisation.pk), "start")


def test_an_emergency_starts_at_once_and_cannot_close_without_its_review(plan, board, company):
    change = plan("emergency", start=0)
    write.move(change, board["pit"], "expedite")
    write.act(fresh(change), board["bob"], "approve")
    write.move(fresh(change), board["pit"], "start")
    write.move(fresh(change), board["pit"], "finish", result="successful")
    manager = company.actor("change_manager")
    with pytest.raises(NotPossible, match="review"):
        write.move(fresh(change), manager, "close")
    write.act(fresh(change), board["pit"], "write_review", review="It held.")
    write.move(fresh(change), manager, "close")
    assert fresh(change).state == "closed"


def test_a_standard_change_closes_itself_and_its_model_is_suspended_after_two_failures(plan, board, company):
    change = plan("restart", start=0)
    write.move(change, board["pit"], "schedule")
    write.move(fresh(change), board["pit"], "start")
    write.move(fresh(change), board["pit"], "finish", result="successful")
    assert fresh(change).state == "closed"
    for _n in range(2):
        failed = plan("restart", start=0)
        write.move(failed, board["pit"], "schedule")
        write.move(fresh(failed), board["pit"], "start")
        write.move(fresh(failed), board["pit"], "finish", result="failed_backed_out", fault="test")
    with pytest.raises(NotPossible, match="suspended"):
        write.move(plan("restart", start=0), board["pit"], "schedule")


def test_an_unauthorised_change_is_recorded_after_the_fact(plan, board, company):
    change = plan("unauthorised", start=-5)
    write.move(change, board["pit"], "expedite")
    write.act(fresh(change), company.actor("change_manager"), "approve")
    assert fresh(change).state == "review" and flow.needs_review(fresh(change))


def test_a_start_outside_of_its_window_is_refused(plan, board):
    change = plan(start=48)
    write.move(change, board["pit"], "submit")
    write.act(fresh(change), board["pia"], "approve")
    with pytest.raises(NotPossible, match="window"):
        write.move(fresh(change), board["pit"], "start")


# conflicts (CM8)


def sorts(change):
    return sorted(c.sort for c in conflicts.find(fresh(change)) if c.sort != "lead")


def test_two_changes_on_one_item_and_on_what_it_depends_on(plan, make, company):
    by = system("M", company.organisation.pk)
    a, b, c, d, far = (item(make, f"chain-{n}") for n in range(5))
    for one, other in ((a, b), (b, c), (c, d), (d, far)):
        write.link(one, other, "depends-on", by)
    first = plan(on=[a])
    assert sorts(first) == []
    assert sorts(plan(on=[a], owner="pia")) == ["item"] and sorts(first) == ["item"]  # both sides see it
    assert sorts(plan(on=[d], owner="bea")) == ["near", "near"]  # three relations away
    assert sorts(plan(on=[far], owner="bob")) == ["near"]  # four from the first two, one from the third
    assert sorts(plan(on=[a], start=24 * 20, owner="bert")) == []


def test_one_person_in_two_places(plan):
    first = plan()
    assert sorts(plan()) == ["person"] and sorts(first) == ["person"]


def freeze(company, start, hours, **more):
    local = timezone.localtime(now() + timedelta(hours=start)).replace(tzinfo=None)
    return write.save(Window(), system(), **({"kind": "freeze", "label": "Peak", "organisation": company.organisation, "zone": str(timezone.get_current_timezone_name()),
                      "starts": f"{local:%Y-%m-%dT%H:%M}", "ends": f"{local + timedelta(hours=hours):%Y-%m-%dT%H:%M}"} | more))


def test_a_freeze_lifts_the_risk_and_a_step_that_nobody_can_answer_is_refused(plan, board, company):
    freeze(company, 24 * 10 - 1, 10, owner_id=board["bert"].id)
    change = plan()
    assert sorts(change) == ["freeze"] and change.risk == "high"
    assert any("freeze" in words for words, _did in facts.judged(change)[0].reasons)
    with pytest.raises(NotPossible, match="“Service owner” of .* would ask 0 people"):
        write.move(change, board["pit"], "submit")
    assert fresh(change).state == "new"


def test_the_owner_of_the_freeze_is_asked_with_the_others(plan, board, company):
    owner = company.person("owner@acme.example", "service_owner", name="Otto")
    window = freeze(company, 24 * 10 - 1, 10, owner_id=board["bert"].id)
    change = plan()
    write.move(change, board["pit"], "submit")
    for who in (board["pia"], board["lea"], actor_of(owner)):
        write.act(fresh(change), who, "approve")
    assert fresh(change).state == "authorise"
    labels = set(Ask.objects.filter(step__round__record=change.pk, step__round__purpose="authorise").values_list("step__label", flat=True))
    assert labels == {"Change advisory board", "Business owner", "Exception from Peak"}
    for who in (actor_of(owner), board["bea"], board["bob"], company.actor("change_manager")):
        write.act(fresh(change), who, "approve")
    assert fresh(change).state == "authorise"  # the exception is still open, and the board voted without Bert
    while (ask := engine.open_ask(fresh(change), board["bert"])) is not None:
        assert ask.step.label == "Exception from Peak"
        write.act(fresh(change), board["bert"], "approve")
    assert fresh(change).state == "scheduled"
    with time_machine.travel(fresh(change).planned_start, tick=False):
        write.move(fresh(change), board["pit"], "start")
    assert window.pk and fresh(change).state == "implement"


def test_outside_of_the_agreed_window_and_free_windows_inside_it(plan, company):
    freeze(company, 24 * 11, 4, kind="maintenance", label="Night", rule="FREQ=DAILY")
    change = plan()
    assert sorts(change) == ["window"]
    found = conflicts.free(fresh(change))
    assert found
    start, end = found[0]
    write.act(fresh(change), system("M", company.organisation.pk), "plan_window", planned_start=start.isoformat(), planned_end=end.isoformat())
    assert sorts(change) == []


def test_every_free_window_is_free(plan, make, company, board):
    shared = item(make, "shared")
    for n in range(6):
        plan(on=[shared], start=24 * (3 + n), hours=9, owner=["pia", "bea", "bob", "bert", "lea", "pit"][n])
    freeze(company, 24 * 9, 30)
    change = plan(on=[shared], start=24 * 4, hours=8, owner="pia")
    assert sorts(change)
    found = conflicts.free(fresh(change), 5)
    assert len(found) == 5
    for start, end in found:
        write.act(fresh(change), system("M", company.organisation.pk), "plan_window", planned_start=start.isoformat(), planned_end=end.isoformat())
        assert sorts(change) == []


def test_accepted_conflicts_do_not_stop_and_new_ones_do(plan, board, company, make):
    shared = item(make, "shared")
    plan(on=[shared], owner="pia", start=24 * 3)
    change = plan(on=[shared], start=24 * 3)
    assert change.risk == "moderate"  # an unresolved conflict lifts a low one
    manager = company.actor("change_manager")
    write.act(fresh(change), manager, "accept_conflicts", why="Agreed with Pia")
    assert flow.blocking(fresh(change)) == "" and fresh(change).risk == "low"
    plan(on=[shared], owner="bea", start=24 * 3)
    assert "works on the same item" in flow.blocking(fresh(change))


def test_other_customers_changes_are_no_conflict_to_read_about(plan, other, make):
    shared = item(make, "shared")
    plan(on=[shared])
    stranger = write.open_record(registry["change"], system("M", other.organisation.pk), title="Secret of Borg", model=ChangeModel.objects.get(key="normal").pk,
                                 organisation=other.organisation.pk, planned_start=now() + timedelta(days=10), planned_end=now() + timedelta(days=11))
    with pytest.raises(ValidationError):
        write.act(stranger, system("M", other.organisation.pk), "affect", items=shared.number)
    assert all(c.change is None or c.change.pk != stranger.pk for c in conflicts.find(plan(on=[shared], owner="pia")))


# risk: the vectors of frameworks 3.4


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


# what a change causes (CM10), chains, the calendar's feed


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
    found = suspects.of(incident, company.actor("change_manager"))
    assert [c.pk for c, _why in found] == [change.pk] and "1 relations away" in found[0][1][0]
    assert suspects.of(make("incident", title="Printer"), company.actor("change_manager")) == []
    write.act(incident, company.actor("team_lead"), "caused_by_change", change=change.number)
    assert facts.score_of(Q(team=company.network)) < 0
    assert [r.pk for r in suspects.proposed_for(fresh(change), company.actor("team_lead"))] == []


def test_a_chain_moves_by_days_at_the_same_local_time(plan, company):
    by = system("M", company.organisation.pk)
    one, two = plan(start=24 * 5), plan(start=24 * 6, owner="pia")
    write.link(one, two, "blocks", by)
    starts = [timezone.localtime(c.planned_start).replace(tzinfo=None) for c in (one, two)]
    write.act(fresh(one), by, "move_chain", days=3)
    assert [timezone.localtime(fresh(c).planned_start).replace(tzinfo=None) for c in (one, two)] == [s + timedelta(days=3) for s in starts]


def test_items_that_are_linked_by_hand_become_the_scope(plan, make, company):
    change = plan()
    more = item(make, "by-hand")
    write.link(change, more, "affects", system("M", company.organisation.pk))
    jobs.rescope.call(change.pk)
    assert "by-hand" in fresh(change).scope


def test_the_feed_is_read_by_a_calendar_library_and_ends(plan, company, client):
    change = plan(answers=MIDDLE)
    manager = company.client("change_manager")
    page = manager.post("/changes/feed").content.decode()
    address = page[page.index("/changes/feed/") :].partition("<")[0]
    answer = client.get(address)
    calendar = Calendar.from_ical(answer.content)
    events = {str(e["SUMMARY"]): e for e in calendar.walk("VEVENT")}
    event = events[f"{change.number} Firmware"]
    assert event["DTSTART"].dt == change.planned_start.replace(microsecond=0) and event["STATUS"] == "TENTATIVE"
    Feed.objects.update(revoked_at=now())
    assert client.get(address).status_code == 404


def test_reading_never_decides(plan, board, company):
    change = plan()
    write.move(change, board["pit"], "submit")
    client = company.client("administrator")
    for path in ("do/approve", "do/reject", "do/approve_with"):
        for _n in range(10):
            client.get(f"/r/{change.number}/{path}")
    assert not Ask.objects.filter(step__round__record=change.pk).exclude(status="requested").exists()
    assert Round.objects.get(record=change.pk).status == "requested"


def test_pages(plan, company, board):
    change = plan(answers=MIDDLE)
    freeze(company, 24 * 10 - 1, 10)
    desk = company.client("change_manager")
    for path in (f"/r/{change.number}", "/changes/new", "/changes/new?model=normal", "/changes/new?model=restart", f"/changes/{change.number}/free", "/changes/calendar",
                 "/changes/calendar?span=week", "/changes/calendar?span=week&by=item", "/changes/calendar?span=quarter", "/k/change?all=1", "/changes/feed"):
        answer = desk.get(path)
        assert answer.status_code == 200, path
    assert "Peak" in desk.get(f"/r/{change.number}").content.decode()
    assert "Firmware" in desk.get(f"/changes/calendar?day={timezone.localtime(change.planned_start):%Y-%m-%d}").content.decode()


def test_a_change_is_planned_by_its_page(company, make, board):
    thing = item(make, "sw-77")
    manager = company.client("change_manager")
    start = timezone.localtime(now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    form = {"model": "normal", "title": "New firmware", "reason": "Bug", "items": "sw-77", "team": company.network.pk, "planned_start": start, "plan": "One.", "backout": "Two.",
            "once": "k1"} | {f"risk_{k}": "0" for k in LOW}
    answer = manager.post("/changes/new", form)
    assert answer.status_code in (302, 303)
    change = Change.objects.get(title="New firmware")
    assert change.scope == "sw-77" and change.risk == "low" and change.planned_end - change.planned_start == timedelta(minutes=120)
    assert manager.post("/changes/new", form)["Location"] == answer["Location"] and Change.objects.filter(title="New firmware").count() == 1  # a double click
    bad = manager.post("/changes/new", form | {"items": "nothing-like-it", "once": "k2"})
    assert bad.status_code == 422 and "There is no item" in bad.content.decode() and not Change.objects.filter(title="New firmware").exclude(pk=change.pk).exists()
    assert thing.pk


def test_a_dropped_change_keeps_its_time_of_day_and_tells_conflicts(plan, company):
    change = plan()
    day = (timezone.localtime(change.planned_start) + timedelta(days=2)).date()
    manager = company.client("change_manager")
    answer = manager.post(f"/changes/{change.number}/move-to", {"day": day.isoformat()})
    assert "No conflicts" in manager.get(answer["Location"]).content.decode()
    moved = fresh(change)
    assert timezone.localtime(moved.planned_start).time() == timezone.localtime(change.planned_start).time() and timezone.localtime(moved.planned_start).date() == day
    assert manager.post(f"/changes/{change.number}/move-to", {"day": "soon"}).status_code == 422


def test_conflicts_over_rest_are_those_of_the_page(plan, make, company):
    """Sorts, words and free windows; a change of another organisation is not there."""
    shared = item(make, "shared")
    plan(on=[shared], owner="pia")
    freeze(company, 24 * 10 - 1, 10)
    change = plan(on=[shared])
    head = {"Authorization": f"Bearer {make_token(company.people['change_manager'], 'conflicts')[1]}"}
    told = Client().get(f"/api/v1/change/{change.number}/conflicts", headers=head).json()
    assert {c["sort"] for c in told["conflicts"]} == {"freeze", "item"} and len(told["free"]) == conflicts.PROPOSED
    page = company.client("change_manager").get(f"/r/{change.number}/panel/change.window").content.decode()
    for one in told["conflicts"]:
        assert escape(one["words"]) in page
    assert Client().get("/api/v1/change/CHG-999999/conflicts", headers=head).status_code == 404


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


def test_the_board_talks_about_what_the_setting_says(plan, board, company):
    company.person("owner@acme.example", "service_owner", name="Otto")
    high, low = plan(answers=HIGH), plan(owner="pia", start=24 * 12)
    write.move(high, board["pit"], "submit")
    write.move(low, board["pia"], "submit")
    client = company.client("change_manager")
    page = client.get("/changes/board").content.decode()
    assert page.index(high.number) < page.index("1 is decided without a meeting") < page.index(low.number)
    client.post("/changes/board", {"change": high.number, "text": "Only after the month's end."})
    assert "Only after the month" in client.get(f"/r/{high.number}").content.decode()
    assert client.post("/changes/board", {"change": "INC-1", "text": "x"}).status_code == 422


def test_a_requester_has_no_desk_to_plan_on(company):
    client = company.client("requester")
    for path in ("/changes/calendar", "/changes/board", "/changes/new", "/changes/feed"):
        assert client.get(path).status_code in (302, 403, 404), path


def test_a_step_with_a_consequence_follows_once_for_two_who_press_at_once(plan, board):
    change = plan()
    twin = fresh(change)
    write.move(change, board["pit"], "submit")
    with pytest.raises(NotPossible):
        write.move(twin, board["pit"], "submit")
    assert Round.objects.filter(record=change.pk).count() == 1


# what a fresh reviewer broke


def test_another_organisations_policy_never_decides_here(make, company, other):
    Membership.objects.filter(person=company.people["team_lead"]).update(leads=True)
    for home, who in ((company.organisation, "group_manager"), (other.organisation, "owner_group")):
        write.save(Policy(), system(), key="cancel-incident", label=home.name, kind="incident", purpose="cancel", steps=[{"label": "Lead", "who": [who]}], organisation=home)
    write.save(MoveRule(), system(), kind="incident", move="cancel", approval="cancel-incident")
    incident = make("incident", title="Not wanted")
    write.act(incident, company.actor("agent"), "ask_approval", step="cancel")
    assert engine.latest(incident, "cancel").label == company.organisation.name
    assert {a.person_id for a in Ask.objects.all()} == {company.people["team_lead"].pk}


def test_items_that_are_swapped_for_others_of_the_same_name_void_the_approval(plan, board, make, company):
    one, twin = item(make, "db-1"), item(make, "db-1")
    change = plan(on=[one])
    write.move(change, board["pit"], "submit")
    write.act(fresh(change), board["pia"], "approve")
    write.act(fresh(change), system("M", company.organisation.pk), "affect", items=twin.number)
    assert fresh(change).scope == "db-1" and engine.latest(change).status == "void"


def test_another_model_needs_planning_and_a_void_approval_starts_nothing(plan, board):
    change = plan(start=0)
    write.move(change, board["pit"], "submit")
    write.act(fresh(change), board["pia"], "approve")
    with pytest.raises(ValidationError, match="Take it back to planning"):
        write.change(fresh(change), board["pit"], model=ChangeModel.objects.get(key="patching"))
    write.change(fresh(change), board["pit"], plan="Wholly different.")
    with pytest.raises(NotPossible, match="does not count any more"):
        write.move(fresh(change), board["pit"], "start")


def test_a_model_that_is_switched_off_schedules_nothing(plan, board):
    change = plan("restart", start=0)
    write.save(ChangeModel.objects.get(key="restart"), system(), is_active=False)
    with pytest.raises(NotPossible, match="switched off"):
        write.move(fresh(change), board["pit"], "schedule")


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


def test_who_authorised_does_not_become_the_owner_by_starting(plan, board, company):
    change = plan("emergency", start=0)
    write.change(fresh(change), system("M", company.organisation.pk), owner=None)
    write.move(fresh(change), system("M", company.organisation.pk), "expedite")
    write.act(fresh(change), board["bob"], "approve")
    with pytest.raises(NotPossible, match="You authorised it"):
        write.move(fresh(change), board["bob"], "start")
    assert fresh(change).owner_id is None and fresh(change).state == "scheduled"


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


def test_a_delegate_who_is_asked_himself_later_counts_once(plan, board, company):
    bob = Person.objects.get(pk=board["bob"].id)
    write.save(Delegation(), system(), person_id=board["bea"].id, to=bob, starts_at=now() - timedelta(days=1), ends_at=now() + timedelta(days=1))
    write.save(Person.objects.get(pk=board["pia"].id), system(), manager=bob)
    change = plan()
    who = [f"person:{Person.objects.get(pk=board[n].id).email}" for n in ("bea", "pia", "lea")]
    with write.writing():
        engine.start(change, "extra", system("M", company.organisation.pk), [{"label": "Two", "who": who, "rule": "count", "number": 2, "escalate": 1}], "Extra")
    write.act(fresh(change), board["bob"], "approve")
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        approval_jobs.chase.call()
    with pytest.raises(Forbidden):
        write.act(fresh(change), board["bob"], "approve")
    assert engine.latest(change, "extra").status == "requested"


def test_a_yes_allows_a_guarded_step_once_and_a_closed_record_asks_nobody(make, company):
    lead, agent = company.actor("team_lead"), company.actor("agent")
    Membership.objects.filter(person=lead.id).update(leads=True)
    write.save(Policy(), system(), key="resolving", label="Resolving", kind="incident", purpose="resolve", steps=[{"label": "Lead", "who": ["group_manager"]}])
    write.save(MoveRule(), system(), kind="incident", move="resolve", approval="resolving")
    incident = make("incident", title="Twice")
    write.act(incident, agent, "ask_approval", step="resolve")
    write.act(fresh(incident), lead, "approve")
    write.move(fresh(incident), agent, "resolve", close_code="solved", solution="Done")
    write.move(fresh(incident), agent, "reopen")
    with pytest.raises(NotPossible, match="needs approval first"):
        write.move(fresh(incident), agent, "resolve", close_code="solved", solution="Done")
    write.act(fresh(incident), agent, "ask_approval", step="resolve")
    write.move(fresh(incident), agent, "cancel", solution="Not needed")
    assert not Ask.objects.filter(status="requested").exists()


@pytest.mark.parametrize("text", ["9999-12-31T23:30", "0001-01-01T00:00+10:00", "soon", ""])
def test_times_that_cannot_be_kept_are_told(plan, company, text):
    with pytest.raises(ValidationError):
        write.act(plan(), system("M", company.organisation.pk), "plan_window", planned_start=text)


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
