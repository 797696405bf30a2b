"""Imports run as jobs, so that a long one shows how far it is."""

from datetime import timedelta

from praxis.kernel.jobs import every, task
from praxis.kernel.now import now

from . import engine
from .models import Import

KEEP = timedelta(days=30)


@task(queue_name="long")
def run_import(pk, trying):
    """Try or run an import; returns its counts."""
    return engine.run(pk, trying)


@task(queue_name="long")
def undo_import(pk):
    """Undo an import; returns its counts."""
    return engine.undo(pk)


@task()
def forget_tables():
    """Forget imported tables after thirty days: what they brought stays, the copy of the file does not; returns how many."""
    return Import.objects.filter(at__lt=now() - KEEP).delete()[0]


every("41 3 * * *", forget_tables)
