"""Major incidents: proposed by signs, led with roles, told on time, ended and reviewed (MAJ-01 to MAJ-06, IM7, IM9, IM10)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from praxis.abilities.announcements.models import Announcement
from praxis.abilities.conversation.models import Entry
from praxis.abilities.notices.models import Notice
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Setting
from praxis.kernel.now import now
from praxis.kernel.settings import forget
from praxis.practices.major import jobs, read, rules
from praxis.practices.major.models import Line, Major, Part, Told
from praxis.records import write

from .planning import fresh, item


@pytest.fixture
def lead(company):
    return company.actor("team_lead")


@pytest.fixture
def major(make, lead, company):
    """A declared major incident with two children of two callers."""
    thing = item(make, "wlc-1", people=412, site=company.site.pk)
    record = make("incident", title="Wi-Fi down in HAM2", item=thing.pk, impact=1, urgency=1)
    caller = company.person("zoe@acme.example", "requester", name="Zoe")
    for title in ("Scanner", "Terminal"):
        child = make("incident", title=title, requester=caller.pk)
        write.act(child, company.actor("agent"), "make_child", parent=record.number)
    write.act(fresh(record), lead, "declare_major", why="Picking stopped", title="Wi-Fi in HAM2 is down")
    return fresh(record)


def test_maj01_signs_propose_once_and_a_rejection_stays(make, company, lead):
    record = make("incident", impact=1, urgency=1)
    Worker().run(until_empty=True)
    found = Major.objects.get()
    assert (found.state, found.why) == ("proposed", "priority 1") and "Proposed: priority 1" in company.client("team_lead").get(f"/r/{record.number}").content.decode()
    write.act(fresh(record), lead, "reject_major", why="A test")
    write.act(fresh(record), lead, "override_priority", priority=2, why="x")
    write.act(fresh(record), lead, "follow_matrix")
    Worker().run(until_empty=True)
    assert Major.objects.get().state == "rejected"


def test_maj01_children_propose_their_parent(make, company, agent):
    Setting.objects.create(key="major.triggers", organisation=company.organisation.pk, value={"children": 3, "within_minutes": 60})
    forget()
    parent, *children = make("incident", 5, impact=3)
    for n, child in enumerate(children):
        write.act(child, agent, "make_child", parent=parent.number)
        Worker().run(until_empty=True)
        assert Major.objects.filter(incident=parent.pk).count() == (n >= 2)
    assert Major.objects.get().why == "3 children"
    assert rules.proposed(4, None, 0, {"children": 0, "priority": 0, "criticality": 0}) == []


def test_declaring_opens_the_room_and_promises_the_first_update(major, lead, company):
    found = read.running(major)
    assert found.why == "Picking stopped" and found.every == 30 and found.next_at <= now() + timedelta(minutes=15)
    assert Part.objects.get(major=found, role="manager").person_id == lead.id
    client = company.client("team_lead")
    page = client.get(f"/incidents/{major.number}/room").content.decode()
    for words in ("Running for", "Next update due", "412 people", "unknown", "2 child incidents", "Picking stopped", "Send to"):
        assert words in page, words
    assert "Major" in client.get("/k/incident?all=1").content.decode() and "Open the room" in client.get(f"/r/{major.number}").content.decode()
    assert [r.pk for r in registry["incident"].model.objects.filter(pk=major.pk)] and client.get("/k/incident?all=1&major.is=running").content.decode().count(f'id="row-{major.number}"') == 1
    with pytest.raises(NotPossible):
        write.act(major, lead, "declare_major", why="Twice")


def test_im7_roles_have_a_log_of_hand_overs(major, lead, company):
    agent, other = company.people["agent"], company.people["specialist"]
    write.act(major, lead, "major_role", role="communications", person=agent.pk)
    write.act(fresh(major), company.actor("agent"), "major_role", role="communications", person=other.pk, note="Next update at ten")
    parts = list(Part.objects.filter(role="communications").order_by("since"))
    assert [p.person_id for p in parts] == [agent.pk, other.pk] and parts[0].until == parts[1].since and parts[1].note == "Next update at ten"
    assert "until now Agent" in Line.objects.filter(sort="role").latest("pk").text
    assert Notice.objects.filter(person=other.pk, record=major.pk).exists()
    with pytest.raises(ValidationError):
        write.act(fresh(major), lead, "major_role", role="king", person=agent.pk)


def test_im7_the_flow_is_configuration(make, company, lead):
    Setting.objects.create(key="major.flow", organisation=company.organisation.pk, value={"roles": ["manager", "scribe"], "minutes": {"1": 10}})
    forget()
    record = make("incident", impact=1, urgency=1)
    write.act(record, lead, "declare_major", why="x")
    assert read.running(record).every == 10 and read.roles_of(company.organisation.pk) == ["manager", "scribe"]
    for bad in ({"roles": ["king"]}, {"minutes": {"1": 1}}, {"x": 1}):
        with pytest.raises(ValueError):
            rules.check_flow(bad)


def test_a_log_of_facts_through_the_page(major, company):
    client = company.client("agent")
    where = f"/incidents/{major.number}/room"
    for _n in range(2):
        assert client.post(where, {"what": "log", "sort": "decision", "text": "Roll back", "once": "a"}).status_code == 303
    assert Line.objects.filter(sort="decision").get().text == "Roll back"
    refused = client.post(where, {"what": "log", "sort": "told", "text": "Kept words"})
    assert refused.status_code == 422 and "Kept words" in refused.content.decode()
    assert client.post(where, {"what": "nonsense"}).status_code == 404
    assert "Roll back" not in company.client("requester").get(f"/my/{major.number}").content.decode()


def test_maj04_one_text_everywhere_and_the_next_is_promised(major, lead, company):
    text = "The Wi-Fi in HAM2 is down since nine. We undo an update and expect normal work from 11:15."
    write.act(major, lead, "major_tell", text=text, stage="identified", status=True, announce=True, requesters=True, minutes=20)
    found = read.running(major)
    told = Told.objects.get()
    assert told.to == ["status", "announcement", "requesters"] and told.people == 2 and found.stage == "identified" and found.public
    assert timedelta(minutes=19) < found.next_at - now() <= timedelta(minutes=20)
    assert Announcement.objects.get().text == text and Announcement.objects.get().title == "Wi-Fi in HAM2 is down"
    assert Entry.objects.filter(text=text, internal=False).count() == 3 and fresh(major).public_words
    assert text in company.client("requester").get(f"/my/{major.number}").content.decode()
    write.act(fresh(major), lead, "major_tell", text="Still on it", announce=True)
    assert Announcement.objects.get().text == "Still on it", "one announcement, not a row of them"
    with pytest.raises(ValidationError):
        write.act(fresh(major), lead, "major_tell", text="To nobody")


def test_im9_a_late_promise_reminds_once_and_turns_red(major, lead, company):
    write.act(major, lead, "major_role", role="communications", person=company.people["agent"].pk)
    Notice.objects.all().delete()
    Major.objects.update(next_at=now() - timedelta(minutes=1))
    assert jobs.remind.func() == 1 and jobs.remind.func() == 0
    assert Notice.objects.get().person_id == company.people["agent"].pk
    page = company.client("team_lead").get(f"/incidents/{major.number}/room").content.decode()
    assert "late" in page
    write.act(fresh(major), lead, "major_tell", text="x", announce=True)
    Major.objects.update(next_at=now() - timedelta(minutes=1))
    assert jobs.remind.func() == 1, "the next promise is another one"


def test_im10_closing_needs_the_review_whose_actions_are_records(major, lead, company):
    by = system("M", major.organisation_id)
    write.act(major, lead, "major_stage", stage="mitigating")
    write.move(fresh(major), by, "resolve", close_code="by_change", solution="Rolled back")
    with pytest.raises(NotPossible, match="stand down"):
        write.move(fresh(major), by, "close")
    write.act(fresh(major), lead, "stand_down", words="Wi-Fi works")
    with pytest.raises(NotPossible, match="review"):
        write.move(fresh(major), by, "close")
    client = company.client("team_lead")
    page = client.get(f"/incidents/{major.number}/review").content.decode()
    assert "Picking stopped" in page and "Review is due" in page and "To mitigate" in page
    write.act(fresh(major), lead, "add_task", title="Test roaming", due_on="2026-12-01", owner=company.people["agent"].pk, optional=True)
    write.act(fresh(major), lead, "review_major", findings="The update reset the tag.", lessons="Test it first.")
    assert write.move(fresh(major), by, "close").state == "closed"
    assert registry["task"].model.objects.get(title="Test roaming").is_open, "actions outlive the incident"
    assert "The update reset the tag." in client.get(f"/incidents/{major.number}/review").content.decode()
    assert not Part.objects.filter(until=None).exists()


def test_a_demotion_keeps_everything_and_asks_for_no_review(major, lead):
    by = system("M", major.organisation_id)
    write.act(major, lead, "major_tell", text="x", announce=True)
    write.act(fresh(major), lead, "demote_major", why="One scanner only")
    assert Major.objects.get().state == "demoted" and Line.objects.count() >= 3 and not Announcement.objects.filter(ends_at__gt=now() + timedelta(seconds=2)).exists()
    write.move(fresh(major), by, "resolve", close_code="solved", solution="x")
    assert write.move(fresh(major), by, "close").state == "closed"


def test_maj06_cost_of_time_and_people():
    began = datetime(2026, 11, 24, 9, tzinfo=UTC)
    h = timedelta(hours=1)
    found = rules.running([(began, None), (began, began + h)], 400, began, began + 2 * h, 60, 38)
    assert (found.staff, found.users, found.total, found.hourly) == (Decimal("180.00"), Decimal("30400.00"), Decimal("30580.00"), Decimal("15260.00"))
    unknown = rules.running([(began, None)], None, began, began + h, 0, 38)
    assert unknown.total is None and unknown.hourly is None
    phases = dict(rules.phases(began, began + h, began, None, began + 3 * h))
    assert phases == {"acknowledge": h, "engage": None, "mitigate": None, "resolve": None, "all": 3 * h}


def test_who_may_declare_and_see(major, make, company, other, agent):
    with pytest.raises(Forbidden):
        write.act(make("incident"), agent, "declare_major", why="x")
    assert other.client("team_lead").get(f"/incidents/{major.number}/room").status_code == 404
    assert company.client("requester").get(f"/incidents/{major.number}/room").status_code in (302, 403, 404)
    assert company.client("auditor").post(f"/incidents/{major.number}/room", {"what": "log", "text": "x"}).status_code in (403, 404)


def test_every_act_in_the_room_is_an_event_of_the_incident(major, lead):
    write.act(major, lead, "major_log", text="A fact")
    names = set(Event.objects.filter(subject=major.pk).values_list("name", flat=True))
    assert {"major.declared", "major.logged"} <= names
    assert [e.name for e in read.line_of_events(read.running(major), major)].count("major.logged") == 1
