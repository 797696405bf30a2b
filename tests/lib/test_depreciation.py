"""The money vectors of frameworks 3.6, and book values against sums worked out month by month."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxis.lib.depreciation import DECLINING, NONE, Plan, in_all
from praxis.lib.months import after, passed


def test_equal_parts_of_the_vector():
    """(900 - 150) / 36 = 20.8333 a month."""
    plan = Plan(Decimal(900), date(2026, 1, 15), 36, Decimal(150))
    assert round(plan.monthly, 4) == Decimal("20.8333")
    assert [plan.worth(d) for d in (date(2026, 1, 15), date(2026, 2, 14), date(2026, 2, 15), date(2027, 1, 15))] == [Decimal("900.00"), Decimal("900.00"), Decimal("879.17"), Decimal("650.00")]
    assert plan.over == date(2029, 1, 15) and plan.worth(date(2029, 1, 15)) == plan.worth(date(2040, 1, 1)) == Decimal("150.00")


def test_cost_of_ownership_of_the_vector():
    """900 + 3 * (120 licence + 3.5 h * 45 support + 18 energy) - 150 = 1,636.50, 45.4583 a month."""
    total = in_all(Decimal(900), 3, Decimal(138), Decimal("3.5"), Decimal(45), Decimal(150))
    assert total == Decimal("1636.50") and round(total / 36, 4) == Decimal("45.4583")


def test_a_share_of_what_is_left():
    """1,000 at 30 % a year: 700 after one, 490 after two, half a year's share between."""
    plan = Plan(Decimal(1000), date(2024, 3, 1), 60, Decimal(100), DECLINING, Decimal(30))
    assert [plan.worth(date(2024 + y, 3, 1)) for y in range(3)] == [Decimal("1000.00"), Decimal("700.00"), Decimal("490.00")]
    assert plan.worth(date(2024, 9, 1)) == Decimal("850.00") and plan.worth(date(2029, 3, 1)) == Decimal("100.00") and plan.monthly is None


def test_what_is_not_written_off_keeps_its_price():
    assert Plan(Decimal(500), date(2020, 1, 1), 12, method=NONE).worth(date(2030, 1, 1)) == Decimal("500.00")


@pytest.mark.parametrize("values", [{"cost": Decimal(-1)}, {"months": 0}, {"residual": Decimal(901)}, {"rate": Decimal(101)}])
def test_a_plan_that_makes_no_sense_is_refused(values):
    with pytest.raises(ValueError):
        Plan(**{"cost": Decimal(900), "bought": date(2026, 1, 1), "months": 36} | values)


@given(st.dates(date(2000, 1, 1), date(2080, 1, 1)), st.integers(0, 400))
def test_months_passed_are_the_most_that_fit(day, months):
    """An oracle that adds one month after another and looks."""
    end = day + timedelta(days=months * 30)
    fit = max(n for n in range(months + 2) if after(day, n) <= end)
    assert passed(day, end) == fit


@given(st.decimals(1, 100_000, places=2), st.integers(1, 120), st.integers(0, 100), st.sampled_from(["straight", "declining"]), st.integers(0, 100))
def test_book_values_fall_and_stay_between_rest_and_price(cost, months, percent, method, rate):
    residual = (cost * percent / 100).quantize(Decimal("0.01"))
    plan = Plan(cost, date(2020, 1, 31), months, residual, method, Decimal(rate))
    values = [plan.worth(after(plan.bought, n)) for n in range(months + 3)]
    assert values == sorted(values, reverse=True) and values[0] == cost and values[-1] == residual and all(residual <= v <= cost for v in values)
