"""The vectors of frameworks 3.2 (V-B1 to V-B8), and what holds for any outages."""

import random
from datetime import UTC, datetime, timedelta

from praxis.lib.availability import attainment, both, credit, k_of_n, length, measured, serial, union, weighted, without
from praxis.lib.businesstime import Calendar

JUNE = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
OFFICE = Calendar("Europe/Berlin", dict.fromkeys(range(5), ((540, 1020),)))
M = timedelta(minutes=1)


def spans(*pairs):
    return [(JUNE[0] + a * M, JUNE[0] + b * M) for a, b in pairs]


OUTAGES = spans((600, 630), (10_000, 10_015), (30_000, 30_045))


def test_v_b1_a_month_around_the_clock():
    found = measured(OUTAGES, [JUNE])
    assert found.agreed == 43_200 * M and round(100 * found.share, 6) == 99.791667
    assert (found.mtrs, found.mtbf, found.mtbsi) == (30 * M, 14_370 * M, 240 * 60 * M)
    assert abs(found.share - found.mtbf / (found.mtbf + found.mtrs)) < 1e-12


def test_v_b2_agreed_maintenance_is_not_agreed_time():
    found = measured(OUTAGES, [JUNE], spans((20_000, 20_120)))
    assert round(100 * found.share, 5) == 99.79109
    inside = measured([*OUTAGES, *spans((20_000, 20_120))], [JUNE], spans((20_000, 20_120)))
    assert inside == found, "what is down within its agreed window is no failure"


def test_v_b3_overlapping_outages_count_once():
    found = measured(spans((600, 630), (620, 650)), [JUNE])
    assert (found.down, found.failures) == (50 * M, 1)


def test_v_b4_a_weekend_costs_what_the_office_loses():
    start, end = datetime(2026, 3, 6, 15, 30, tzinfo=UTC), datetime(2026, 3, 9, 8, 30, tzinfo=UTC)  # Fri 16:30 to Mon 09:30 in Berlin
    found = measured([(start, end)], OFFICE.open(start - timedelta(days=5), end + timedelta(days=5)))
    assert (found.down, found.failures) == (60 * M, 1)


def test_v_b5_weighted_by_users():
    assert weighted(45 * M, 200, 1000) == 9 * M and weighted(45 * M, 200, 0) is None


def test_v_b6_chains_and_redundancy():
    assert round(100 * serial(0.999, 0.995, 0.9999), 5) == 99.39056
    assert round(100 * k_of_n(1, 2, 0.98), 2) == 99.96 and round(100 * k_of_n(2, 3, 0.98), 4) == 99.8816
    assert round(100 * serial(0.999, 0.995, 0.9999, k_of_n(1, 2, 0.98)), 6) == 99.350804
    none = measured([], [JUNE])
    assert (none.share, none.mtrs, none.mtbf, none.mtbsi) == (1.0, None, None, None), "no failure is no zero"
    assert measured(OUTAGES, []).share is None


def test_v_b7_service_credits():
    assert [credit(p) for p in (99.95, 99.9, 99.7, 99.5, 99.2, 98.5)] == [0, 0, 5, 5, 10, 25]


def test_v_b8_attainment_by_weight():
    assert round(attainment([5, 3, 2], [0.97, 0.99, 1.0]), 4) == 0.982


def test_sets_of_spans_agree_with_minutes_one_by_one():
    dice = random.Random(3)
    for _n in range(60):
        first, second = ([(a := dice.randrange(0, 180), a + dice.randrange(0, 40)) for _k in range(dice.randrange(0, 7))] for _way in "ab")
        minutes = [{m for a, b in part for m in range(a, b)} for part in (first, second)]
        pairs = [spans(*part) for part in (first, second)]
        assert length(union(pairs[0])) == len(minutes[0]) * M
        assert length(both(*pairs)) == len(minutes[0] & minutes[1]) * M
        assert length(without(*pairs)) == len(minutes[0] - minutes[1]) * M
