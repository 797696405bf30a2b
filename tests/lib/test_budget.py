"""Error budgets and burn rates against frameworks 3.5 (V-E1 to V-E4)."""

from datetime import timedelta

from praxis.lib import budget

H = timedelta(hours=1)


def test_minutes_that_an_objective_allows():
    assert [round(budget.minutes(o), 3) for o in (99.9, 99.95, 99.99)] == [43.2, 21.6, 4.32]


def test_v_e1_events():
    assert budget.allowed(10_000_000, 99.9) == 10_000 and budget.used(6_500, 10_000_000, 99.9) == 0.65
    assert budget.used(1, 0, 99.9) is None and budget.used(1, 10, 100) is None


def test_burn_takes_its_share_and_ends():
    assert [round(budget.consumed(rate, hours * H), 4) for rate, hours in ((14.4, 1), (6, 6), (1, 72))] == [0.02, 0.05, 0.1]
    assert [round(budget.exhausted(rate) / H, 6) for rate in (14.4, 6, 1)] == [50, 120, 720] and budget.exhausted(0) is None


def test_v_e2_to_v_e4_who_is_told():
    assert budget.alarm({"5m": 0.02, "30m": 0.018, "1h": 0.016, "6h": 0.004, "3d": 0.0006}, 99.9) == "page"
    assert budget.alarm({"5m": 0.0002, "30m": 0.001, "1h": 0.016, "6h": 0.004, "3d": 0.0006}, 99.9) == ""
    assert budget.alarm({"5m": 0.0015, "30m": 0.0015, "1h": 0.0015, "6h": 0.0014, "3d": 0.0011}, 99.9) == "ticket"


def test_few_events_page_nobody_and_unknown_is_no_alarm():
    hot = dict.fromkeys(("5m", "30m", "1h", "6h"), 0.5)
    assert budget.alarm(hot, 99.9, {"5m": 3, "30m": 9}) == ""
    assert budget.alarm(hot, 99.9, {"5m": 300, "30m": 900}) == "page"
    assert budget.alarm({}, 99.9) == ""
