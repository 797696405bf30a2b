"""Statistical process control: which points are signals and which are normal variation. Plain arithmetic on values.

Limits are those of Shewhart's charts in the form that Wheeler gives them for single values; the constants 2.66, 3.267 and
1.128 are those of a moving range of two.
"""

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import mean

LIMIT, RANGE_LIMIT, SPREAD = 2.66, 3.267, 1.128
ENOUGH = 20  # points from which limits are firm; with fewer they are provisional


@dataclass(frozen=True)
class Chart:
    """Natural limits of a process: mean, `lower` and `upper` limit, mean moving range and its limit, and sigma, in the unit of the values."""

    mean: float
    lower: float
    upper: float
    range_mean: float
    range_limit: float
    sigma: float


def xmr(values):
    """The Chart of single values with moving ranges; None for fewer than two values, which vary not at all."""
    if len(values) < 2:
        return None
    middle, moving = mean(values), mean(abs(b - a) for a, b in zip(values, values[1:]))
    return Chart(middle, middle - LIMIT * moving, middle + LIMIT * moving, moving, RANGE_LIMIT * moving, moving / SPREAD)


def p_chart(hits, sizes):
    """(mean share, [(lower, upper)] a sample) of shares `hits / sizes`, such as breaches of clocks; ValueError without any size."""
    whole = sum(sizes)
    if not whole or len(hits) != len(sizes):
        raise ValueError("A p-chart needs as many sizes as hits, and at least one case.")
    p = sum(hits) / whole
    widths = [3 * sqrt(p * (1 - p) / n) if n else 0 for n in sizes]
    return p, [(max(0.0, p - w), min(1.0, p + w)) for w in widths]


def u_chart(counts, areas):
    """(mean rate, [(lower, upper)] a sample) of rates `counts / areas`, such as incidents a hundred users; ValueError without any area."""
    whole = sum(areas)
    if not whole or len(counts) != len(areas):
        raise ValueError("A u-chart needs as many areas as counts, and some area.")
    u = sum(counts) / whole
    widths = [3 * sqrt(u / a) if a else 0 for a in areas]
    return u, [(max(0.0, u - w), u + w) for w in widths]


def nelson(values, mean, sigma, rules=range(1, 9)):
    """{index: [rules]} of Nelson's eight rules, reported at the point that completes a pattern. A point on a line is inside.

    1 one beyond 3 sigma; 2 nine on one side; 3 six steadily up or down; 4 fourteen alternating; 5 two of three beyond 2 sigma on
    one side; 6 four of five beyond 1 sigma on one side; 7 fifteen within 1 sigma; 8 eight beyond 1 sigma on both sides.
    """
    if not sigma:
        return {}
    z, found = [(v - mean) / sigma for v in values], {}
    for i in range(len(z)):
        if hit := [r for r in rules if (last := _last(z, i, SPAN[r])) and RULES[r](last)]:
            found[i] = hit
    return found


def _last(z, i, n):
    return z[i - n + 1 : i + 1] if i + 1 >= n else None


def _steady(w):
    steps = [b - a for a, b in zip(w, w[1:])]
    return all(s > 0 for s in steps) or all(s < 0 for s in steps)


def _beyond(sigmas, least):
    return lambda w: sum(v > sigmas for v in w) >= least or sum(v < -sigmas for v in w) >= least


SPAN = {1: 1, 2: 9, 3: 6, 4: 14, 5: 3, 6: 5, 7: 15, 8: 8}
RULES = {
    1: lambda w: abs(w[0]) > 3,
    2: lambda w: all(v > 0 for v in w) or all(v < 0 for v in w),
    3: _steady,
    4: lambda w: all((b - a) * (c - b) < 0 for a, b, c in zip(w, w[1:], w[2:])),
    5: _beyond(2, 2),
    6: _beyond(1, 4),
    7: lambda w: all(abs(v) < 1 for v in w),
    8: lambda w: all(abs(v) > 1 for v in w) and any(v > 0 for v in w) and any(v < 0 for v in w),
}


def percentile(values, q):
    """The value at the nearest rank of `q` percent (0 < q <= 100); None without values."""
    ordered = sorted(values)
    return ordered[max(1, ceil(len(ordered) * q / 100)) - 1] if ordered else None
