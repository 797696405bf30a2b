"""One writer at a time on SQLite, fairly: its own waiting is by chance and starves some for seconds."""

import fcntl
import threading
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

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
