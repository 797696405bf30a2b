"""Availability as ITIL defines it: agreed service time less downtime, and what follows from both (frameworks 3.2)."""

from dataclasses import dataclass
from datetime import timedelta
from math import comb

NONE = timedelta(0)
CREDITS = ((99.9, 0), (99.5, 5), (99.0, 10), (0.0, 25))  # at least so many percent -> percent of the price given back


def union(spans):
    """The (start, end) pairs as a set: sorted, overlapping and touching ones joined, empty ones left out."""
    out = []
    for start, end in sorted(s for s in spans if s[0] < s[1]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def both(first, second):
    """The instants that lie in both sets of spans."""
    first, second, out, j = union(first), union(second), [], 0
    for start, end in first:
        while j < len(second) and second[j][1] <= start:
            j += 1
        k = j
        while k < len(second) and second[k][0] < end:
            out.append((max(start, second[k][0]), min(end, second[k][1])))
            k += 1
    return out


def without(spans, taken):
    """The instants of `spans` that are not in `taken`."""
    out, taken = [], union(taken)
    for start, end in union(spans):
        for gone, back in taken:
            if back <= start or gone >= end:
                continue
            if gone > start:
                out.append((start, gone))
            start = max(start, back)
        if start < end:
            out.append((start, end))
    return out


def length(spans):
    return sum((end - start for start, end in spans), NONE)


@dataclass(frozen=True)
class Availability:
    """`agreed` is the agreed service time less agreed windows (AST), `down` what was lost of it (DT), `failures` how often."""

    agreed: timedelta
    down: timedelta
    failures: int

    @property
    def share(self):
        """(AST - DT) / AST, or None where nothing was agreed."""
        return (self.agreed - self.down) / self.agreed if self.agreed else None

    @property
    def mtrs(self):
        """Mean time to restore service, DT / n; None without a failure, since nothing was restored."""
        return self.down / self.failures if self.failures else None

    @property
    def mtbf(self):
        """Mean time between failures, (AST - DT) / n."""
        return (self.agreed - self.down) / self.failures if self.failures else None

    @property
    def mtbsi(self):
        """Mean time between service incidents, AST / n = MTBF + MTRS."""
        return self.agreed / self.failures if self.failures else None


def measured(outages, agreed, excluded=()):
    """The Availability of outages against agreed time, both as spans; `excluded` are agreed windows such as maintenance.

    Overlapping outages are one failure, and so is one that goes on through hours in which nothing was agreed.
    """
    counted = without(agreed, excluded)
    lost = [(one, both([one], counted)) for one in union(outages)]
    return Availability(length(counted), length(both(outages, counted)), sum(bool(parts) for _one, parts in lost))


def weighted(down, hit, users):
    """Downtime weighted by the share of users that it hit."""
    return down * hit / users if users else None


def serial(*shares):
    """The share of a chain that needs every part."""
    found = 1.0
    for share in shares:
        found *= share
    return found


def k_of_n(k, n, share):
    """The share of n equal parts of which k are enough, if they fail independently."""
    return sum(comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k, n + 1))


def credit(percent, tiers=CREDITS):
    """The percent of the price given back for a period that reached `percent`."""
    return next(back for least, back in tiers if percent >= least)


def attainment(weights, shares):
    """Promises kept, each counted by its weight."""
    return sum(w * s for w, s in zip(weights, shares)) / sum(weights)
