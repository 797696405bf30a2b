"""The five measures against the data set of frameworks 3.9, in any order and told twice."""

import random
from datetime import UTC, datetime

from praxis.lib.dora import Deployment, band, measured


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SET = [Deployment(key, at(done), tuple(map(at, commits)), failed=bool(back), restored=at(back) if back else None, rework=rework) for key, done, commits, back, rework in (
    ("D1", "2026-06-01T10:00", ["2026-05-31T10:00", "2026-06-01T08:00"], "", False), ("D2", "2026-06-02T15:00", ["2026-06-02T09:00"], "", False),
    ("D3", "2026-06-04T11:00", ["2026-06-01T11:00"], "2026-06-04T12:30", False), ("D4", "2026-06-04T12:30", ["2026-06-04T11:50"], "", True),
    ("D5", "2026-06-09T09:00", ["2026-06-08T09:00"], "", False), ("D6", "2026-06-10T16:00", ["2026-06-10T12:00"], "2026-06-10T16:30", False),
    ("D7", "2026-06-10T16:30", [], "", True), ("D8", "2026-06-12T10:00", ["2026-06-11T10:00"], "", False))]


def test_the_data_set_shuffled_and_doubled():
    dice = random.Random(1)
    for _n in range(20):
        rows = SET + dice.sample(SET, 5)
        dice.shuffle(rows)
        found = measured(rows, 14)
        assert (found.count, found.days, found.lead_hours, found.fail_rate, found.rework_rate, found.recovery_hours) == (8, 6, 15, 0.25, 0.25, 1.0)
        assert round(found.per_day, 4) == 0.5714 and round(found.per_week, 6) == 4


def test_one_failed_deployment_with_two_incidents_counts_once():
    rows = [Deployment("D1", at("2026-06-01T10:00"), failed=True)] * 2 + [Deployment(f"D{n}", at("2026-06-02T10:00")) for n in (2, 3, 4)]
    assert measured(rows, 14).fail_rate == 0.25


def test_what_cannot_be_is_dropped_and_counted_and_nothing_is_unknown():
    found = measured([Deployment(1, at("2026-06-01T10:00"), (at("2026-06-02T10:00"), at("2026-06-01T09:00")))], 14)
    assert (found.lead_hours, found.dropped) == (1.0, 1)
    none = measured([], 14)
    assert (none.count, none.fail_rate, none.lead_hours, none.recovery_hours) == (0, None, None, None)
    assert [band(h) for h in (None, 0.5, 20, 100, 500, 2000, 9000)] == ["", "under an hour", "under a day", "a day to a week", "a week to a month", "one to six months", "over six months"]
