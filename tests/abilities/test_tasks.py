"""Tasks and what waits for what: order, needed tasks, templates, roll-up, secrecy, clocks."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from praxis.abilities.clocks import engine, policy
from praxis.abilities.clocks.models import Clock, Target, TargetSet
from praxis.abilities.notices.models import Notice
from praxis.abilities.tasks.models import Task, TaskTemplate
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.people.signin import make_token
from praxis.records import write
from praxis.records.models import Link
from praxis.records.read import by_number, possible

pytestmark = pytest.mark.django_db


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def tasks(record):
    return list(Task.objects.filter(parent=record.pk).order_by("position"))


@pytest.fixture
def three(company):
    """A template of three steps for two groups, one after the other."""
    steps = [{"title": "First", "team": "Network", "due": "2d"}, {"title": "Second", "team": "Service desk"},
             {"title": "Beside", "after": [], "mandatory": False}]
    return write.save(TaskTemplate(), system(), organisation=company.organisation, key="three", label="Three", kind="incident", steps=steps)


def test_l2_2_a_template_makes_ordered_tasks_for_several_groups(make, agent, three, company):
    """L2-2: a template makes ordered tasks to several groups; a record with needed tasks open cannot be resolved, and the answer lists them."""
    incident = make(owner=company.people["agent"].pk)
    write.act(incident, agent, "add_tasks", template=three.pk)
    first, second, beside = tasks(incident)
    assert [t.team and t.team.name for t in (first, second, beside)] == ["Network", "Service desk", None]
    assert first.due_on == date.today() + timedelta(days=2) and first.organisation_id == incident.organisation_id
    assert Link.objects.get(target=second.pk).source_id == first.pk and not Link.objects.filter(target=beside.pk).exists()
    with pytest.raises(NotPossible, match=first.number):
        write.move(second, agent, "finish")
    assert "finish" not in {s.key for s in possible(fresh(second), agent)}
    with pytest.raises(NotPossible) as problem:
        write.move(fresh(incident), agent, "resolve", close_code="solved", solution="Done.")
    assert first.number in str(problem.value) and second.number in str(problem.value) and beside.number not in str(problem.value)
    write.move(first, agent, "finish")
    write.move(fresh(second), agent, "finish")
    write.move(fresh(incident), agent, "resolve", close_code="solved", solution="Done.")
    assert fresh(incident).state == "resolved"


def test_over_rest_the_answer_is_409_with_the_list(make, agent, company):
    incident = make()
    write.act(incident, agent, "add_task", title="Call the supplier")
    secret = make_token(company.people["agent"], "t")[1]
    answer = Client().post(f"/api/v1/incident/{incident.number}/moves/resolve", {"close_code": "solved", "solution": "x"}, content_type="application/json",
                           headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 409 and "Call the supplier" in answer.json()["detail"]


def test_withdrawing_ends_the_tasks(make, agent, requester):
    incident = make()
    write.act(incident, agent, "add_task", title="Call the supplier")
    write.move(fresh(incident), requester, "cancel", solution="It works again.")
    assert [t.state for t in tasks(incident)] == ["skipped"] and incident.number in tasks(incident)[0].outcome


def test_the_owner_hears_when_all_tasks_are_done(make, agent, company):
    lead = company.people["team_lead"]
    incident = make(owner=lead.pk)
    write.act(incident, agent, "add_task", title="One")
    write.act(fresh(incident), agent, "add_task", title="Two", after=tasks(incident)[0].number)
    one, two = tasks(incident)
    write.move(one, agent, "finish")
    assert not Notice.objects.filter(person=lead, text__contains="all tasks").exists()
    write.move(fresh(two), agent, "finish")
    assert Notice.objects.filter(person=lead, record=incident.pk, text=f"{incident.number}: all tasks are done").count() == 1
    write.move(fresh(two), agent, "redo")
    write.move(fresh(two), agent, "finish")
    assert Notice.objects.filter(person=lead, text__contains="all tasks").count() == 2


def test_tasks_follow_the_secrecy_of_their_record(make, agent, company, other):
    """T-B17: what is part of a record obeys it."""
    incident = make()
    write.act(incident, agent, "add_task", title="Secret step")
    task = tasks(incident)[0]
    write.change(fresh(incident), system(), event="incident.changed", restricted=True)
    assert fresh(task).restricted
    assert by_number(task.number, company.actor("change_manager")) is None, "neither of its group nor its owner"
    assert by_number(task.number, other.actor("agent")) is None
    with pytest.raises(ValidationError):
        write.open_record(task.type, other.actor("agent"), title="Foreign", parent=incident.pk)
    later = write.act(fresh(incident), system("x", company.organisation.pk), "add_task", title="Another")
    assert all(t.restricted for t in tasks(later))


def test_requesters_see_no_tasks(make, agent, requester, company):
    incident = make()
    write.act(incident, agent, "add_task", title="Check his account quietly")
    assert by_number(tasks(incident)[0].number, requester) is None
    client = company.client("requester")
    assert b"quietly" not in client.get(f"/my/{incident.number}").content
    secret = make_token(company.people["requester"], "t")[1]
    answer = Client().get(f"/api/v1/incident/{incident.number}/events", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200 and b"quietly" not in answer.content


def test_a_page_ticks_its_tasks(make, agent, company):
    incident = make()
    write.act(incident, agent, "add_task", title="Press the button")
    task, client = tasks(incident)[0], company.client("agent")
    page = client.get(f"/r/{incident.number}").content.decode()
    assert "Press the button" in page and "0 of 1 done" in page and f'value="{task.number}"' in page
    answer = client.post(f"/r/{incident.number}/do/tick", {"task": task.number})
    assert answer.status_code == 303 and answer["Location"] == f"/r/{incident.number}" and fresh(task).state == "done"
    stranger = make()
    assert client.post(f"/r/{stranger.number}/do/tick", {"task": task.number}).status_code == 422


def test_bad_templates_are_refused(company, make, agent):
    for steps in ([], [{"team": "x"}], [{"title": "a", "after": [1]}], [{"title": "a", "due": "soon"}], [{"title": "a", "colour": 1}], "text", [{"title": "a"}] * 51):
        with pytest.raises(ValidationError):
            write.save(TaskTemplate(), system(), organisation=company.organisation, key="bad", label="Bad", steps=steps)
    lost = write.save(TaskTemplate(), system(), organisation=company.organisation, key="lost", label="Lost", steps=[{"title": "a"}, {"title": "b", "team": "Nobody"}])
    incident = make()
    with pytest.raises(ValidationError, match="Nobody"):
        write.act(incident, agent, "add_tasks", template=lost.pk)
    assert tasks(incident) == [], "nothing is made by halves"


def test_templates_of_another_organisation_cannot_be_used(make, agent, other):
    theirs = write.save(TaskTemplate(), system(), organisation=other.organisation, key="t", label="T", steps=[{"title": "a"}])
    with pytest.raises(ValidationError):
        write.act(make(), agent, "add_tasks", template=theirs.pk)


def test_l2_7_blocked_shows_in_lists_and_clears_itself(make, agent, company):
    """L2-7: "blocked by" shows in the list and clears itself when the blocker resolves; the owner is told."""
    one, two = make(count=2)
    write.act(two, agent, "take")
    write.act(one, agent, "link", to=two.number, type="blocks")
    client = company.client("agent")
    assert client.get("/k/incident?blocked.is=yes").content.decode().count("Waits") >= 2, "the chip and the row"
    assert two.number in client.get("/k/incident?blocked.is=yes").content.decode()
    assert one.number not in [r.number for r in _listed(agent)]
    assert f"Waits for {one.number}" in client.get(f"/r/{two.number}").content.decode()
    write.move(fresh(one), agent, "resolve", close_code="solved", solution="x")
    assert _listed(agent) == [] and Event.objects.filter(subject=two.pk, name="record.released").count() == 1
    assert Notice.objects.filter(person=company.people["agent"], text__contains="can go on").count() == 1
    write.move(fresh(one), agent, "reopen")
    assert [r.number for r in _listed(agent)] == [two.number]
    write.act(fresh(one), agent, "unlink", link=str(Link.objects.get(source=one.pk).pk))
    assert _listed(agent) == [] and Event.objects.filter(subject=two.pk, name="record.released").count() == 2


def _listed(actor):
    from praxis.kernel.kinds import registry
    from praxis.lib.conditions import Test, every
    from praxis.records.question import Question

    return list(Question(registry["incident"], actor, every(Test("blocked", "is", ("yes",)))).rows())


def test_two_records_cannot_wait_for_each_other(make, agent):
    one, two = make(count=2)
    write.link(one, two, "blocks", agent)
    with pytest.raises(ValidationError):
        write.link(two, one, "blocks", agent)


def test_l2_7_the_clock_stands_while_others_block(make, agent, company, monkeypatch):
    """L2-7: where the promise says so, the clock stands while another record blocks this one; folding the events again gives the same."""
    pauses = {"how": "any", "parts": [{"field": "blocked", "op": "is", "values": ["yes"]}]}
    own = TargetSet.objects.get(key="ola")
    Target.objects.filter(set=own, metric="work").update(pauses=pauses)
    policy.forget()
    one, two = make(count=2)
    write.act(two, agent, "take")
    assert Clock.objects.get(record=two.pk, metric="work").state == "running"
    write.link(one, fresh(two), "blocks", agent)
    assert Clock.objects.get(record=two.pk, metric="work").state == "paused"
    write.move(fresh(one), agent, "resolve", close_code="solved", solution="x")
    assert Clock.objects.get(record=two.pk, metric="work").state == "running"
    stored = engine.life(fresh(two))
    assert engine.fold(engine.events_of([two.pk])[two.pk], fresh(two)) == stored and any(s.facts.get("blocked") for s in stored)


def test_a_task_has_a_clock_until_its_day(make, agent):
    incident = make()
    write.act(incident, agent, "add_task", title="By tomorrow", due_on=str(date.today() + timedelta(days=3)))
    write.act(fresh(incident), agent, "add_task", title="Some time")
    dated, free = tasks(incident)
    assert Clock.objects.get(record=dated.pk, metric="resolve").state == "running" and fresh(dated).due_at
    assert not Clock.objects.filter(record=free.pk).exists()
    write.move(fresh(dated), agent, "finish")
    assert Clock.objects.get(record=dated.pk).state == "met"
    with pytest.raises(ValidationError):
        write.act(fresh(incident), agent, "add_task", title="When?", due_on="tomorrow")


def test_a_due_date_thousands_of_years_away_is_kept_and_breaks_no_clock(company):
    """A promise until that date has more seconds than a column holds; found by schemathesis on PostgreSQL."""
    by = company.actor("administrator")
    task = write.open_record(registry["task"], by, title="Far away", due_on=date(6515, 12, 10))
    assert Clock.objects.get(record=task.pk, metric="resolve").target_s == 2**31 - 1 and company.client("administrator").get(f"/r/{task.number}").status_code == 200

