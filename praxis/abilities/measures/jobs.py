"""Each day is counted soon after it has ended, in the zone of its organisation."""

from praxis.kernel.jobs import every, task

from . import days


@task(queue_name="long")
def count_days():
    """Count the days that ended and are not counted yet; returns how many."""
    return days.catch_up()


every("12 * * * *", count_days)
