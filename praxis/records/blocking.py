"""What waits for what: a record that others block cannot be finished before them, and learns when it may go on (L2-7)."""

from django.db.models import BooleanField, Exists, OuterRef
from django.db.models.expressions import RawSQL

from praxis.kernel.actors import system
from praxis.kernel.kinds import registry

from .models import BLOCKS, Link, Record
from .write import note


def open_blockers(outer="pk"):
    """An expression: whether an open record blocks the row; for filters, and for a list in its own statement."""
    return Exists(Link.objects.filter(target=OuterRef(outer), type=BLOCKS, source__is_open=True))


def is_blocked():
    """The same for the marks of a list or page, as plain SQL: composing it anew for each request cost a millisecond and a half."""
    return RawSQL('EXISTS(SELECT 1 FROM "records_link" l JOIN "records_record" s ON s."id" = l."source_id" '
                  'WHERE l."target_id" = "records_record"."id" AND l."type" = %s AND s."is_open")', (BLOCKS,), BooleanField())


def blockers(record):
    """The open records that block this one; asked once a version, since a change among them is an event of this record too."""
    known = getattr(record, "_blockers", None)
    if known is None or known[0] != record.version:
        rows = Record.objects.open().filter(links_out__target=record.pk, links_out__type=BLOCKS).order_by("pk")
        known = record._blockers = (record.version, list(rows))
    return known[1]


def tell(pk, event, by):
    """Note on a record that it waits or may go on; its owner reads it."""
    row = Record.objects.filter(pk=pk).values("kind", "owner", "organisation").first()
    record = registry[row["kind"]].model.objects.get(pk=pk)
    words = {"record.blocked": "waits for {0}", "record.released": "{0} is done: this can go on"}[event].format(by)
    note(record, system("Praxis", row["organisation"]), needs=f"{record.kind}.see", event=event,
         data={"by": by, "words": f"{record.number} {words}", "tell": [row["owner"]] if row["owner"] else []})


def after_move(event):
    """When a record leaves or comes back to the open states, those that it blocks are told, once each."""
    states = registry[event.kind].lifecycle.states
    old, new = event.changes["state"][:2]
    if old is None or states[old].is_open == states[new].is_open:
        return
    waiting = Record.objects.open().filter(links_in__source=event.subject, links_in__type=BLOCKS)
    if states[new].is_open:
        found = waiting
    else:
        found = waiting.filter(~open_blockers())
    number = Record.objects.filter(pk=event.subject).values_list("number", flat=True).first() if found else ""
    for pk in found.values_list("pk", flat=True):
        tell(pk, "record.blocked" if states[new].is_open else "record.released", number)


def after_link(event):
    """A new link blocks its target at once, unless the source is finished already."""
    source = Record.objects.filter(pk=event.subject).values("number", "is_open").first()
    target = Record.objects.filter(number=event.data["to"]).values("pk", "is_open").first()
    if source["is_open"] and target["is_open"]:
        tell(target["pk"], "record.blocked", source["number"])


def after_unlink(event):
    """A record whose last open blocker was taken away may go on."""
    target = Record.objects.open().filter(~open_blockers(), number=event.data["to"]).values_list("pk", flat=True).first()
    number = Record.objects.filter(pk=event.subject).values_list("number", flat=True).first()
    if target:
        tell(target, "record.released", number)
