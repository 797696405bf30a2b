"""What time does to approvals: a reminder, the managers, the end."""

import logging

from django.core.exceptions import ValidationError

from praxis.kernel.errors import Refused
from praxis.kernel.jobs import every, task
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.records import write

from . import engine
from .models import Round, Status, Step

log = logging.getLogger("praxis.approvals")


@task()
def chase():
    """Remind, escalate and end what is asked for too long; returns how many steps something was done about."""
    done = 0
    for pk in Step.objects.filter(status=Status.REQUESTED, round__status=Status.REQUESTED).order_by("pk").values_list("pk", flat=True):
        try:
            with write.writing():
                step = Step.objects.filter(pk=pk, status=Status.REQUESTED).select_related("round__record").first()
                if step is None or not set(step.spec) & {"remind", "escalate", "expires"}:
                    continue
                record = registry[step.round.record.kind].model.objects.select_for_update(of=("self",)).get(pk=step.round.record_id)
                running = Round.objects.select_for_update().get(pk=step.round_id)
                done += bool(engine.chase(record, running, step, now()))
        except (Refused, ValidationError) as problem:
            log.warning("The approval step %s of %s could not go on: %s", pk, step.round.record.number, problem)
    return done


every("*/10 * * * *", chase)
