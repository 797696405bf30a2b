"""Effort: time typed or timed on a record, shared over several (L2-5)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from praxis.abilities.effort.actions import minutes_of
from praxis.abilities.effort.models import Effort, Timer
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.now import now
from praxis.lib.shares import split
from praxis.records import write

pytestmark = pytest.mark.django_db


@given(st.integers(0, 10_000), st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_parts_sum_to_the_whole(whole, weights):
    parts = split(whole, weights)
    assert sum(parts) == whole and all(abs(p - whole * w / sum(weights)) < 1 for p, w in zip(parts, weights))


def test_the_worked_numbers_of_the_frameworks():
    assert split(100_000, [1, 1, 1]) == [33334, 33333, 33333] and split(1000, [3, 3, 1]) == [429, 428, 143]


@pytest.mark.parametrize(("text", "minutes"), [("45m", 45), ("1h", 60), ("1h 30m", 90), ("1h30", 90), ("90", 90), (" 2H ", 120)])
def test_times_as_people_write_them(text, minutes):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "0", "0m", "soon", "-5m", "25h", "1.5h", "45 minutes", "١h"])
def test_what_is_no_time(text):
    with pytest.raises(ValidationError):
        minutes_of(text)


def test_l2_5_typed_and_shared(make, agent, company):
    """L2-5: time is logged in the record as text and split over several; nothing of it is lost."""
    one, two, three = make(count=3)
    write.act(one, agent, "log_time", time="50m", note="Same router", also=f"{two.number}, {three.number.lower()}")
    assert sorted(Effort.objects.values_list("minutes", flat=True)) == [16, 17, 17] and sum(Effort.objects.values_list("minutes", flat=True)) == 50
    page = company.client("agent").get(f"/r/{one.number}").content.decode()
    assert "17m" in page and "Same router" in page
    assert "Same router" in company.client("agent").get(f"/r/{one.number}/panel/effort.people").content.decode()
    with pytest.raises(ValidationError):
        write.act(one, agent, "log_time", time="50m", also="INC-99999")
    assert Effort.objects.count() == 3


def test_l2_5_by_a_clock(make, agent, company):
    one, two = make(count=2)
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        write.act(one, agent, "start_clock")
        clock.shift(timedelta(minutes=23))
        write.act(two, agent, "start_clock")
        assert Effort.objects.get().minutes == 23 and Effort.objects.get().record_id == one.pk and Timer.objects.get().record_id == two.pk
        clock.shift(timedelta(seconds=20))
        assert "Stop the clock" in company.client("agent").get(f"/r/{two.number}").content.decode()
        write.act(two, agent, "stop_clock", note="Called back")
    assert Effort.objects.get(record=two.pk).minutes == 1 and not Timer.objects.exists(), "a started minute counts"
    with pytest.raises(NotPossible):
        write.act(two, agent, "stop_clock")


def test_requesters_neither_write_nor_read_it(make, agent, requester, company):
    record = make()
    write.act(record, agent, "log_time", time="3h", note="He broke it himself")
    with pytest.raises(Forbidden):
        write.act(record, requester, "log_time", time="1h")
    assert "himself" not in company.client("requester").get(f"/my/{record.number}").content.decode()


def test_another_company_cannot_be_charged(make, agent, other):
    mine = make()
    theirs = write.open_record(mine.type, other.actor("agent"), title="Theirs", requester=other.people["requester"])
    with pytest.raises(ValidationError):
        write.act(mine, agent, "log_time", time="10m", also=theirs.number)
    assert not Effort.objects.exists()
