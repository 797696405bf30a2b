"""Jobs through Redis, for many machines: django-tasks-rq hands the id of a job to one of many workers at once.

The row in the database stays the truth: it commits together with what asked for it, is claimed under its lease and finished in
the transaction of its work. So nothing is lost when Redis or a worker is, and what is delivered twice is done once. Chosen by
`PRAXIS_JOBS=redis://host:port/0`; without it `praxis work` looks into the table itself.
"""

import logging
import threading
import time
from datetime import timedelta

from django.db import close_old_connections, transaction
from django_rq import get_queue, get_worker
from django_tasks import task
from django_tasks_rq import Job as RedisJob
from redis.exceptions import RedisError
from rq.worker import SimpleWorker

from ..models import Job
from ..now import now
from . import worker
from .backend import DatabaseBackend
from .timetable import enqueue_due

LOOK, LATE, MOST = 5, timedelta(seconds=10), 500  # seconds between looks; when a ready job counts as not delivered; how many at a look
log = logging.getLogger("praxis.jobs")


@task(backend="redis")
def deliver(job):
    """Run the job of this id if nobody has it yet."""
    here = worker.Worker()
    found = here.take(job)
    return bool(found and here.work(found))


def hand_over(pk):
    """Tell Redis of a job; when Redis is away, the next look of a worker does it again."""
    try:
        deliver.enqueue(str(pk))
    except RedisError as problem:
        log.warning("A job could not be handed to Redis and waits for the next look: %s", problem)


class Backend(DatabaseBackend):
    """Keeps jobs in `kernel_job` as without Redis, and hands each over once its row is committed."""

    def enqueue(self, task, args, kwargs):
        result = super().enqueue(task, args, kwargs)
        if task.run_after is None or task.run_after <= now():
            transaction.on_commit(lambda: hand_over(result.id))
        return result


class Worker(worker.Worker):
    """A worker of RQ, with the timetable, lost leases and undelivered jobs looked after beside it."""

    def run(self, until_empty=False, pause=1.0):
        if until_empty:  # what is in the table, whoever was told of it
            return super().run(until_empty=True)
        threading.Thread(target=self._look, daemon=True).start()
        get_worker("default", worker_class=SimpleWorker, job_class=RedisJob).work(with_scheduler=False)
        self.stop()
        return 0

    def _look(self):
        while not self.stopped:
            time.sleep(LOOK)
            try:
                worker.reap()
                enqueue_due()
                if len(get_queue("default")) < MOST:
                    for pk in Job.objects.filter(state="ready", run_after__lte=now() - LATE).order_by("run_after").values_list("pk", flat=True)[:MOST]:
                        hand_over(pk)
            except Exception as problem:  # the database or Redis is away: look again
                log.warning("Looking for jobs failed and is tried again: %s", problem)
            close_old_connections()
