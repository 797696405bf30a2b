"""What records were at a moment of the past, folded from their events: columns, and links by number."""

from datetime import timedelta

from praxis.kernel.models import Event

from .models import Record

LINKS = ("record.linked", "record.unlinked")


def columns_at(ids, moment):
    """{record id: {column: (value, words)}} of records that existed by then; what was never set is not in it. One statement."""
    found = {}
    rows = Event.objects.filter(subject__in=ids, at__lte=moment).order_by("id").values_list("subject", "name", "changes")
    for subject, name, changes in rows:
        if name.endswith(".opened"):
            found[subject] = {}
        if subject in found:
            found[subject] |= {column: (entry[1], entry[3]) for column, entry in changes.items()}
    return found


def value_of(then, column):
    """The value that a column had, out of one record's part of `columns_at`; None if it was never set."""
    return then.get(column, (None, ""))[0]


def last_moments(record, most=7):
    """[(moment, who)] just after the last changes of a record, one a minute, to look back at with one click."""
    found = {}
    for at, who in Event.objects.filter(subject=record.pk).order_by("-id").values_list("at", "actor_name")[:200]:
        found.setdefault(at.replace(second=0, microsecond=0), (at + timedelta(seconds=1), who))
    return list(found.values())[:most]


def links_at(ids, moment):
    """{record id: {(type, way, number of the other)}} at a moment; `way` is out or in. One statement."""
    found = {pk: set() for pk in ids}
    rows = Event.objects.filter(subject__in=ids, name__in=LINKS, at__lte=moment).order_by("id").values_list("subject", "name", "data")
    for subject, name, data in rows:
        one = (data["type"], data["way"], data["to"])
        (found[subject].add if name == "record.linked" else found[subject].discard)(one)
    return found


def by_numbers(numbers):
    """{number: Record} of records of any kind, whether they are still in use or not; rights are the caller's to ask."""
    return {r.number: r for r in Record.objects.filter(number__in=numbers)}
