"""Records whose past belongs to another one too, such as an incident that was merged into it; whoever merges tells."""

from .models import Record

_tellers, _heirs = [], []


def joins(run):
    """Decorator: `run(record) -> ids` of records whose events are part of this one's story."""
    _tellers.append(run)
    return run


def heirs(run):
    """Decorator: `run(record) -> id` of the record that goes on in place of this one, or None."""
    _heirs.append(run)
    return run


def heir(record):
    """The id of the record that goes on in place of this one, or None."""
    return next((pk for run in _heirs if (pk := run(record))), None)


def subjects(record, actor, notes=False):
    """[id] of the record and of those that were joined to it, as far as the actor may see them, and read their notes if `notes`."""
    ids = {pk for run in _tellers for pk in run(record)}
    if not ids:
        return [record.pk]
    rows = [r for r in Record.objects.filter(pk__in=ids) if actor.may(f"{r.kind}.see", r) and (not notes or actor.may(f"{r.kind}.notes", r))]
    return [record.pk, *(r.pk for r in rows)]
