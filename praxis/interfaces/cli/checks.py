"""What `praxis check` looks at: settings that are unsafe, and data that contradicts itself."""

import stat
from pathlib import Path

from django.conf import settings
from django.db import connection

from praxis.abilities.conversation.models import File
from praxis.abilities.conversation.store import path_of
from praxis.kernel import journal
from praxis.kernel.kinds import registry
from praxis.kernel.models import Job
from praxis.people.models import Person
from praxis.records.models import Record
from praxis.records.write.values import EMPTY, plain, tracked

SAMPLE = 300  # records whose events are replayed


def run():
    """Sentences, one a finding."""
    return [*settings_only(), *_data()]


def settings_only():
    if settings.DEBUG:
        yield "PRAXIS_DEBUG is on: error pages show the inside of the program. Switch it off."
    if any(h not in ("127.0.0.1", "localhost", "[::1]") for h in settings.ALLOWED_HOSTS) and not settings.HTTPS:
        yield "PRAXIS_HOSTS names other hosts but PRAXIS_HTTPS is off: sessions travel in the clear."
    if "*" in settings.ALLOWED_HOSTS:
        yield "PRAXIS_HOSTS allows every name: write the names that Praxis is reached by."
    key = settings.PRAXIS_HOME / "secret.key"
    if key.exists() and key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield f"{key} can be read by others: chmod 600 {key}"
    name = connection.settings_dict["NAME"]
    on_disk = connection.vendor == "sqlite" and Path(str(name)).is_file()
    if on_disk and Path(name).stat().st_mode & stat.S_IROTH:
        yield f"{name} can be read by everybody on this machine: chmod 640 {name}"


def _data():
    for kind, parts in _wrong_phase().items():
        yield f"{parts} records of kind {kind} have a state and a phase that contradict each other."
    missing = [f.name for f in File.objects.all().iterator() if not path_of(f.sha256).exists()]
    if missing:
        yield f"{len(missing)} attached files are missing on disk, such as {missing[0]}."
    if dead := Job.objects.filter(state="dead").count():
        yield f"{dead} jobs failed for good: see the page of jobs."
    for record in Record.objects.order_by("?")[:SAMPLE]:
        if faults := differences(record.type.model.objects.get(pk=record.pk)):
            yield f"{record.number} differs from its events in {', '.join(faults)}."
    if Person.objects.filter(password__startswith="plain").exists():
        yield "There are passwords that are not hashed."


def _wrong_phase():
    found = {}
    for kind in registry.values():
        for name, state in kind.lifecycle.states.items():
            if n := Record.objects.filter(kind=kind.key, state=name).exclude(phase=state.phase, is_open=state.is_open).count():
                found[kind.key] = found.get(kind.key, 0) + n
    return found


def differences(record):
    """The columns in which a record and the replay of its events differ."""
    told = journal.replayed(record.pk)
    faults = []
    for name in tracked(type(record)):
        mine, theirs = plain(getattr(record, name)), told.get(name)
        if mine != theirs and not (mine in EMPTY and theirs in EMPTY):
            faults.append(name)
    custom = {k.removeprefix("custom."): v for k, v in told.items() if k.startswith("custom.")}
    if {k: v for k, v in record.custom.items() if v not in EMPTY} != {k: v for k, v in custom.items() if v not in EMPTY}:
        faults.append("custom")
    return faults
