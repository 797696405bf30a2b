"""What runs again and again: declared in code, remembered in a row, so that a time missed while nothing ran is run once."""

from datetime import UTC

from cronsim import CronSim
from django.db import transaction

from ..models import Job, Schedule
from ..now import now

entries: dict[str, tuple[str, object]] = {}


def every(cron, task):
    """Run `task` at the times of a cron line, in UTC; returns the task."""
    CronSim(cron, now())  # a bad line fails at once
    entries[task.module_path] = (cron, task)
    return task


def enqueue_due(at=None):
    """Enqueue each periodic task whose time has come, once however many workers ask; returns how many."""
    at, count = at or now(), 0
    known = {s.name: s for s in Schedule.objects.all()}
    for name, (cron, task) in entries.items():
        upcoming = next(CronSim(cron, at.astimezone(UTC)))
        row = known.get(name)
        if row is None:
            Schedule.objects.get_or_create(name=name, defaults={"next_at": upcoming})
        elif row.next_at <= at:
            with transaction.atomic():
                mine = Schedule.objects.filter(name=name, next_at=row.next_at).update(next_at=upcoming)
                if mine:
                    task.enqueue(job_key=f"{name}@{row.next_at.isoformat()}")
                    count += 1
    return count


def sweep(at):
    """Forget finished jobs that are older than `at`."""
    return Job.objects.filter(state="done", finished_at__lt=at).delete()[0]
