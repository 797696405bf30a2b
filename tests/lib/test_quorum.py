"""Quorums over every order of answers (CM1), and stretches of local time that come again across clock changes (CM8)."""

from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxis.lib.quorum import APPROVED, OPEN, REJECTED, Quorum
from praxis.lib.recurring import BadRule, Stretch, inside

QUORUMS = [Quorum("any"), Quorum("all"), Quorum("majority"), Quorum("percent", 1), Quorum("percent", 50), Quorum("percent", 100), Quorum("count", 2),
           Quorum("any", veto=True), Quorum("majority", veto=True), Quorum("all", veto=True)]


def oracle(quorum, asked, answers):
    """The outcome read off plainly: does every way of completing the answers give the same?"""

    def full(votes):
        yes = sum(votes)
        enough = {"any": 1, "all": asked, "majority": asked // 2 + 1, "percent": max(1, -(-asked * quorum.number // 100)), "count": quorum.number}[quorum.rule]
        return yes >= enough and not (quorum.veto and not all(votes))

    ends = {full([*answers, *more]) for more in product((True, False), repeat=asked - len(answers))}
    return OPEN if len(ends) == 2 else APPROVED if ends == {True} else REJECTED


@pytest.mark.parametrize("quorum", QUORUMS, ids=lambda q: f"{q.rule}{q.number or ''}{'-veto' if q.veto else ''}")
def test_every_order_of_up_to_five_answers(quorum):
    for asked in range(1, 6):
        for votes in product((True, False), repeat=asked):
            for seen in range(asked + 1):
                outcome = quorum.outcome(asked, sum(votes[:seen]), seen - sum(votes[:seen]))
                expected = oracle(quorum, asked, votes[:seen])
                if quorum.veto and expected == OPEN and sum(votes[:seen]) >= quorum.needed(asked):
                    expected = APPROVED  # enough said yes: nobody is asked any more, so that no veto can come
                assert outcome == expected, (asked, votes[:seen])


def test_the_order_of_three_answers_decides_only_through_who_was_first():
    """CM1: three answers by each quorum in every order end in one of two outcomes, and a rejection is never kept as approval."""
    for quorum in (Quorum("percent", 1), Quorum("percent", 50), Quorum("all")):
        for votes in product((True, False), repeat=3):
            ends = set()
            for order in permutations(votes):
                yes = no = 0
                for vote in order:
                    if quorum.outcome(3, yes, no) == OPEN:
                        yes, no = yes + vote, no + (not vote)
                ends.add(quorum.outcome(3, yes, no))
            assert ends == {APPROVED if sum(votes) >= quorum.needed(3) else REJECTED}


def test_a_majority_closes_with_enough_answers():
    board = Quorum("majority", turnout=50)
    assert board.at_close(8, 3, 1) == APPROVED  # half have answered, more yes than no
    assert board.at_close(8, 2, 2) == REJECTED
    assert board.at_close(8, 3, 0) == OPEN  # too few
    assert Quorum("all").at_close(3, 2, 0) == OPEN


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney")


@pytest.mark.parametrize("zone", ZONES)
def test_a_weekly_window_keeps_its_local_time_over_both_clock_changes(zone):
    window = Stretch(datetime(2026, 1, 4, 1, 30), datetime(2026, 1, 4, 5, 0), zone, "FREQ=WEEKLY;BYDAY=SU")
    pairs = window.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert len(pairs) == 52
    lengths = set()
    for start, end in pairs:
        assert start.astimezone(ZoneInfo(zone)).strftime("%a %H:%M") == "Sun 01:30" and end.astimezone(ZoneInfo(zone)).strftime("%H:%M") == "05:00"
        lengths.add(end - start)
    assert lengths == {timedelta(hours=h) for h in (2.5, 3.5, 4.5)}  # shorter in spring, longer in autumn


def test_a_time_that_is_skipped_or_comes_twice():
    skipped = Stretch(datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 4, 0), "Europe/Berlin").between(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert skipped == [(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 2, 0, tzinfo=UTC))]
    twice = Stretch(datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 4, 0), "Europe/Berlin").between(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    assert twice == [(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 3, 0, tzinfo=UTC))]


def test_month_ends_and_year_ends():
    month_end = Stretch(datetime(2026, 1, 29), datetime(2026, 1, 30), "Europe/Berlin", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2,-1")
    days = [a.astimezone(ZoneInfo("Europe/Berlin")).date().isoformat() for a, _b in month_end.between(datetime(2026, 5, 2, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))]
    assert days == ["2026-05-28", "2026-05-29"]  # 30 and 31 May 2026 are a weekend
    year_end = Stretch(datetime(2026, 12, 15), datetime(2027, 1, 6), "Europe/Berlin", "FREQ=YEARLY")
    assert len(year_end.between(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))) == 2


@given(st.integers(0, 2000), st.integers(1, 200))
def test_what_lies_between_is_what_overlaps(start, length):
    window = Stretch(datetime(2026, 1, 1, 22, 0), datetime(2026, 1, 2, 2, 0), "Europe/Berlin", "FREQ=DAILY")
    a = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=start)
    b = a + timedelta(hours=length)
    every = window.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC))
    assert window.between(a, b) == [p for p in every if p[0] < b and p[1] > a]


def test_inside_a_union():
    at = [datetime(2026, 1, 1, h, tzinfo=UTC) for h in range(12)]
    assert inside(at[1], at[5], [(at[0], at[3]), (at[3], at[6])])
    assert not inside(at[1], at[5], [(at[0], at[3]), (at[4], at[6])])
    assert not inside(at[1], at[5], [])


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=WEEKLY;BYDAY=XX", "DTSTART:20260101", "FREQ=DAILY;COUNT=999999", "FREQ=WEEKLY\nEXDATE:20260101", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYHOUR=1,2", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "x" * 300])
def test_a_rule_that_cannot_be_read_says_so(rule):
    with pytest.raises(BadRule):
        Stretch(datetime(2026, 1, 1), datetime(2026, 1, 2), "UTC", rule).check()


@pytest.mark.parametrize("year", [1, 1969, 2201, 9999])
def test_years_that_no_zone_can_tell_are_refused(year):
    with pytest.raises(BadRule):
        Stretch(datetime(year, 1, 1), datetime(year, 1, 2), "Europe/Berlin").check()
