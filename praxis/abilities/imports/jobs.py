"""Imports run as jobs, so that a long one shows how far it is."""

from praxis.kernel.jobs import task

from . import engine


@task(queue_name="long")
def run_import(pk, trying):
    """Try or run an import; returns its counts."""
    return engine.run(pk, trying)


@task(queue_name="long")
def undo_import(pk):
    """Undo an import; returns its counts."""
    return engine.undo(pk)
