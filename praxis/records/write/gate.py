"""One writer at a time on SQLite, fairly: its own waiting is by chance and starves some for seconds."""

import fcntl
import threading
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from ..models import Record

_threads = threading.RLock()


@contextmanager
def trial():
    """What is written inside is checked by everything that checks a write, and nothing of it stays."""
    with writing(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writing():
    """A transaction for a write; on a SQLite file behind a lock of threads and one of processes."""
    name = connection.settings_dict["NAME"]
    if connection.vendor != "sqlite" or connection.in_atomic_block or ":memory:" in str(name) or "mode=memory" in str(name):
        with transaction.atomic():
            yield
        return
    with _threads, open(settings.PRAXIS_HOME / "write.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with transaction.atomic():
            yield


def hold(record):
    """Lock the record until the end of the transaction, and read it anew if somebody wrote it since: what follows is judged by the last word."""
    if Record.objects.select_for_update().values_list("version", flat=True).get(pk=record.pk) != record.version:
        record.refresh_from_db()
