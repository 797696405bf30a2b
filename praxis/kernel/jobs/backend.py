"""Our backend for Django's tasks: a job is a row, written in the transaction of what asked for it."""

from uuid import UUID, uuid4

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from ..models import Job
from ..now import now

_STATUS = {"ready": TaskResultStatus.READY, "running": TaskResultStatus.RUNNING, "done": TaskResultStatus.SUCCESSFUL,
           "dead": TaskResultStatus.FAILED}


class DatabaseBackend(BaseTaskBackend):
    """Keeps jobs in `kernel_job`. A keyword argument `job_key` makes a job exist only once."""

    supports_defer = supports_get_result = supports_priority = True

    def enqueue(self, task, args, kwargs):
        self.validate_task(task)
        key = kwargs.pop("job_key", None)
        job = Job(id=uuid4(), task=task.module_path, args=list(args), kwargs=kwargs, key=key, queue=task.queue_name,
                  priority=task.priority, run_after=task.run_after or now())
        if key:
            job = Job.objects.get_or_create(key=key, defaults={f.attname: getattr(job, f.attname) for f in Job._meta.fields
                                                               if f.attname != "key"})[0]
        else:
            job.save(force_insert=True)
        return self._result(job, task)

    def get_result(self, result_id):
        try:
            job = Job.objects.get(pk=UUID(str(result_id)))
        except (Job.DoesNotExist, ValueError):
            raise TaskResultDoesNotExist(result_id) from None
        return self._result(job, import_string(job.task))

    def _result(self, job, task):
        errors = [TaskError(exception_class_path="builtins.Exception", traceback=job.error)] if job.error else []
        result = TaskResult(
            task=task, id=str(job.pk), status=_STATUS[job.state], enqueued_at=job.enqueued_at, started_at=job.started_at,
            finished_at=job.finished_at, last_attempted_at=job.started_at, args=job.args, kwargs=job.kwargs,
            backend=self.alias, errors=errors, worker_ids=[job.worker] * job.attempts,
        )
        object.__setattr__(result, "_return_value", job.result)
        return result
