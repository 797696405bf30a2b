"""Control charts: the worked numbers of frameworks 3.7 and, where it lies beside the project, its reference script."""

import contextlib
import io
import runpy
from pathlib import Path

import pytest

from praxis.lib import spc

POINTS = [8, 10, 9, 11, 7, 10, 9, 12, 8, 10, 11, 9]
SCRIPT = Path(__file__).resolve().parents[3] / "shared" / "frameworks" / "frameworks_calc.py"
NELSON = {1: [0, 0.5, 3.2], 2: [0.1] * 9, 3: [0, 0.1, 0.2, 0.3, 0.4, 0.5], 4: [1 if i % 2 else -1 for i in range(14)], 5: [2.1, 0, 2.2],
          6: [1.1, 1.2, 0, 1.3, 1.4], 7: [0.5, -0.5] * 7 + [0.5], 8: [1.5, -1.5] * 4}


def test_xmr():
    chart = spc.xmr(POINTS)
    told = [round(v, 4) for v in (chart.mean, chart.range_mean, chart.lower, chart.upper, chart.range_limit, chart.sigma)]
    assert told == [9.5, 2.2727, 3.4545, 15.5455, 7.425, 2.0148]
    assert spc.xmr([4]) is None and spc.xmr([]) is None


def test_p_chart():
    p, limits = spc.p_chart([12, 9, 15, 30], [400, 380, 420, 410])
    assert round(p, 6) == 0.040994 and [round(u, 5) for _l, u in limits] == [0.07074, 0.07151, 0.07002, 0.07037]
    assert [not low <= h / n <= up for (low, up), h, n in zip(limits, [12, 9, 15, 30], [400, 380, 420, 410])] == [False, False, False, True]


def test_u_chart():
    u, limits = spc.u_chart([52, 48, 61, 95], [10, 10.5, 11, 11.2])
    assert round(u, 5) == 5.99532 and round(limits[3][1], 4) == 8.1902 and round(95 / 11.2, 4) == 8.4821
    assert limits[3][1] < 95 / 11.2 and all(c / a <= up for c, a, (_l, up) in list(zip([52, 48, 61], [10, 10.5, 11], limits)))


@pytest.mark.parametrize("rule", NELSON)
def test_nelson(rule):
    found = spc.nelson(NELSON[rule], 0, 1)
    assert rule in found[len(NELSON[rule]) - 1]


def test_nothing_where_nothing_is():
    assert spc.nelson([0, 1, -1, 0.5], 0, 1) == {} and spc.nelson([2, 2, 2], 2, 0) == {}
    assert spc.nelson([3, 2, 1], 0, 1, rules=(1,)) == {}, "a point on a line is inside"


def test_equal_to_the_reference_script():
    if not SCRIPT.exists():
        pytest.skip("The reference script lies beside the project and is not here.")
    with contextlib.redirect_stdout(io.StringIO()):
        reference = runpy.run_path(str(SCRIPT))
    for values in (*NELSON.values(), POINTS, [1, 5, 2, 9, 4, 4, 4, 12, 3, 0, 7, 7, 8, 9, 10, 11, 12, 30]):
        chart = spc.xmr(values)
        for middle, sigma in ((0, 1), (chart.mean, chart.sigma or 1)):
            assert spc.nelson(values, middle, sigma) == reference["nelson"](values, middle, sigma)
    times = [1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 12, 13, 15, 18, 30]
    assert [spc.percentile(times, q) for q in (50, 85, 95)] == [reference["pct"](times, q / 100) for q in (50, 85, 95)] == [6, 13, 18]


def test_percentile_of_nothing():
    assert spc.percentile([], 50) is None and spc.percentile([7], 1) == 7
