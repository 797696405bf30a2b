"""Background work behind Django's `@task`: a table of jobs with leases, retries, dead letters and a timetable."""

from django_tasks import task

from .timetable import every

__all__ = ["every", "task"]
