"""Change enablement: the way of each type, what is missing, what follows, its pages (CHG-01 to CHG-20, CM9)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from icalendar import Calendar

from praxis.abilities.approvals import engine
from praxis.abilities.approvals.models import Ask, Round
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.practices.change import flow, jobs
from praxis.practices.change.models import Change, ChangeModel
from praxis.records import write
from praxis.records.models import Feed

from .planning import HIGH, LOW, MIDDLE, freeze, fresh, item

pytestmark = pytest.mark.usefixtures("berlin")


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


def test_a_model_that_is_switched_off_schedules_nothing(plan, board):
    change = plan("restart", start=0)
    write.save(ChangeModel.objects.get(key="restart"), system(), is_active=False)
    with pytest.raises(NotPossible, match="switched off"):
        write.move(fresh(change), board["pit"], "schedule")


@pytest.mark.parametrize("text", ["9999-12-31T23:30", "0001-01-01T00:00+10:00", "soon", ""])
def test_times_that_cannot_be_kept_are_told(plan, company, text):
    with pytest.raises(ValidationError):
        write.act(plan(), system("M", company.organisation.pk), "plan_window", planned_start=text)
