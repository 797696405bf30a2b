"""Warnings that are due, and corrections of clocks after a policy changed."""

from praxis.kernel import listen
from praxis.kernel.jobs import every, task
from praxis.kernel.models import Job
from praxis.kernel.now import now

from . import recount as recounting
from . import warnings, whatif
from .models import Clock, Timing

BATCH = 1000


@task()
def warn(record, metric, spell):
    """Tell of one level of one clock."""
    return warnings.warn(record, metric, spell)


@task()
def warn_due():
    """Enqueue a job for each clock that has reached a level; the key makes it one job however often this runs."""
    due = Clock.objects.filter(warn_at__lte=now()).order_by("warn_at").values_list("record", "metric", "spell", "warn_at")[:BATCH]
    for record, metric, spell, at in due:
        warn.enqueue(record, metric, spell, job_key=f"warn:{record}:{metric}:{spell}:{at.timestamp():.0f}")
    return len(due)


@task(queue_name="long")
def what_if(kind, organisation, changes, days):
    """The effect of a changed policy on the clocks of the last `days`, as JSON; see whatif.compare."""
    return whatif.as_json(whatif.compare(kind, organisation, whatif.changed(changes), days))


@task(queue_name="long")
def recount(kind, organisation, days, by):
    """Count clocks anew by the policy in force; what they said stays beside it."""
    return recounting.recount(kind, organisation, days, by)


@task(queue_name="long")
def follow(by):
    """Clocks that run follow new hours and promises."""
    return recounting.follow(by)


@listen.on("calendar.saved")
@listen.on("target.saved")
def changed(event):
    """Before there are clocks nothing has to follow; one that has not begun yet will see this change too."""
    if Timing.objects.exists() and not Job.objects.filter(task=follow.module_path, state="ready").exists():
        follow.enqueue(event.actor_name)


every("* * * * *", warn_due)
