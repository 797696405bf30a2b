"""Error budgets: how much failure an objective allows, how fast it is used, and when somebody is told (frameworks 3.5)."""

from datetime import timedelta
from fractions import Fraction

PERIOD = timedelta(days=30)
WINDOWS = {"5m": timedelta(minutes=5), "30m": timedelta(minutes=30), "1h": timedelta(hours=1), "6h": timedelta(hours=6), "3d": timedelta(days=3)}
PAGE = (("1h", "5m", 14.4), ("6h", "30m", 6.0))  # both windows at least so many times as fast as the budget lasts
TICKET = ("3d", "6h", 1.0)
LEAST = 100  # events in the short window, below which a ratio says nothing


def exact(objective):
    """An objective in percent, such as 99.9, as an exact share."""
    return Fraction(str(objective)) / 100


def minutes(objective, period=PERIOD):
    """The minutes of failure that an objective in percent allows in a period."""
    return float((1 - exact(objective)) * Fraction(period / timedelta(minutes=1)))


def allowed(total, objective):
    """The bad events that an objective allows among so many."""
    return (1 - exact(objective)) * total


def used(bad, total, objective):
    """The share of the budget that is used, above 1 when it is overspent; None where nothing is allowed or nothing happened."""
    budget = allowed(total, objective)
    return float(Fraction(bad) / budget) if budget else None


def burn(ratio, objective):
    """How many times as fast as it lasts the budget is used at this ratio of bad events."""
    left = 1 - exact(objective)
    return float(Fraction(str(ratio)) / left) if left else None


def consumed(rate, window, period=PERIOD):
    """The share of a period's budget that a burn rate takes within a window."""
    return rate * (window / period)


def exhausted(rate, period=PERIOD):
    """After how long a full budget is gone at this burn rate; None if it never is."""
    return period / rate if rate else None


def alarm(ratios, objective, events=None, least=LEAST):
    """"page", "ticket" or "" for the ratios of bad events by window, `{"5m": 0.02, ...}`.

    `events` gives how many events the windows hold: with less than `least` in the short one nobody is paged, because a single
    failure would be a disaster; what is not measured raises nothing.
    """
    def fast(window, times):
        rate = ratios.get(window)
        return rate is not None and (burn(rate, objective) or 0) >= times

    def enough(window):
        return events is None or events.get(window, 0) >= least

    if any(fast(long, times) and fast(short, times) and enough(short) for long, short, times in PAGE):
        return "page"
    long, short, times = TICKET
    return "ticket" if fast(long, times) and fast(short, times) else ""
