"""Problem management: raising, analysing, publishing, telling, closing by what was shown before, cost and clusters (PRB-01 to PRB-10, PM1 to PM5)."""

import json

import pytest
from django.core.exceptions import ValidationError

from praxis.abilities.conversation.models import Entry
from praxis.abilities.links.cascades import following
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.practices.problem import read, rules
from praxis.practices.problem.display import causes_of, whys
from praxis.practices.problem.models import Cause, Problem
from praxis.practices.problem.pages import told
from praxis.records import write
from praxis.records.models import Link

from .planning import fresh, item, prove, to_fix

# -- raising


def test_prb02_raised_from_an_incident_with_its_facts(make, company, agent):
    thing = item(make, "wlc-7")
    incident = make("incident", title="No roaming", description="Walks out of range", item=thing.pk, impact=1, urgency=2)
    made = write.act(incident, agent, "raise_problem", title="Roaming fails")
    assert (made.kind, made.description, made.item_id, made.impact, made.priority) == ("problem", "Walks out of range", thing.pk, 1, 2)
    assert Link.objects.filter(source=incident.pk, target=made.pk, type="problem").exists() and read.linked_problem(incident) == made


def test_pm2_incidents_of_any_state_and_only_those_in_reach(roaming, other, make, manager):
    problem, incidents = roaming
    assert incidents[2].state == "closed" and read.incidents(problem).count() == 3
    foreign = write.open_record(registry["incident"], other.actor("agent"), title="Theirs", team=other.desk.pk)
    with pytest.raises(ValidationError):
        write.act(problem, manager, "gather", incidents=foreign.number)
    before = Event.objects.count()
    write.act(problem, manager, "gather", incidents=incidents[0].number)
    assert Event.objects.count() == before, "what is there already is not told again"


def test_a_list_of_the_incidents_of_a_problem(roaming, company, make, rest):
    problem, incidents = roaming
    make("incident", title="Something else")
    page = company.client("team_lead").get(f"/k/incident?all=1&problem.is={problem.number}").content.decode()
    assert all(i.number in page for i in incidents) and "Something else" not in page
    assert rest(company.people["team_lead"], "get", f"/incident?problem.is={problem.number}&total=true").json()["total"] == 3


# -- the analysis


def test_prb06_one_set_of_causes_in_every_way(roaming, manager, company):
    problem, _incidents = roaming
    first = prove(problem, manager, "Scanners lost the session", question="Why did picking stop?")
    second = prove(problem, manager, "Roaming took 8 seconds", explains=str(first.pk), at="2026-11-24T09:00", branch="technology")
    write.act(problem, manager, "add_cause", text="Firmware resets the tag", explains=str(second.pk), sure="likely", branch="supplier")
    write.act(problem, manager, "add_contrast", yes="Hall B", aspect="where", no="Hall A", difference="New access points")
    causes = causes_of(problem)
    assert [(depth, c.text, waiting) for depth, c, waiting in whys(causes)] == [(0, "Scanners lost the session", 0), (1, "Roaming took 8 seconds", 1), (2, "Firmware resets the tag", 0)]
    client = company.client("team_lead")
    for way, words in (("fish", "Firmware resets the tag"), ("tree", "Fault tree"), ("time", "Roaming took 8 seconds"), ("is", "New access points")):
        assert words in client.get(f"/problems/{problem.number}/analysis?as={way}").content.decode(), way
    whole = client.get(f"/problems/{problem.number}/analysis?print=1").content.decode()
    assert all(words in whole for words in ("Fault tree", "New access points", "Why did picking stop?"))
    out = json.loads(client.get(f"/problems/{problem.number}/analysis.json").content)
    assert out == told(problem, causes_of(problem)) and len(out["causes"]) == 3 and out["causes"][1]["explains"] == first.pk and len(out["incidents"]) == 3


def test_pm5_a_cause_is_versioned_and_a_proof_needs_evidence(roaming, manager):
    problem, _incidents = roaming
    write.act(problem, manager, "add_cause", text="One network engineer", branch="people")
    cause = Cause.objects.get(problem=problem.pk)
    with pytest.raises(ValidationError):
        write.act(problem, manager, "judge_cause", cause=str(cause.pk), sure="proved")
    write.act(problem, manager, "judge_cause", cause=str(cause.pk), sure="proved", evidence="Rota of November")
    assert Cause.objects.get().version == 2 and Event.objects.filter(name="cause.saved", data__row=f"problem.cause:{cause.pk}").count() == 2
    write.act(problem, manager, "drop_cause", cause=str(cause.pk))
    assert Event.objects.filter(name="cause.saved").latest("id").changes["text"][0] == "One network engineer"


def test_a_cause_never_explains_itself_and_a_dropped_one_hands_on(roaming, manager):
    problem, _incidents = roaming
    a = prove(problem, manager, "a")
    b = prove(problem, manager, "b", explains=str(a.pk))
    c = prove(problem, manager, "c", explains=str(b.pk))
    with pytest.raises(ValidationError):
        write.save(Cause.objects.get(pk=a.pk), manager, parent=c)
    write.act(problem, manager, "drop_cause", cause=str(b.pk))
    assert Cause.objects.get(pk=c.pk).parent_id == a.pk


def test_the_fault_tree_follows_its_gates():
    causes = {1: (None, "open"), 2: (1, "proved"), 3: (1, "open"), 4: (None, "open"), 5: (4, "refuted"), 6: (4, "refuted")}
    assert rules.holds(causes, {1: "and", 4: "or"}) == {1: None, 2: True, 3: None, 4: False, 5: False, 6: False}
    assert rules.holds(causes, {1: "or"})[1] is True
    assert rules.proved({1: (None, "proved"), 2: (1, "proved"), 3: (1, "likely")}) == {2}


def test_evidence_of_other_tenants_is_not_named(roaming, other, manager, make):
    problem, _incidents = roaming
    foreign = write.open_record(registry["incident"], other.actor("agent"), title="Theirs", team=other.desk.pk)
    with pytest.raises(ValidationError):
        write.act(problem, manager, "add_cause", text="x", shown=foreign.number)


def test_confirming_needs_a_proof(roaming, manager):
    problem, _incidents = roaming
    write.move(problem, manager, "analyse")
    with pytest.raises(NotPossible):
        write.move(fresh(problem), manager, "confirm", root_cause="x", cause_code="change")
    assert to_state(problem, manager) == "fix"


def to_state(problem, manager):
    prove(problem, manager)
    return write.move(fresh(problem), manager, "confirm", root_cause="x", cause_code="change").state


def test_hold_goes_back_to_where_it_was(roaming, manager):
    problem = to_fix(roaming[0], manager)
    write.move(problem, manager, "hold", hold_why="The vendor's image")
    with pytest.raises(NotPossible):
        write.move(fresh(problem), manager, "resume")
    assert write.move(fresh(problem), manager, "resume_fix").state == "fix"


# -- the known error


def test_pm3_a_published_workaround_is_on_every_open_incident_and_found_by_the_next(roaming, manager, make, company):
    problem, incidents = roaming
    thing = item(make, "wlc-8")
    write.change(problem, manager, item=thing.pk)
    with pytest.raises(NotPossible):
        write.act(fresh(problem), manager, "publish", symptoms="Scanners drop")
    write.act(fresh(problem), manager, "write_workaround", workaround="Set the site tag back to HAM2-FT.")
    write.act(fresh(problem), manager, "publish", symptoms="Scanner drops off the wireless while walking", portal=True)
    client = company.client("agent")
    assert all("HAM2-FT" in client.get(f"/r/{i.number}").content.decode() for i in incidents[:2])
    by_item = make("incident", title="Something odd", item=thing.pk)
    by_words = make("incident", title="My scanner drops off wireless", description="When walking")
    stranger = make("incident", title="Invoice printer jam")
    agent = company.actor("agent")
    assert [p.pk for p, near, _l in read.known_for(by_item, agent)] == [problem.pk] and read.known_for(by_item, agent)[0][1] == 0
    assert [p.pk for p, _n, _l in read.known_for(by_words, agent)] == [problem.pk]
    assert read.known_for(stranger, agent) == []
    assert problem.number in client.get("/search?q=HAM2-FT").content.decode()


def test_applying_the_workaround_tells_links_and_resolves_in_one_act(roaming, manager, make, company):
    problem, _incidents = roaming
    write.act(problem, manager, "write_workaround", workaround="Set the tag back.")
    write.act(fresh(problem), manager, "publish", symptoms="Scanner drops")
    incident = make("incident", title="Scanner drops")
    write.act(incident, company.actor("agent"), "apply_workaround", problem=problem.number)
    done = fresh(incident)
    assert (done.state, done.close_code, done.solution) == ("resolved", "known_error", "Set the tag back.")
    assert Entry.objects.get(record=incident.pk).text == "Set the tag back." and read.linked_problem(done).pk == problem.pk
    assert read.worked(fresh(problem)) == (1, 0)


def test_prb03_the_open_incidents_and_their_callers_are_told_at_once(roaming, manager, company):
    problem, incidents = roaming
    write.act(problem, manager, "communicate", text="Hello {{ requester.first_name }}, set the tag back.", callers=True)
    assert [Entry.objects.filter(record=i.pk).count() for i in incidents] == [1, 1, 0]
    entry = Entry.objects.filter(record=incidents[0].pk).get()
    assert not entry.internal and entry.text == "Hello Requester, set the tag back."
    assert "2 incidents" in Event.objects.filter(name="problem.communicated").latest("id").data["words"]
    write.act(problem, manager, "communicate", text="For the desk only")
    assert Entry.objects.filter(record=incidents[1].pk).latest("pk").internal


def test_telling_is_shown_before_and_safe_to_repeat(roaming, company, manager):
    problem, incidents = roaming
    client = company.client("team_lead")
    page = client.get(f"/problems/{problem.number}/tell").content.decode()
    assert all(i.number in page for i in incidents[:2]) and incidents[2].number not in page
    for _n in range(2):
        client.post(f"/problems/{problem.number}/tell", {"text": "Set it back", "callers": "on", "once": "k"})
    assert Entry.objects.filter(text="Set it back").count() == 2
    assert company.client("agent").get(f"/problems/{problem.number}/tell").status_code in (403, 404)


# -- closing


def test_pm1_resolving_proposes_and_never_performs(roaming, manager, company):
    problem, incidents = roaming
    write.move(incidents[0], manager, "hold", hold_reason="problem")
    done = write.move(to_fix(problem, manager), manager, "resolve", close_code="fix_applied", solution="Firmware 17.12.4")
    assert [fresh(i).state for i in incidents] == ["on_hold", "new", "closed"], "nothing happens by itself"
    waiting, others = [[f.record.pk for f in steps] for _c, steps in following(done, manager)]
    assert waiting == [incidents[0].pk] and others == [incidents[1].pk]
    write.act(done, manager, "follow", numbers=incidents[0].number)
    first = fresh(incidents[0])
    assert (first.state, first.close_code, first.solution) == ("resolved", "by_problem", "Firmware 17.12.4") and fresh(incidents[1]).state == "new"
    with pytest.raises(ValidationError):
        write.act(fresh(done), manager, "follow", numbers=incidents[2].number)
    assert fresh(incidents[2]).state == "closed", "what is finished is never moved back (L2-3)"


def test_prb04_an_accepted_risk_resolves_nobody_and_says_why(roaming, manager):
    problem, incidents = roaming
    ready = to_fix(problem, manager)
    with pytest.raises(ValidationError):
        write.move(ready, manager, "resolve", close_code="risk_accepted")
    done = write.move(fresh(ready), manager, "resolve", close_code="risk_accepted", accepted_why="Replaced in March anyway")
    assert following(done, manager) == []


def test_only_declared_links_cascade(roaming, manager, make):
    problem, _incidents = roaming
    related = make("incident", title="Related only")
    write.link(related, problem, "related", manager)
    done = write.move(to_fix(problem, manager), manager, "resolve", close_code="fix_applied", solution="x")
    assert related.pk not in [f.record.pk for _c, steps in following(done, manager) for f in steps]


def test_a_change_that_went_well_proposes_to_resolve_its_problem(roaming, manager, plan, board, company):
    problem, _incidents = roaming
    to_fix(problem, manager)
    made = write.act(fresh(problem), manager, "raise_change", title="Newer firmware", model="normal")
    assert Link.objects.filter(source=problem.pk, target=made.pk, type="fixed_by").exists() and problem.number in made.reason
    by = system("M", problem.organisation_id)
    write.change(made, by, event="change.moved", state="closed", result="successful")
    (cascade, steps), = following(fresh(made), by)
    write.act(fresh(made), by, "follow", numbers=problem.number)
    assert (fresh(problem).state, fresh(problem).close_code) == ("resolved", "fix_applied") and steps[0].record.pk == problem.pk


def test_prb10_a_major_problem_closes_with_its_review_only(roaming, manager):
    problem, _incidents = roaming
    write.change(problem, manager, major=True)
    done = write.move(to_fix(fresh(problem), manager), manager, "resolve", close_code="fix_applied", solution="x")
    with pytest.raises(NotPossible):
        write.move(done, manager, "close")
    write.act(fresh(done), manager, "write_review", review="Test roaming before each firmware.")
    write.act(fresh(done), manager, "add_task", title="Add a roaming test", due_on="2026-12-01", owner=manager.id, optional=True)
    assert write.move(fresh(done), manager, "close").state == "closed"
    write.act(fresh(done), manager, "check_effect", effect="None since")
    assert fresh(done).effect == "None since"


def test_who_may_do_what(roaming, company, requester):
    problem, _incidents = roaming
    agent = company.actor("agent")
    with pytest.raises(Forbidden):
        write.act(problem, agent, "publish", symptoms="x")
    assert company.client("requester").get(f"/r/{problem.number}").status_code in (302, 403, 404)
    assert not Problem.objects.visible_to(requester, "problem.see").exists()
