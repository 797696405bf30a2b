"""Runs jobs: claims one under a lease, keeps the lease alive, retries with growing waits, gives up in sight.

The work of a job and the note that it is done commit together, so that a kill leaves a job either undone or done.
Tasks of the queue "long" run outside that transaction and must be safe to repeat themselves.
"""

import os
import socket
import threading
import time
import traceback
from datetime import timedelta

from django.db import close_old_connections, connection, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from ..context import come_from
from ..models import Job
from ..now import now
from .timetable import enqueue_due

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8


class LostLease(Exception):
    """Another worker took the job over; this one's work is rolled back."""


def wait_before(attempt):
    """Seconds before the next try: 5, 10, 20 ... at most an hour."""
    return timedelta(seconds=min(3600, 5 * 2 ** (attempt - 1)))


class Worker:
    """One thread of work; `run` until `stop` is called or, with `until_empty`, until nothing is ready."""

    def __init__(self, lease=LEASE, name=""):
        self.lease, self.name = lease, name or f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
        self.stopped = False

    def stop(self):
        """Ends `run` after the job in hand. Signal handlers call it, so it takes no lock: the code that they interrupt might hold it."""
        self.stopped = True

    def run(self, until_empty=False, pause=1.0):
        """Returns the number of jobs done."""
        done, looked = 0, 0.0
        while not self.stopped:
            if time.monotonic() - looked > 15 or until_empty:
                reap()
                enqueue_due()
                looked = time.monotonic()
            if job := self.claim():
                done += self.work(job)
            elif until_empty:
                break
            else:
                close_old_connections()
                time.sleep(pause)
        return done

    def claim(self):
        """The most urgent ready job, now ours, or None."""
        lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
        at = now()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_job SET state = 'running', worker = %s, lease_until = %s, started_at = %s, "
                "attempts = attempts + 1 WHERE id = (SELECT id FROM kernel_job WHERE state = 'ready' AND run_after <= %s "
                f"ORDER BY priority DESC, run_after LIMIT 1 {lock}) RETURNING id",
                [self.name, *(connection.ops.adapt_datetimefield_value(v) for v in (at + self.lease, at, at))],
            )
            row = cursor.fetchone()
        return Job.objects.get(pk=row[0]) if row else None

    def take(self, pk):
        """The ready job of this id, now ours, or None."""
        at = now()
        ready = Job.objects.filter(pk=pk, state="ready", run_after__lte=at)
        mine = ready.update(state="running", worker=self.name, lease_until=at + self.lease, started_at=at, attempts=F("attempts") + 1)
        return Job.objects.get(pk=pk) if mine else None

    def work(self, job):
        """Run a claimed job; True when it was done."""
        beat = threading.Thread(target=self._beat, args=(job.pk, gone := threading.Event()), daemon=True)
        if job.queue == "long":
            beat.start()
        try:
            task = import_string(job.task)
            with come_from(origin="job", request=str(job.pk)):
                if job.queue == "long":
                    result = task.call(*job.args, **job.kwargs)
                    self._finish(job, result)
                else:
                    with transaction.atomic():
                        result = task.call(*job.args, **job.kwargs)
                        self._finish(job, result)
            return True
        except LostLease:
            return False
        except Exception:  # whatever a task raises is kept on its row, for the page of jobs
            self._fail(job, traceback.format_exc())
            return False
        finally:
            gone.set()

    def _finish(self, job, result):
        mine = Job.objects.filter(pk=job.pk, worker=self.name, state="running", attempts=job.attempts)
        if not mine.update(state="done", finished_at=now(), lease_until=None, error="", result=result):
            raise LostLease

    def _fail(self, job, error):
        last = job.attempts >= MAX_ATTEMPTS
        Job.objects.filter(pk=job.pk, worker=self.name, state="running").update(
            state="dead" if last else "ready", error=error[-8000:], lease_until=None,
            run_after=now() + wait_before(job.attempts), finished_at=now() if last else None,
        )

    def _beat(self, pk, gone):
        while not gone.wait(self.lease.total_seconds() / 3):
            Job.objects.filter(pk=pk, worker=self.name, state="running").update(lease_until=now() + self.lease)
        connection.close()


def reap():
    """Give back the jobs whose worker died: its lease ran out. A job that kills workers ends as dead."""
    lost = Job.objects.filter(state="running", lease_until__lt=now())
    dead = lost.filter(attempts__gte=MAX_ATTEMPTS).update(
        state="dead", lease_until=None, finished_at=now(), error="The worker was lost each time this job ran.")
    return dead + lost.update(state="ready", lease_until=None)
