"""Who decides about changes and guarded steps, what makes that void, who may answer for whom (CM1 to CM6, CM11)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from praxis.abilities.approvals import engine
from praxis.abilities.approvals import jobs as approval_jobs
from praxis.abilities.approvals.models import Ask, Delegation, Policy, Round
from praxis.abilities.staffing.models import Absence
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.people.models import Membership, Person
from praxis.practices.change import jobs
from praxis.practices.change.models import ChangeModel
from praxis.records import write
from praxis.records.models import MoveRule
from praxis.records.read import possible

from .planning import HIGH, MIDDLE, fresh, item

pytestmark = pytest.mark.usefixtures("berlin")


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


def test_reading_never_decides(plan, board, company):
    change = plan()
    write.move(change, board["pit"], "submit")
    client = company.client("administrator")
    for path in ("do/approve", "do/reject", "do/approve_with"):
        for _n in range(10):
            client.get(f"/r/{change.number}/{path}")
    assert not Ask.objects.filter(step__round__record=change.pk).exclude(status="requested").exists()
    assert Round.objects.get(record=change.pk).status == "requested"


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


def test_who_authorised_does_not_become_the_owner_by_starting(plan, board, company):
    change = plan("emergency", start=0)
    write.change(fresh(change), system("M", company.organisation.pk), owner=None)
    write.move(fresh(change), system("M", company.organisation.pk), "expedite")
    write.act(fresh(change), board["bob"], "approve")
    with pytest.raises(NotPossible, match="You authorised it"):
        write.move(fresh(change), board["bob"], "start")
    assert fresh(change).owner_id is None and fresh(change).state == "scheduled"


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
