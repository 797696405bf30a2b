"""Housekeeping: the log is sealed, and what has served its time is forgotten."""

from datetime import timedelta

from django.db import connection

from praxis.kernel import seals
from praxis.kernel.jobs import every, task, timetable
from praxis.kernel.now import now
from praxis.people.models import Attempt, OneTimeLink, Session

from .models import Once

KEEP_DONE = timedelta(days=14)


@task(queue_name="long")
def seal_log():
    """Seal the events that are not sealed yet; returns the number of new full seals."""
    return seals.seal()


@task()
def sweep():
    """Forget answers of repeated requests, ended sessions, old tries, used links and finished jobs."""
    day = now() - timedelta(days=1)
    return sum((Once.objects.filter(at__lt=day).delete()[0], Session.objects.filter(expire_date__lt=now()).delete()[0],
                Attempt.objects.filter(at__lt=day).delete()[0], OneTimeLink.objects.filter(expires_at__lt=day).delete()[0],
                timetable.sweep(now() - KEEP_DONE)))


every("*/10 * * * *", seal_log)
every("23 * * * *", sweep)


def refresh_statistics():
    """Let the database look at its tables; without it a person's open work is read from all that they ever had.

    SQLite never does so itself, PostgreSQL only where its autovacuum runs, and not right after a restore.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@task()
def statistics():
    """Once a day, since tables grow."""
    refresh_statistics()


every("23 2 * * *", statistics)
