"""What a fresh reader of the crisis practices broke: each of these went wrong before."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from praxis.abilities.announcements.models import Announcement
from praxis.abilities.conversation.models import Entry
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Role
from praxis.practices.availability import jobs, read
from praxis.practices.availability.models import Objective, Outage
from praxis.practices.change.models import ChangeModel
from praxis.practices.incident import merging
from praxis.practices.problem.models import Problem
from praxis.records import write
from praxis.records.models import Link

from .planning import fresh, item

pytestmark = pytest.mark.django_db


def test_what_is_made_of_a_restricted_incident_is_restricted(make, company):
    by = system("M", company.organisation.pk)
    incident = write.change(make(title="Case of Mr X", item=item(make).pk), by, restricted=True)
    made = [write.act(incident, by, "raise_problem", title="p"), write.act(incident, by, "raise_change", title="c"), write.act(incident, by, "record_outage")]
    assert all(one.restricted for one in made)


def test_writing_one_part_of_a_plan_keeps_the_others(make, company):
    by = company.actor("change_manager")
    change = make("change", title="c", plan="P", backout="B", owner=company.people["change_manager"].pk)
    write.act(change, by, "write_plan", plan="P2")
    assert (fresh(change).plan, fresh(change).backout) == ("P2", "B")


def test_a_form_writes_over_nobody_unseen(make, company):
    change = make("change", title="c", plan="P", backout="B", owner=company.people["change_manager"].pk)
    client, address = company.client("change_manager"), f"/r/{change.number}/do/write_plan"
    assert 'name="initial-plan" value="P"' in client.get(address).content.decode()
    write.act(fresh(change), company.actor("change_manager"), "write_plan", plan="Somebody else")
    began = {"initial-plan": "P", "initial-test_plan": "", "initial-backout": "B", "initial-affected": "", "test_plan": "", "affected": ""}
    answer = client.post(address, began | {"plan": "Mine", "backout": "B"})
    assert answer.status_code == 422 and "Somebody changed this" in answer.content.decode() and "Mine" in answer.content.decode()
    assert client.post(address, began | {"plan": "P", "backout": "B2"}).status_code == 303, "another part is no clash"
    assert (fresh(change).plan, fresh(change).backout) == ("Somebody else", "B2")


def test_a_provider_raises_a_problem_for_a_customer(make, company, other):
    staff = company.person("staff@acme.example", "problem_manager")
    Grant.objects.filter(person=staff).update(organisation=None)
    Grant.objects.create(person=staff, role=Role.objects.get(key="team_lead"), organisation=None)
    incident = write.open_record(registry["incident"], other.actor("agent"), title="Theirs")
    made = write.act(incident, actor_of(staff), "raise_problem", title="Behind it")
    assert made.organisation_id == other.organisation.pk and made.requester_id is None
    mine = make("problem", title="Mine")
    with pytest.raises(ValidationError):
        write.act(incident, actor_of(staff), "has_problem", problem=mine.number)
    assert not Link.objects.filter(source=incident.pk, target=mine.pk).exists()


def test_a_provider_records_a_change_of_a_customer(company, other):
    staff = company.person("staff@acme.example", "change_manager")
    Grant.objects.filter(person=staff).update(organisation=None)
    made = write.open_record(registry["change"], actor_of(staff), title="Done at night", model=ChangeModel.objects.get(key="unauthorised"), organisation=other.organisation.pk)
    assert (made.organisation_id, made.requester_id) == (other.organisation.pk, None)


def test_two_crises_keep_their_own_announcements(make, company):
    lead, rows = company.actor("team_lead"), make(count=2)
    for n, one in enumerate(rows):
        write.act(one, lead, "declare_major", why="x")
        write.act(fresh(one), lead, "major_tell", text=f"news {n}", announce=True)
    assert sorted(Announcement.objects.values_list("text", flat=True)) == ["news 0", "news 1"]
    write.act(fresh(rows[0]), lead, "stand_down", words="over")
    assert list(Announcement.objects.filter(ends_at__gt=now() + timedelta(minutes=1)).values_list("text", flat=True)) == ["news 1"]
    write.act(fresh(rows[1]), lead, "major_tell", text="more", announce=True)
    assert sorted(Announcement.objects.values_list("text", flat=True)) == ["more", "news 0"]


def test_an_outage_that_waits_holds_up_no_other(make, company):
    by = system("M", company.organisation.pk)
    rows = [make("outage", title=f"o{n}", item=item(make, f"i{n}").pk, sort="planned", began_at=now() - timedelta(hours=2), ended_at=now() - timedelta(hours=1)) for n in range(2)]
    jobs.begin.func()
    Outage.objects.filter(pk__in=[r.pk for r in rows]).update(state="ongoing", phase="open", is_open=True)
    write.act(fresh(rows[0]), by, "add_task", title="Tell them")
    jobs.begin.func()
    assert fresh(rows[1]).state == "ended" and fresh(rows[0]).state == "ongoing"


def test_an_objective_is_offered_services_only(make, company):
    make(title="ZZZ incident"), make("service", title="ZZZ service")
    text = company.client("administrator").get("/admin/objectives/new").content.decode()
    assert "ZZZ service" in text and "ZZZ incident" not in text
    incident = make(title="not a service")
    with pytest.raises(ValidationError):
        write.save(Objective(), system("M", company.organisation.pk), service=incident.record_ptr, target="99")


def test_the_ends_of_the_calendar_are_refused_and_no_failure(make, company, agent):
    thing = item(make)
    client = Client()
    client.force_login(company.people["agent"])
    for when in ("0001-01-01T00:00:00%2B14:00~1", "9999-12-31T23:00:00-14:00~1"):
        assert client.get(f"/timeline/{thing.number}?before={when}").status_code == 200
    problem = make("problem", title="p")
    with pytest.raises(ValidationError):
        write.act(problem, system("M", company.organisation.pk), "add_cause", text="x", at="0001-01-01T00:00:00+14:00")


def test_a_message_of_a_file_alone_is_split(make, company, agent):
    incident = make(title="Printer")
    write.act(incident, agent, "reply", text="x")
    Entry.objects.update(text="")
    made = write.act(incident, agent, "split", entry=Entry.objects.get().pk)
    assert made.title == "Printer"


def test_a_running_crisis_is_not_merged_away(make, company):
    lead, (first, second) = company.actor("team_lead"), make(count=2)
    write.act(first, lead, "declare_major", why="x")
    with pytest.raises(NotPossible):
        write.act(fresh(first), lead, "merge", into=second.number)
    assert fresh(first).is_open


def test_merging_makes_no_circle_and_no_second_parent(make, company):
    by = system("M", company.organisation.pk)
    gone, child, kept = make(count=3)
    write.link(child, gone, "child_of", by)
    write.link(kept, child, "child_of", by)
    merging.merge(fresh(gone), fresh(kept), by)
    pairs = set(Link.objects.filter(type="child_of").values_list("source", "target"))
    assert (child.pk, kept.pk) not in pairs and (kept.pk, child.pk) in pairs
    assert Problem.objects.count() == 0


def test_children_of_a_merged_incident_follow_the_kept_one(make, company):
    by = system("M", company.organisation.pk)
    gone, child, kept = make(count=3)
    write.link(child, gone, "child_of", by)
    merging.merge(fresh(gone), fresh(kept), by)
    assert Link.objects.filter(source=child.pk, target=kept.pk, type="child_of").exists()


def test_a_month_that_is_over_has_its_own_days(make, company):
    service = make("service", title="s", hours="24x7")
    write.save(Objective(), system("M", company.organisation.pk), service=service.record_ptr, target="99")
    client = company.client("administrator")
    page = client.get(f"/services/{service.number}/availability?month=2025-11")
    assert page.status_code == 200
    start, end = read.month_of(now().replace(year=2025, month=11, day=5).date(), "Europe/Berlin")
    days = read.days(service, end - timedelta(microseconds=1), 30)
    assert days[0][0].isoformat() == "2025-11-01" and days[-1][0].isoformat() == "2025-11-30"
