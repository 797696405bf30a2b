"""Staffing: who gets the next piece of work, who is here, who covers whom, evening out, hand-over."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from praxis.abilities.notices.models import Notice
from praxis.abilities.staffing import choice
from praxis.abilities.staffing.choice import Candidate
from praxis.abilities.staffing.models import Absence, AssignmentRule, Handover, Shift, Skill, SkillNeed, Turn, Unplaced
from praxis.abilities.staffing.read import _next, covered_by, presence
from praxis.kernel.actors import system
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.lib.businesstime import Calendar, week_of
from praxis.people.models import Membership, Person
from praxis.practices.incident.models import Incident
from praxis.records import write

TUESDAY = datetime(2026, 11, 24, 9, 42, tzinfo=UTC)
WEEK = {"mon": ["08:00-16:00"], "tue": ["08:00-12:00", "13:00-17:00"], "sat": ["22:00-24:00"], "sun": ["00:00-06:00"]}


def rule(team, **values):
    return write.save(AssignmentRule(), system(), team=team, **values)


def team_of(company, n):
    """n more members of the service desk, and the others taken out of the rule."""
    Membership.objects.filter(team=company.desk).update(takes=False)
    people = [company.person(f"p{i}@acme.example", "agent", name=f"P{i:02}") for i in range(n)]
    Membership.objects.bulk_create([Membership(person=p, team=company.desk) for p in people])
    return people


def away(person, **more):
    return write.save(Absence(), system(), person=person, starts_at=now() - timedelta(hours=1), ends_at=now() + timedelta(days=2), **more)


def work():
    Worker().run(until_empty=True)


# -- the pure choice


people = st.lists(st.builds(Candidate, id=st.integers(1, 50), name=st.sampled_from("abc"), away=st.sampled_from(["", "", "on leave", "off shift"]),
                            open=st.integers(0, 30), skilled=st.booleans(), last=st.integers(0, 9)), max_size=12, unique_by=lambda c: c.id)


@given(people, st.sampled_from([choice.TURN, choice.LEAST]), st.integers(0, 30))
def test_ld1_never_somebody_away_full_or_without_the_skill(candidates, way, most):
    """LD1: whoever is chosen is here, skilled and below the limit; somebody is chosen whenever there is such a one; the rest has a reason."""
    chosen, passed = choice.choose(candidates, way, most)
    fit = [c for c in candidates if not c.away and c.skilled and c.open < most]
    assert (chosen is None) == (not fit) and (chosen is None or chosen in fit)
    assert set(passed) == {c.id for c in candidates} - {c.id for c in fit} and all(passed.values())


@pytest.mark.parametrize("way", [choice.TURN, choice.LEAST])
@pytest.mark.parametrize("n", [1, 3, 7])
def test_ld2_a_thousand_are_shared_evenly(way, n):
    """LD2: over 1,000 pieces of work everybody gets the expected share within one."""
    given_to = dict.fromkeys(range(1, n + 1), 0)
    last = dict.fromkeys(given_to, 0)
    for turn in range(1, 1001):
        chosen, _passed = choice.choose([Candidate(i, str(i), open=given_to[i], last=last[i]) for i in given_to], way, 10_000)
        given_to[chosen.id] += 1
        last[chosen.id] = turn
    assert all(abs(count - 1000 / n) <= 1 for count in given_to.values())


def test_who_comes_back_does_not_get_all_that_was_missed():
    """In turn means in turn: after an absence a person gets the next one, not all that the others got meanwhile."""
    last, given_to = {1: 0, 2: 0}, {1: 0, 2: 0}
    for turn in range(1, 41):
        candidates = [Candidate(i, str(i), away="on leave" if i == 2 and turn <= 20 else "", last=last[i]) for i in (1, 2)]
        chosen, _passed = choice.choose(candidates, choice.TURN, 100)
        given_to[chosen.id] += 1
        last[chosen.id] = turn
    assert given_to == {1: 30, 2: 10}


# -- shifts


def test_shifts_by_the_wall_clock():
    berlin = "Europe/Berlin"
    hours = Calendar(berlin, week_of(WEEK))
    assert hours.is_open(datetime(2026, 11, 24, 7, 0, tzinfo=UTC)) and not hours.is_open(datetime(2026, 11, 24, 6, 59, tzinfo=UTC))
    assert not hours.is_open(datetime(2026, 11, 24, 11, 0, tzinfo=UTC)), "noon is a break, and its first minute belongs to it"
    assert hours.is_open(datetime(2026, 11, 28, 22, 30, tzinfo=UTC)) and hours.is_open(datetime(2026, 11, 29, 4, 59, tzinfo=UTC))
    assert hours.is_open(datetime(2026, 7, 6, 6, 30, tzinfo=UTC)), "in summer eight o'clock is earlier"
    assert _next(hours, datetime(2026, 11, 24, 16, 30, tzinfo=UTC)) == datetime(2026, 11, 28, 21, 0, tzinfo=UTC)
    assert _next(Calendar(berlin, {}), TUESDAY) is None


@pytest.mark.parametrize("week", [5, [], {"monday": []}, {"mon": "08:00-16:00"}, {"mon": ["8-16"]}, {"mon": ["16:00-08:00"]}, {"mon": ["08:00-24:30"]}, {"mon": [5]}])
def test_hours_that_are_none(week):
    with pytest.raises(ValueError):
        Calendar("UTC", week_of(week)).check_windows()


# -- with records


@pytest.mark.django_db
def test_ld1_work_finds_who_is_here(make, company):
    """LD1: never on leave, never off shift, never over capacity; the log says why the others were passed over."""
    with time_machine.travel(TUESDAY, tick=False):
        here, leave, off, full = team_of(company, 4)
        rule(company.desk, way="turn", most_open=2)
        away(leave)
        write.save(Shift(), system(), person=off, week={"wed": ["08:00-16:00"]})
        for record in make(count=2, team=company.network.pk):
            write.change(record, system(), event="incident.changed", owner=full.pk)
        record = make()
        work()
        record.refresh_from_db()
        event = Event.objects.get(subject=record.pk, name="staffing.assigned")
        assert record.owner_id == here.pk and Notice.objects.filter(person=here, record=record.pk).count() == 1
        assert all(words in event.data["passed"] for words in ("P01 on leave", "P02 off shift", "P03 has 2 open"))


@pytest.mark.django_db
def test_ld1_nobody_left_is_flagged_and_told_once(make, company):
    """LD1: an empty pool leaves the record unassigned, flagged, and alerts the lead; when somebody comes back it is given."""
    only = team_of(company, 1)[0]
    lead = company.people["team_lead"]
    Membership.objects.filter(team=company.desk, person=lead).update(leads=True)
    rule(company.desk)
    absence = away(only)
    record = make()
    work()
    record.refresh_from_db()
    assert record.owner_id is None and Unplaced.objects.filter(record=record.pk).exists()
    client = company.client("agent")
    assert "Nobody free" in client.get("/k/incident?unplaced.is=yes").content.decode() and "Nobody free" in client.get(f"/r/{record.number}").content.decode()
    from praxis.abilities.staffing import jobs

    assert jobs.place_again.call() == 0
    assert Notice.objects.filter(person=lead, record=record.pk).count() == 1, "told once, however often it is tried"
    write.save(Absence.objects.get(pk=absence.pk), system(), ends_at=now() - timedelta(minutes=1), starts_at=now() - timedelta(hours=2))
    assert jobs.place_again.call() == 1
    record.refresh_from_db()
    assert record.owner_id == only.pk and not Unplaced.objects.exists()


@pytest.mark.django_db
def test_ld2_fair_shares_over_real_records(make, company):
    """LD2: with the real records, jobs and locks: 60 incidents among five people are twelve each, in turn and by load."""
    for way in ("turn", "least"):
        Membership.objects.filter(team=company.desk).delete()
        people = [company.person(f"{way}{i}@acme.example", "agent", name=f"{way} {i}") for i in range(5)]
        Membership.objects.bulk_create([Membership(person=p, team=company.desk) for p in people])
        AssignmentRule.objects.filter(team=company.desk).delete()
        rule(company.desk, way=way, most_open=1000)
        make(count=60)
        work()
        assert [Incident.objects.filter(owner=p).count() for p in people] == [12] * 5
    assert Turn.objects.count() == 5 and Unplaced.objects.count() == 0


@pytest.mark.django_db
def test_by_skill_the_longest_branch_counts(make, company):
    from praxis.abilities.categories.models import Category

    one, two = team_of(company, 2)
    rule(company.desk, by_skill=True)
    write.save(Skill(), system(), person=two, name="printers")
    category = Category.objects.filter(organisation=None, path__contains=" / ").first() or Category.objects.first()
    write.save(SkillNeed(), system(), skill="anything", category=category.path[:1])
    write.save(SkillNeed(), system(), skill="printers", category=category.path)
    records = [make(category=category.pk) for _n in range(3)] + [make()]
    work()
    owners = [Incident.objects.get(pk=r.pk).owner_id for r in records]
    assert owners[:3] == [two.pk] * 3 and owners[3] == one.pk, "without a need everybody takes part"
    write.remove(Skill.objects.get(), system())
    last = make(category=category.pk)
    work()
    assert Incident.objects.get(pk=last.pk).owner_id is None and Unplaced.objects.get().record_id == last.pk
    with pytest.raises(ValidationError):
        write.save(SkillNeed(), system(), skill="x")


@pytest.mark.django_db
def test_who_was_faster_keeps_it_and_other_groups_have_no_rule(make, company, agent):
    team_of(company, 2)
    rule(company.desk)
    taken, foreign = make(), make(team=company.network.pk)
    write.act(taken, agent, "take")
    work()
    taken.refresh_from_db()
    foreign.refresh_from_db()
    assert taken.owner_id == agent.id and foreign.owner_id is None
    assert not Event.objects.filter(name__startswith="staffing.").exists()


@pytest.mark.django_db
def test_a_re_assignment_finds_an_owner_too(make, company, agent):
    person = company.person("n@acme.example", "agent", name="Nora")
    Membership.objects.create(person=person, team=company.network)
    rule(company.network)
    record = make()
    write.act(record, agent, "reassign", team=company.network.pk, why="Routers.")
    work()
    record.refresh_from_db()
    assert record.owner_id == person.pk and record.team_id == company.network.pk


@pytest.mark.django_db
def test_presence_and_cover(company, make):
    """SDK-11: the substitute sees what is open of whom they cover, while it lasts."""
    agent, specialist = company.people["agent"], company.people["specialist"]
    for record in make(count=3):
        write.change(record, system(), event="incident.changed", owner=specialist.pk)
    absence = away(specialist, substitute=agent)
    people = list(Person.objects.filter(pk__in=[agent.pk, specialist.pk]).select_related("organisation"))
    found = presence(people, now())
    assert found[agent.pk].here and found[specialist.pk].why == "on leave" and found[specialist.pk].back == absence.ends_at
    assert [(p.pk, n) for p, _until, n in covered_by(company.actor("agent"), now())] == [(specialist.pk, 3)]
    page = company.client("agent").get("/").content.decode()
    assert "You cover" in page and f"owner.is={specialist.pk}" in page and "back " in page
    assert covered_by(company.actor("agent"), absence.ends_at) == []


@pytest.mark.django_db
def test_evening_out_is_shown_then_done(company, make):
    """My work proposes whom to relieve, the page shows which records, the second click moves them with their events."""
    lead, agent, specialist = (company.people[r] for r in ("team_lead", "agent", "specialist"))
    records = make(count=7)
    for record in records:
        write.change(record, system(), event="incident.changed", owner=specialist.pk)
    client = company.client("team_lead")
    page = client.get("/").content.decode()
    assert f"Even out: move 3 from {specialist.first_name} to {agent.first_name}" in page
    shown = client.get("/even-out").content.decode()
    assert shown.count(" checked>") == 3 and f'name="to" value="{agent.pk}"' in shown
    answer = client.post("/even-out", {"to": agent.pk, "pick": [r.number for r in records[:3]]})
    assert answer.status_code == 303 and Incident.objects.filter(owner=agent).count() == 3
    assert Event.objects.filter(subject=records[0].pk, changes__has_key="owner").order_by("-id").first().actor_id == lead.pk
    assert f"Even out: move 2 from {specialist.first_name} to {lead.first_name}" in client.get("/").content.decode(), "counted anew at once"
    assert company.client("agent").get("/even-out").status_code in (403, 404)
    stranger = company.person("s@acme.example", "agent")
    assert client.post("/even-out", {"to": stranger.pk, "pick": [records[4].number]}).status_code == 404, "only to one of the own groups"


@pytest.mark.django_db
def test_hand_over_to_the_next_shift(company, other):
    client = company.client("agent")
    assert client.post("/hand-over", {"team": company.desk.pk, "text": "Watch **roaming** in hall B"}).status_code == 303
    page = company.client("team_lead").get("/").content.decode()
    assert "<strong>roaming</strong>" in page and company.people["agent"].name in page
    assert "roaming" not in other.client("agent").get("/").content.decode()
    for form in ({"team": company.desk.pk, "text": " "}, {"team": company.network.pk, "text": "x"}, {"team": "x", "text": "x"}, {"team": company.desk.pk, "text": "x" * 4001}):
        assert client.post("/hand-over", form).status_code == 422
    assert Handover.objects.count() == 1
    with time_machine.travel(now() + timedelta(days=2)):
        assert "roaming" not in company.client("team_lead").get("/").content.decode()


@pytest.mark.django_db
def test_people_plan_their_own_absence(company, other):
    client, agent, lead = company.client("agent"), company.people["agent"], company.people["team_lead"]
    form = {"starts_at": "2026-12-01T08:00", "ends_at": "2026-12-05T18:00", "substitute": lead.pk}
    assert client.post("/away", form).status_code == 303
    row = Absence.objects.get()
    assert (row.person_id, row.substitute_id) == (agent.pk, lead.pk)
    for bad in ({"ends_at": "2026-11-30T08:00"}, {"substitute": other.people["agent"].pk}, {"substitute": agent.pk}, {"starts_at": "soon"}):
        assert client.post("/away", form | bad).status_code == 422
    assert company.client("specialist").post("/away", {"end": row.pk}).status_code == 303 and Absence.objects.get().ends_at == row.ends_at, "only one's own"
    assert client.post("/away", {"end": row.pk}).status_code == 303 and Absence.objects.get().ends_at < row.ends_at


@pytest.mark.django_db
def test_leads_plan_their_own_organisation_only(company, other):
    lead = company.client("team_lead")
    form = {"person": company.people["agent"].pk, "starts_at": "2026-12-01T08:00", "ends_at": "2026-12-05T18:00"}
    assert lead.post("/admin/absences/new", form).status_code == 303 and Absence.objects.count() == 1
    assert lead.post("/admin/absences/new", form | {"person": other.people["agent"].pk}).status_code == 422
    assert lead.post("/admin/shifts/new", {"person": company.people["agent"].pk, "week": "mon: ['8']"}).status_code == 422
    assert lead.post("/admin/assignment/new", {"team": company.desk.pk, "way": "turn", "most_open": 20}).status_code == 303
    assert company.client("agent").get("/admin/absences").status_code in (403, 404)
