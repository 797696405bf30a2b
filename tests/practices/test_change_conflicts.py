"""What stands in the way of a window, free windows, moving (CHG-08 to CHG-10, CHG-19, CM8)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from markupsafe import escape

from praxis.abilities.approvals import engine
from praxis.abilities.approvals.models import Ask
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.people.signin import make_token
from praxis.practices.change import conflicts, facts, flow
from praxis.practices.change.models import ChangeModel
from praxis.records import write

from .planning import freeze, fresh, item, sorts

pytestmark = pytest.mark.usefixtures("berlin")


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


def test_a_chain_moves_by_days_at_the_same_local_time(plan, company):
    by = system("M", company.organisation.pk)
    one, two = plan(start=24 * 5), plan(start=24 * 6, owner="pia")
    write.link(one, two, "blocks", by)
    starts = [timezone.localtime(c.planned_start).replace(tzinfo=None) for c in (one, two)]
    write.act(fresh(one), by, "move_chain", days=3)
    assert [timezone.localtime(fresh(c).planned_start).replace(tzinfo=None) for c in (one, two)] == [s + timedelta(days=3) for s in starts]


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
