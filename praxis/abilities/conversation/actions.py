"""Saying something on a record, of whatever kind."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor, system
from praxis.kernel.errors import Forbidden
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.lifecycle import Phase
from praxis.kernel.now import now
from praxis.records import write
from praxis.records.joined import heir
from praxis.records.models import Record
from praxis.records.read import base

from . import answers, store
from .models import Entry, File

MOST_TEXT = 100_000


@registry.offer("*", label=_("Reply"), needs="*.reply", quiet=True, after_close=True)
def reply(record: Record, by: Actor, text: Annotated[str, Ask(_("Text"), lines=4)] = "", internal: bool = False,
          then: str = "", aside: str = "", files: Annotated[list, Ask(_("Files"), kind="files")] = (), answer: int = 0):
    """Say something to the requester, or to colleagues only; then make a move. `answer` is the saved answer that it began with."""
    if internal and not by.may(f"{record.kind}.notes", record):
        raise Forbidden(f"{record.kind}.notes")
    if not text.strip() and not files:
        raise ValidationError({"text": _t("Write something first.")})
    if aside and not by.may(f"{record.kind}.notes", record):
        raise Forbidden(f"{record.kind}.notes")
    if len(text) > MOST_TEXT:
        raise ValidationError({"text": _t("At most 100,000 letters. Attach longer text as a file.")})
    if not internal:
        answers.check_filled(text)
    from_requester = by.id is not None and by.id == record.requester_id
    further = heir(record)
    if further is None and record.phase == Phase.FINAL and from_requester and not internal and "follow_up" in record.type.verbs:
        made = write.act(record, by, "follow_up", text=text)
        attach(made, by, files)
        return made
    entry = Entry.objects.create(record=base(record), author_id=by.id, text=text.strip(), internal=internal, aside=aside[:120])
    names = attach(record, by, files, entry)
    write.note(record, by, needs=f"{record.kind}.notes" if internal else f"{record.kind}.reply",
               event="conversation.noted" if internal else "conversation.replied",
               data={"entry": entry.pk} | ({"files": names} if names else {}), body={"text": text, "internal": internal})
    if answer:
        answers.used(answer, record, by)
    if further:
        _passed_on(record, further, by, from_requester and not internal)
        return record
    if then:
        _then(record, by, then, "" if internal else text)  # what was said in private fills no public column
    elif from_requester and not internal:
        _answer(record, by)
    return record


@registry.offer("*", label=_("Pin"), needs="*.reply", quiet=True, after_close=True)
def pin(record: Record, by: Actor, entry: int):
    """Keep an entry in sight above the conversation, or let it go again."""
    if not by.may(f"{record.kind}.notes", record):
        raise Forbidden(f"{record.kind}.notes")
    row = Entry.objects.filter(record=record.pk, pk=entry).first()
    if row is None:
        raise ValidationError({"entry": _t("There is no such entry.")})
    row.pinned_at = None if row.pinned_at else now()
    row.save(update_fields=["pinned_at"])
    write.note(record, by, needs=f"{record.kind}.notes", event="conversation.pinned" if row.pinned_at else "conversation.unpinned")
    return record


def hand_on(said, record, by):
    """What an entry of another record holds, said again on this one by its author: private stays private, files are the same bytes."""
    files = list(File.objects.filter(entry=said.pk))
    text = said.text if said.internal else _t("Files of %s") % said.record.number
    entry = Entry.objects.create(record=base(record), author_id=said.author_id, text=text, internal=said.internal, aside=said.record.number)
    File.objects.bulk_create([File(record=base(record), entry=entry, name=f.name, sha256=f.sha256, size=f.size, type=f.type, by_id=f.by_id) for f in files])
    write.note(record, by, needs=f"{record.kind}.see", event="conversation.noted" if said.internal else "conversation.replied",
               data={"entry": entry.pk} | ({"files": [f.name for f in files]} if files else {}), body={"text": text, "internal": said.internal})


def attach(record, by, files, entry=None):
    """Store uploads on a record or one of its entries; returns their names."""
    names = []
    for upload in files:
        digest, size = store.keep(upload)
        names.append(store.clean_name(upload.name))
        File.objects.create(record=base(record), entry=entry, name=names[-1], sha256=digest, size=size,
                            type=(upload.content_type or "")[:100], by_id=by.id)
    return names


def _passed_on(record, further, by, from_requester):
    """What is said to a number that was merged belongs to the record that goes on: its owner hears of it, and what waits for the requester goes on."""
    row = Record.objects.get(pk=further)
    other = registry[row.kind].model.objects.get(pk=further)
    write.note(other, system("Praxis", other.organisation_id), needs=f"{other.kind}.see", event="conversation.elsewhere",
               data={"words": f"{record.number}: {by.name}", "tell": [other.owner_id] if other.owner_id and other.owner_id != by.id else []})
    if from_requester:
        _answer(other, by)


def _then(record, by, then, text):
    """The move chosen beside the reply; what it asks is given by the lifecycle."""
    step = record.type.lifecycle.moves.get(then)
    write.move(record, by, then, **(step.with_reply(text.strip()) if step and step.with_reply else {}))


def _answer(record, by):
    """A requester's answer makes the move that the lifecycle names for it: off hold, or open again."""
    for move in record.type.lifecycle.moves_from(record.state):
        if move.on_reply and not (move.guard and move.guard(record)):
            write.move(record, system(_t("Answer of %s") % by.name, record.organisation_id), move.name)
            return
