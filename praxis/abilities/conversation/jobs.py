"""Sweeping files that nothing names: uploads whose write failed, and what was erased."""

from datetime import UTC, datetime, timedelta

from praxis.kernel.jobs import every, task

from . import store
from .models import File

GRACE = timedelta(days=1)  # an upload in flight has no row yet


@task(queue_name="long")
def sweep_files():
    """Remove unnamed files older than a day; returns how many."""
    gone, limit = 0, datetime.now(UTC) - GRACE
    for path in store.folder().glob("*/*"):
        digest = path.parent.name + path.name
        old = datetime.fromtimestamp(path.stat().st_mtime, UTC) < limit
        if old and not File.objects.filter(sha256=digest).exists():
            path.unlink()
            gone += 1
    return gone


every("17 3 * * *", sweep_files)
