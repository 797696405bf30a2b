"""Every vector V-A1 to V-A14 of the frameworks document, criteria SL1 to SL3 and SL6, and a minute-by-minute oracle."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxis.lib.businesstime import Calendar, NeverOpen
from praxis.lib.clock import Segment, Target, clock, read, spans
from praxis.lib.conditions import Group, Test, every

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata")
OFFICE = Calendar("Europe/Berlin", dict.fromkeys(range(5), ((540, 1020),)),
                  {date(2026, 12, 24): ((540, 720),), date(2026, 12, 25): (), date(2027, 1, 1): ()})
FULL = Calendar("Europe/Berlin", dict.fromkeys(range(7), ((0, 1440),)))
NIGHT = Calendar("Europe/Berlin", {5: ((1200, 1440),), 6: ((0, 360),)})


def at(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def h(hours):
    return timedelta(hours=hours)


@pytest.mark.parametrize(("name", "calendar", "start", "target", "due"), [
    ("V-A1", OFFICE, "2026-03-06 16:30", 4, "2026-03-09T11:30"),
    ("V-A2", OFFICE, "2026-03-27 16:00", 8, "2026-03-30T14:00"),
    ("V-A3a", FULL, "2026-03-28 22:00", 8, "2026-03-29T05:00"),
    ("V-A3b", FULL, "2026-10-24 22:00", 8, "2026-10-25T04:00"),
    ("V-A4", NIGHT, "2026-03-28 20:00", 9, "2026-03-29T04:00"),
    ("V-A4 next week", NIGHT, "2026-03-28 20:00", 10, "2026-04-04T19:00"),
    ("V-A8", OFFICE, "2026-12-23 15:00", 8, "2026-12-28T11:00"),
    ("V-A10", OFFICE, "2026-03-07 10:00", 1, "2026-03-09T09:00"),
    ("V-A11", OFFICE, "2026-03-09 09:00", 8, "2026-03-09T16:00"),
    ("target 0", OFFICE, "2026-03-07 10:00", 0, "2026-03-07T09:00"),
])
def test_due(name, calendar, start, target, due):
    assert calendar.due(at(start), h(target)) == utc(due)


def test_v_a1_half_is_consumed():
    assert OFFICE.elapsed(at("2026-03-06 16:30"), at("2026-03-09 10:30")) == h(2)


def test_v_a4_hours_of_the_night_shift():
    assert NIGHT.elapsed(at("2026-03-28 12:00"), at("2026-03-29 12:00")) == h(9)
    assert NIGHT.elapsed(at("2026-10-24 12:00"), at("2026-10-25 12:00")) == h(11)


def test_v_a5_windows_in_gap_and_fold():
    gap = Calendar("Europe/Berlin", dict.fromkeys(range(7), ((150, 270),)))
    fold = Calendar("Europe/Berlin", dict.fromkeys(range(7), ((135, 165),)))
    assert gap.elapsed(at("2026-03-29 00:00"), at("2026-03-29 12:00")) == timedelta(minutes=90)
    assert fold.elapsed(at("2026-10-25 00:00"), at("2026-10-25 12:00")) == h(1)


@pytest.mark.parametrize(("name", "pauses", "due"), [
    ("V-A6", (("2026-03-09 15:00", "2026-03-10 11:00"),), "2026-03-10T13:00"),
    ("V-A7", (("2026-03-09 18:00", "2026-03-10 08:00"),), "2026-03-10T09:00"),
    ("V-A13", (("2026-03-09 15:00", "2026-03-10 11:00"), ("2026-03-10 10:00", "2026-03-10 12:00")), "2026-03-10T14:00"),
])
def test_pauses(name, pauses, due):
    assert OFFICE.due(at("2026-03-09 10:00"), h(8), [(at(a), at(b)) for a, b in pauses]) == utc(due)


def test_v_a9_a_raised_priority_finds_the_time_spent_or_starts_anew():
    segments = [Segment(at("2026-03-09 09:00"), {"priority": 4}), Segment(at("2026-03-09 13:00"), {"priority": 2})]
    urgent = every(Test("priority", "is", ("2",)))
    now = at("2026-03-09 13:00")
    assert read(segments, Target("resolve", h(4), OFFICE, urgent), now).due_at == utc("2026-03-09T12:00")
    assert read(segments, Target("resolve", h(4), OFFICE, urgent), now).state == "running"  # equal is still in time
    assert read(segments, Target("resolve", h(4), OFFICE, urgent), now + timedelta(seconds=1)).state == "missed"
    assert read(segments, Target("resolve", h(4), OFFICE, urgent, restart=True), now).due_at == utc("2026-03-09T16:00")


def test_v_a12_another_zone():
    kolkata = Calendar("Asia/Kolkata", dict.fromkeys(range(5), ((540, 1080),)))
    assert kolkata.due(utc("2026-03-06T12:45"), h(2)) == utc("2026-03-09T05:30")


def test_v_a14_a_short_day_has_23_hours():
    new_york = Calendar("America/New_York", dict.fromkeys(range(7), ((0, 1440),)))
    zone = ZoneInfo("America/New_York")
    assert new_york.elapsed(at("2026-03-08 00:00", zone), at("2026-03-09 00:00", zone)) == h(23)


def test_sl1_due_and_warning_fall_into_working_hours():
    calendar = Calendar("UTC", dict.fromkeys(range(5), ((480, 1080),)))
    start = utc("2026-03-09T17:00")  # a Monday
    assert calendar.due(start, h(4)) == utc("2026-03-10T11:00") and calendar.due(start, h(3)) == utc("2026-03-10T10:00")


def test_sl3_a_pause_over_closed_time_adds_nothing():
    start, pause = at("2026-03-06 10:00"), [(at("2026-03-06 17:00"), at("2026-03-09 09:00"))]
    assert OFFICE.due(start, h(10), pause) == OFFICE.due(start, h(10))


def test_sl6_ten_days_of_24x7_are_240_hours():
    assert FULL.elapsed(at("2026-05-01 00:00"), at("2026-05-11 00:00")) == h(240)


def test_a_calendar_that_never_opens_fails_when_saved():
    with pytest.raises(NeverOpen):
        Calendar("UTC", {}).check()
    with pytest.raises(ValueError):
        Calendar("UTC", {0: ((600, 500),)}).check()


HOLD = every(Test("state", "is", ("on_hold",)))


def test_sl2_any_order_of_priority_and_hold_gives_the_replay():
    """The same spells of hold and of priority, whichever was noted first, consume the same time."""
    target = Target("resolve", h(8), OFFICE, Group("all"), HOLD)
    a = [Segment(at("2026-03-09 09:00"), {"state": "open", "priority": 3}), Segment(at("2026-03-09 10:00"), {"state": "on_hold", "priority": 3}),
         Segment(at("2026-03-09 10:00"), {"state": "on_hold", "priority": 2}), Segment(at("2026-03-09 12:00"), {"state": "open", "priority": 2})]
    b = [a[0], Segment(at("2026-03-09 10:00"), {"state": "open", "priority": 2}), a[2], a[3]]
    now = at("2026-03-09 15:00")
    assert read(a, target, now).elapsed == read(b, target, now).elapsed == h(4)
    assert read(a, target, now).due_at == read(b, target, now).due_at


def test_met_missed_paused_and_reopened():
    target = Target("resolve", h(4), OFFICE, Group("all"), HOLD)
    opened = Segment(at("2026-03-09 09:00"), {"state": "new"})
    solved = Segment(at("2026-03-09 11:00"), {"state": "resolved", "resolved": True})
    again = Segment(at("2026-03-10 09:00"), {"state": "new"})
    assert read([opened, solved], target, at("2026-03-20 09:00")).state == "met"
    late = Segment(at("2026-03-09 16:00"), {"state": "resolved", "resolved": True})
    assert read([opened, late], target, at("2026-03-20 09:00")).state == "missed"
    reopened = read([opened, solved, again], target, at("2026-03-10 10:00"))
    assert reopened.state == "running" and reopened.elapsed == h(3)
    held = read([opened, Segment(at("2026-03-09 10:00"), {"state": "on_hold"})], target, at("2026-03-12 10:00"))
    assert held.state == "paused" and held.due_at is None and held.elapsed == h(1)


def test_sl7_the_explanation_lists_every_interval_and_adds_up():
    target = Target("resolve", h(20), OFFICE, Group("all"), HOLD)
    segments = [Segment(at("2026-03-06 15:00"), {"state": "new"}), Segment(at("2026-03-06 16:00"), {"state": "on_hold"}),
                Segment(at("2026-03-09 10:00"), {"state": "new"})]
    now = at("2026-03-09 12:00")
    rows = spans(segments, target, now)
    assert sum((s.end - s.start for s in rows if s.counted), timedelta()) == read(segments, target, now).elapsed == h(3)
    assert {s.reason for s in rows} == {"open", "paused"}
    assert sum((s.end - s.start for s in rows), timedelta()) == now - segments[0].start


# -- the oracle: count minutes one by one

windows = st.lists(st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda w: w[0] < w[1]), min_size=0, max_size=2)
weeks = st.dictionaries(st.integers(0, 6), windows, min_size=1).filter(lambda w: any(w.values()))
starts = st.one_of(  # around the changes of 2026 in all five zones, and anywhere
    st.sampled_from(["2026-03-07", "2026-03-28", "2026-04-04", "2026-10-03", "2026-10-24", "2026-10-31", "2026-02-14", "2026-03-21"]),
    st.dates(date(2026, 1, 1), date(2027, 3, 1)).map(str)).map(lambda d: datetime.fromisoformat(d).replace(tzinfo=UTC))


def oracle(calendar, start, minutes, pauses):
    """Open minutes one by one; windows and offsets here are whole minutes, so minutes are exact."""
    tz, count = ZoneInfo(calendar.zone), 0
    for n in range(minutes):
        moment = start + timedelta(minutes=n)
        local = moment.astimezone(tz)
        minute = local.hour * 60 + local.minute
        if any(a <= minute < b for a, b in calendar.windows(local.date())) and not any(p <= moment < q for p, q in pauses):
            count += 1
    return count


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), weeks, starts, st.integers(0, 4 * 1440), st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 3000)), max_size=3))
def test_t_i1_elapsed_equals_the_oracle(zone, week, start, minutes, raw):
    calendar = Calendar(zone, {d: tuple((a * 60, b * 60) for a, b in w) for d, w in week.items()})
    pauses = [(start + timedelta(minutes=a), start + timedelta(minutes=a + n)) for a, n in raw]
    expected = oracle(calendar, start, minutes, pauses)
    assert calendar.elapsed(start, start + timedelta(minutes=minutes), pauses) == timedelta(minutes=expected)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), weeks, starts, st.integers(1, 3000))
def test_elapsed_until_due_is_the_target(zone, week, start, minutes):
    calendar = Calendar(zone, {d: tuple((a * 60, b * 60) for a, b in w) for d, w in week.items()})
    due = calendar.due(start, timedelta(minutes=minutes))
    assert calendar.elapsed(start, due) == timedelta(minutes=minutes)
    assert calendar.is_open(due - timedelta(seconds=1))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ZONES), weeks, starts, st.lists(st.tuples(st.integers(1, 600), st.sampled_from(["new", "on_hold", "resolved"])), max_size=6), st.integers(0, 2000))
def test_the_clock_equals_the_oracle(zone, week, start, steps, more):
    calendar = Calendar(zone, {d: tuple((a * 60, b * 60) for a, b in w) for d, w in week.items()})
    segments, moment = [Segment(start, {"state": "new"})], start
    for minutes, state in steps:
        moment += timedelta(minutes=minutes)
        segments.append(Segment(moment, {"state": state, "resolved": state == "resolved"}))
    now = moment + timedelta(minutes=more)
    stands = [(a.start, b.start if b else now) for a, b in zip(segments, [*segments[1:], None]) if a.facts["state"] != "new"]
    expected = oracle(calendar, start, int((now - start).total_seconds() // 60), stands)
    reading = clock(segments, [Target("resolve", h(4), calendar, Group("all"), HOLD)], now)["resolve"]
    assert reading.elapsed == timedelta(minutes=expected)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York"])
def test_sl8_the_vectors_hold_in_any_server_zone(zone):
    """The vectors, the oracle and the stored clocks again, with another zone of the application and of the database."""
    if os.environ.get("TZ_TEST"):
        pytest.skip("already in the subprocess")
    stored = Path(__file__).parents[1] / "practices" / "test_incident.py"
    run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__)), str(stored), "-k",
                          "due or pauses or v_a or sl1 or sl2 or sl3 or sl6 or sl7 or oracle or clock or fold or explanation or hours"],
                         env=os.environ | {"TZ": zone, "PGTZ": zone, "TZ_TEST": "1"}, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert run.returncode == 0 and " passed" in run.stdout, run.stdout[-2000:]
