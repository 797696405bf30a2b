"""The hash chain over the event log: one chain an organisation, made by a job, checked by `praxis verify-log`.

A seal covers the events of one organisation with after < id <= upto. On PostgreSQL ids can be committed out of order,
so the upper id is taken under a table lock that waits for every open writer: no id below it can still appear.
"""

import json
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import Max

from .models import Event, Seal

SIZE = 10_000  # events a seal, so that a fault is named within a bounded search
COLUMNS = ("id", "at", "name", "subject", "kind", "organisation", "actor_id", "actor_name", "on_behalf_of", "origin",
           "rule", "request_id", "version", "changes", "data")


@dataclass(frozen=True)
class Fault:
    organisation: int | None
    after: int
    upto: int
    text: str


def seal():
    """Seal what is not sealed yet; returns the number of new seals."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
                cursor.execute("LOCK TABLE kernel_event IN SHARE ROW EXCLUSIVE MODE")
        top = Event.objects.aggregate(top=Max("id"))["top"] or 0
    made = 0
    for organisation in Event.objects.order_by().values_list("organisation", flat=True).distinct():
        while _seal_next(organisation, top):
            made += 1
    return made


@transaction.atomic
def _seal_next(organisation, top):
    last = Seal.objects.filter(organisation=organisation).order_by("-upto").first()
    after = last.upto if last else 0
    rows = list(_rows(organisation, after, top)[:SIZE])
    if not rows:
        return False
    previous = last.hash if last else ""
    Seal.objects.create(organisation=organisation, after=after, upto=rows[-1][0], rows=len(rows), previous=previous,
                        hash=digest(previous, rows))
    return len(rows) == SIZE


def _rows(organisation, after, upto):
    events = Event.objects.filter(organisation=organisation, id__gt=after, id__lte=upto)
    return events.order_by("id").values_list(*COLUMNS)


def digest(previous, rows):
    """SHA-256 over the previous hash and the rows, in a form that both databases give alike."""
    found = sha256(previous.encode())
    for row in rows:
        plain = [v.astimezone(UTC).isoformat() if c == "at" else v for c, v in zip(COLUMNS, row)]
        found.update(json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
    return found.hexdigest()


def verify():
    """The faults of all chains: changed, missing or added rows, and broken links between seals."""
    faults, ends = [], {}
    for one in Seal.objects.order_by("organisation", "upto").iterator():
        previous, upto = ends.get(one.organisation, ("", 0))
        rows = list(_rows(one.organisation, one.after, one.upto))
        where = (one.organisation, one.after, one.upto)
        if one.previous != previous or one.after != upto:
            faults.append(Fault(*where, "a seal is missing or was replaced before this one"))
        if len(rows) != one.rows:
            gap = one.rows - len(rows)
            faults.append(Fault(*where, f"{gap} events are missing" if gap > 0 else f"{-gap} events were added"))
        elif digest(one.previous, rows) != one.hash:
            faults.append(Fault(*where, "an event was changed or swapped"))
        ends[one.organisation] = (one.hash, one.upto)
    return faults
