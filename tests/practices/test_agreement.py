"""Service levels: the promises of SLM-02, agreements, levels, turns of groups, what-if, recounts, excuses."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from praxis.abilities.clocks import engine, jobs, policy, whatif
from praxis.abilities.clocks.models import Calendar, Clock, Excuse, Target, TargetSet, Timing
from praxis.abilities.clocks.recount import recount
from praxis.abilities.notices.models import Notice
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Job
from praxis.people.models import Membership
from praxis.records import write

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a Monday


@pytest.fixture
def clock_at(settings):
    def at(moment):
        settings.PRAXIS_NOW = moment.astimezone(UTC).isoformat()

    at(START)
    return at


def clocks(record):
    return {(c.metric, c.spell): c for c in Clock.objects.filter(record=record.pk)}


def set_of(key, *rows, kind="incident", pauses=None):
    made = write.save(TargetSet(), system(), key=key, label=key.capitalize())
    for metric, priority, length, hours in rows:
        write.save(Target(), system(), set=made, kind=kind, metric=metric, priority=priority, length=length, calendar=hours, pauses=pauses or {})
    policy.forget()
    return made


def test_each_target_has_its_own_clock(make, agent, clock_at):
    """SL4, SLM-02: respond, update and resolve run apart; the wait for an update begins with each answer."""
    record = make(urgency=1, impact=2)  # priority 2
    assert {m for m, _n in clocks(record)} == {"respond", "resolve", "accept", "work"}
    clock_at(START + timedelta(minutes=10))
    write.act(record, agent, "reply", text="We look at it.")
    first = clocks(record)["update", 2]
    assert first.due_at == START + timedelta(minutes=10, hours=2) and record.due_at == first.due_at
    clock_at(START + timedelta(minutes=60))
    write.act(record, agent, "reply", text="Still looking.")
    found = clocks(record)
    assert found["update", 2].state == "met" and found["update", 2].stopped_at == START + timedelta(minutes=60)
    assert found["update", 3].due_at == START + timedelta(hours=3) and found["respond", 0].state == "met"
    clock_at(START + timedelta(hours=3, minutes=1))
    write.move(record, agent, "resolve", close_code="solved", solution="Done.")
    found = clocks(record)
    assert found["update", 3].state == "missed" and found["resolve", 0].state == "met" and record.due_at is None


def test_assignment_has_a_target_of_its_own(make, agent, company, clock_at):
    set_of("tto", ("assign", 3, "1h", "24x7"), ("resolve", 3, "2d", "working"))
    service = make("service", title="Mail", targets="tto", requester=None)
    record = make(service=service.pk)
    clock_at(START + timedelta(minutes=61))
    write.act(record, agent, "take")
    assert clocks(record)["assign", 0].state == "missed"
    write.change(record, system("x", company.organisation.pk), event="incident.reassigned", owner=None)
    assert clocks(record)["assign", 0].stopped_at == START + timedelta(minutes=61), "once assigned, the promise is settled"


@pytest.mark.parametrize(("length", "due"), [
    ("next 1 16:00", datetime(2026, 11, 24, 16, 0)), ("next 5 09:30", datetime(2026, 11, 30, 9, 30)), ("90m", datetime(2026, 11, 23, 10, 30))])
def test_durations_relative_to_working_days(make, clock_at, length, due):
    """SLM-05: from Monday 09:00, the fifth working day is the Monday after."""
    set_of("relative", ("resolve", 3, length, "working"))
    record = make(service=make("service", title="Mail", targets="relative", requester=None).pk)
    assert clocks(record)["resolve", 0].due_at == due.replace(tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_duration_that_cannot_be_read_is_refused():
    made = write.save(TargetSet(), system(), key="bad", label="Bad")
    for length in ("soon", "next 0 16:00", "next 1 25:00", "until 5", "4 h"):
        with pytest.raises(ValidationError):
            write.save(Target(), system(), set=made, kind="incident", metric="resolve", priority=3, length=length, calendar="working")


def test_levels_are_told_once_even_after_a_restart(make, company, agent, clock_at):
    """SLM-06, T-I7: owner at 50, owner and lead at 75; running the timetable again, or the job again, tells nothing twice."""
    lead = company.people["team_lead"]
    Membership.objects.filter(person=lead).update(leads=True)
    record = make(impact=1, urgency=1)  # priority 1, resolve within 4 h, 24x7
    write.act(record, agent, "take")
    clock_at(START + timedelta(minutes=5))
    write.act(record, agent, "reply", text="On it.")
    clock_at(START + timedelta(hours=2))
    for _n in range(3):
        jobs.warn_due.call()
    Worker().run(until_empty=True)
    jobs.warn.call(record.pk, "resolve", 0)
    told = [e for e in Event.objects.filter(subject=record.pk, name="clock.warned").order_by("id") if e.data["metric"] == "resolve"]
    assert [e.data["percent"] for e in told] == [50] and told[0].data["tell"] == [agent.id]
    clock_at(START + timedelta(hours=3, minutes=59))
    jobs.warn_due.call()
    Worker().run(until_empty=True)
    told = [e for e in Event.objects.filter(subject=record.pk, name="clock.warned").order_by("id") if e.data["metric"] == "resolve"]
    assert [e.data["percent"] for e in told] == [50, 90], "of levels passed together the highest is told"
    assert Notice.objects.filter(record=record.pk, person=lead, text__contains="90").count() == 1
    assert not Job.objects.filter(state="dead").exists()


def test_a_level_may_raise_the_priority_and_give_the_record_to_the_lead(make, company, agent, clock_at):
    Membership.objects.filter(person=company.people["team_lead"]).update(leads=True)
    made = set_of("strict", ("resolve", 3, "1h", "24x7"))
    write.save(made, system(), levels={"80": ["raise", "to_lead"]})
    policy.forget()
    record = make(service=make("service", title="Mail", targets="strict", requester=None).pk)
    clock_at(START + timedelta(minutes=50))
    jobs.warn_due.call()
    Worker().run(until_empty=True)
    record.refresh_from_db()
    assert record.priority == 2 and record.owner == company.people["team_lead"]
    assert Event.objects.filter(subject=record.pk, name="incident.prioritised").count() == 1


def test_no_level_is_told_of_a_clock_that_stands(make, agent, clock_at):
    record = make(impact=1, urgency=1)
    write.move(record, agent, "hold", hold_reason="caller")
    clock_at(START + timedelta(days=3))
    jobs.warn_due.call()
    Worker().run(until_empty=True)
    assert not [e for e in Event.objects.filter(subject=record.pk, name="clock.warned") if e.data["metric"] in ("resolve", "respond")]


def test_turns_of_groups_sum_to_the_whole_less_pauses(make, agent, company, clock_at):
    """SL5: leaving a group stops its clock and keeps the result, entering the next starts a new one."""
    record, spans = make(), []
    dice, at, held = random.Random(5), START, timedelta()
    for n in range(12):
        at += timedelta(minutes=dice.randrange(5, 900))
        clock_at(at)
        write.act(record, agent, "reassign", team=(company.network if n % 2 == 0 else company.desk).pk, why="yours")
        if n % 3 == 0:
            clock_at(at := at + timedelta(minutes=7))
            write.move(record, agent, "hold", hold_reason="caller")
            clock_at(at := at + timedelta(minutes=100))
            held += timedelta(minutes=100)
            write.move(record, agent, "resume")
    clock_at(at := at + timedelta(minutes=11))
    write.move(record, agent, "resolve", close_code="solved", solution="Done.")
    turns = engine.turns_of(record)
    assert len(turns) == 13 and sum((t[3] for t in turns), timedelta()) == at - START - held
    rows = Clock.objects.filter(record=record.pk, metric="work").order_by("spell")
    assert len(rows) == 13 and all(c.stopped_at for c in rows) and {c.team_id for c in rows} == {company.desk.pk, company.network.pk}
    spans = engine.fold(engine.events_of([record.pk])[record.pk], record)
    assert engine.packed(spans) == Timing.objects.get(pk=record.pk).segments, "followed one by one equals folded at once"


def test_an_agreement_in_force_decides_which_promises_count(make, company, agent, clock_at):
    """SLM-01: one for this service and customer before a general one; drafts and ended ones do not count."""
    boss = system("Boss", company.organisation.pk)
    set_of("premium", ("resolve", 3, "30m", "24x7"))
    set_of("plain", ("resolve", 3, "3h", "24x7"))
    service = make("service", title="Mail", requester=None)
    both = [make("agreement", title=t, targets=t, customer=c, requester=None) for t, c in (("premium", company.organisation.pk), ("plain", None))]
    write.act(both[0], boss, "cover", services=service.number.lower())
    assert clocks(make(service=service.pk))["resolve", 0].target_s == 20 * 3600
    for one in both:
        write.move(one, boss, "agree", valid_from=date(2026, 11, 1))
    policy.forget()
    assert clocks(make(service=service.pk))["resolve", 0].target_s == 1800
    assert clocks(make())["resolve", 0].target_s == 3 * 3600
    write.move(both[0], boss, "end")
    policy.forget()
    assert clocks(make(service=service.pk))["resolve", 0].target_s == 3 * 3600
    with pytest.raises(NotPossible):
        write.move(make("agreement", title="Empty", requester=None), boss, "agree", valid_from=date(2026, 11, 1))
    with pytest.raises(ValidationError):
        write.act(both[1], boss, "cover", services="SVC-999999")


def test_a_group_may_have_an_agreement_of_its_own(make, company, agent, clock_at):
    boss = system("Boss", company.organisation.pk)
    set_of("network", ("work", 3, "7h", "24x7"))
    ola = make("agreement", title="Network", basis="ola", targets="network", team=company.network.pk, requester=None)
    write.move(ola, boss, "agree", valid_from=date(2026, 11, 1))
    policy.forget()
    record = make()
    assert clocks(record)["work", 1].target_s == 12 * 3600
    write.act(record, agent, "reassign", team=company.network.pk, why="yours")
    assert clocks(record)["work", 2].target_s == 7 * 3600 and clocks(record)["accept", 2].target_s == 3600


def test_owners_are_reminded_of_a_review_once(make, company, clock_at):
    from praxis.practices.agreement.jobs import remind_of_reviews

    owner = company.people["team_lead"]
    one = make("agreement", title="Mail", targets="standard", requester=None, owner=owner.pk)
    write.move(one, system("Boss", company.organisation.pk), "agree", valid_from=date(2026, 1, 1), review_on=date(2026, 12, 10))
    assert [remind_of_reviews.call() for _n in range(3)] == [1, 0, 0] and Notice.objects.filter(person=owner).count() == 1


def test_what_if_equals_an_independent_count(make, agent, clock_at):
    """SLM-08: the target of priority 3 cut to 3 hours of a calendar that opens at ten."""
    at, lives = START, []
    for n in range(30):
        clock_at(at)
        record = make()
        clock_at(at + timedelta(minutes=20 * n))
        write.move(record, agent, "resolve", close_code="solved", solution="Done.")
        lives.append((record.number, at, at + timedelta(minutes=20 * n)))
        at += timedelta(minutes=7)
    target = Target.objects.get(set__key="standard", kind="incident", metric="resolve", priority=3)
    working = Calendar.objects.get(key="working")
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ["10:00-16:00"])
    clock_at(at + timedelta(days=2))
    found = whatif.compare("incident", None, whatif.changed([
        {"model": "target", "id": target.pk, "length": "3h"}, {"model": "calendar", "id": working.pk, "week": week}]))["resolve"]
    late = {n for n, a, b in lives if minutes_open(a, b, 10, 16) > 180}
    assert 0 < len(late) < 30 and found.clocks == 30 and found.before == 30 and found.after == 30 - len(late)
    assert set(found.worse) == late and not found.better
    target.refresh_from_db()
    assert target.length == "2d", "looking saves nothing"


def minutes_open(start, end, first, last):
    """Minute by minute, knowing nothing of the product's clocks."""
    zone, count = ZoneInfo("Europe/Berlin"), 0
    at = start.astimezone(UTC)
    while at < end:
        local = at.astimezone(zone)
        count += local.weekday() < 5 and first <= local.hour < last
        at += timedelta(minutes=1)
    return count


def test_a_recount_keeps_the_old_result_beside_the_new(make, agent, clock_at):
    """SLM-09: explicit, repeatable, and nothing is overwritten without a trace."""
    done, open_ = make(), make()
    clock_at(START + timedelta(hours=5))
    write.move(done, agent, "resolve", close_code="solved", solution="Done.")
    target = Target.objects.get(set__key="standard", kind="incident", metric="resolve", priority=3)
    write.save(target, system(), length="4h")
    assert clocks(done)["resolve", 0].state == "met", "a changed target alone changes no result"
    assert recount("incident", None, 90, "Ana")["changed"] > 0
    again = recount("incident", None, 90, "Ana")
    assert again["changed"] == 0 and again["records"] == 2
    row = clocks(done)["resolve", 0]
    assert row.state == "missed" and row.was["state"] == "met" and row.was["by"] == "Ana"
    open_.refresh_from_db()
    assert open_.due_at == min(c.due_at for (m, _n), c in clocks(open_).items() if m in ("respond", "resolve"))


def test_an_excuse_needs_a_second_person(make, agent, company, clock_at):
    """SL10: reported beside the raw figure, never over it."""
    record = make(impact=1, urgency=1)
    clock_at(START + timedelta(hours=5))
    write.move(record, agent, "resolve", close_code="solved", solution="Done.")
    lead = company.actor("team_lead")
    with pytest.raises(ValidationError):
        write.act(record, lead, "excuse", promise="update:9", reason="customer", text="Nobody let us in.")
    write.act(record, lead, "excuse", promise="resolve:0", reason="customer", text="Nobody let us in.")
    row = Excuse.objects.get()
    with pytest.raises(NotPossible):
        write.act(record, lead, "decide_excuse", excuse=str(row.pk), decision="granted")
    with pytest.raises(NotPossible):
        write.act(record, agent, "excuse", promise="resolve:0", reason="customer", text="Again.")
    write.act(record, company.actor("administrator"), "decide_excuse", excuse=str(row.pk), decision="granted")
    row.refresh_from_db()
    assert row.state == "granted" and row.decided_by == company.people["administrator"]
    assert clocks(record)["resolve", 0].state == "missed"
    page = company.client("team_lead").get(f"/r/{record.number}/panel/clocks.explained").content.decode()
    assert "Nobody let us in." in page and "Granted" in page and "Whose turn it was" in page


def test_the_page_of_what_if(company, make, agent, clock_at):
    record = make()
    clock_at(START + timedelta(hours=5))
    write.move(record, agent, "resolve", close_code="solved", solution="Done.")
    target = Target.objects.get(set__key="standard", kind="incident", metric="resolve", priority=3)
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    client = company.client("root")
    assert client.post("/levels/what-if", {"target": target.pk, "length": "never", "days": 90}).status_code == 422
    there = client.post("/levels/what-if", {"target": target.pk, "length": "1h", "days": 90})["Location"]
    assert "Counting" in client.get(there).content.decode()
    Worker().run(until_empty=True)
    page = client.get(there).content.decode()
    assert record.number in page and "Would be missed" in page
    assert company.client("agent").get(there).status_code == 403
    client.post(there, {"what": "correct"})
    Worker().run(until_empty=True)
    target.refresh_from_db()
    assert target.length == "1h" and clocks(record)["resolve", 0].state == "missed"


def test_a_life_of_an_older_form_is_folded_anew(make, agent, clock_at):
    record = make()
    Timing.objects.filter(pk=record.pk).update(form=1, segments=[[START.isoformat(), {"state": "new", "priority": 3}]])
    clock_at(START + timedelta(hours=1))
    write.act(record, agent, "take")
    timing = Timing.objects.get(pk=record.pk)
    assert timing.form == engine.FORM and len(timing.segments) == 2 and timing.segments[0][1]["team"] == record.team_id
    assert registry["incident"] is record.type
