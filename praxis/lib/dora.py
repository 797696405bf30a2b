"""The five measures of software delivery, from deployments (frameworks 3.9 and 4.5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Deployment:
    """One to production. `commits` are when its changes were committed, `restored` when service was back if it failed, `rework` that it was
    not planned and mends what an incident showed."""

    key: object
    finished: datetime
    commits: tuple = ()
    failed: bool = False
    restored: datetime | None = None
    rework: bool = False
    succeeded: bool = True  # it stands; what was rolled back delivered nothing


@dataclass(frozen=True)
class Delivery:
    """None is unknown: nothing happened that could be measured."""

    count: int
    days: int  # with a deployment
    per_day: float | None
    lead_hours: float | None
    fail_rate: float | None
    rework_rate: float | None
    recovery_hours: float | None
    leads: tuple = ()
    dropped: int = 0  # commits after their own deployment, which say nothing

    @property
    def per_week(self):
        return None if self.per_day is None else self.per_day * 7


def measured(deployments, days):
    """The Delivery of deployments within a period of so many days. The same deployment told twice, or one with two incidents, counts once."""
    found = list({d.key: d for d in deployments}.values())
    if not found:
        return Delivery(0, 0, 0.0 if days else None, None, None, None, None)
    spans = [d.finished - at for d in found if d.succeeded for at in d.commits]
    leads = sorted(span / HOUR for span in spans if span > timedelta(0))
    restored = [(d.restored - d.finished) / HOUR for d in found if d.failed and d.restored and d.restored >= d.finished]
    return Delivery(
        count=len(found), days=len({d.finished.date() for d in found}), per_day=len(found) / days, lead_hours=median(leads) if leads else None,
        fail_rate=sum(d.failed for d in found) / len(found), rework_rate=sum(d.rework for d in found) / len(found),
        recovery_hours=median(restored) if restored else None, leads=tuple(leads), dropped=len(spans) - len(leads))


def band(hours):
    """The rung of a lead time or recovery, in words; None is unknown."""
    if hours is None:
        return ""
    rungs = ((1, "under an hour"), (24, "under a day"), (24 * 7, "a day to a week"), (24 * 30, "a week to a month"), (24 * 182, "one to six months"))
    return next((words for most, words in rungs if hours < most), "over six months")
