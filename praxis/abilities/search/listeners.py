"""Documents follow their records in the same transaction: what was just written is found at once."""

from django.db.models import F, Value
from django.db.models.functions import Concat

from praxis.kernel import listen
from praxis.lib.text import plain
from praxis.records import texts
from praxis.records.write.replay import replays

from .models import Document

WORDS = ("description", "solution", "symptoms", "workaround", "root_cause")  # columns whose text is public to whoever may see the record


def public_words(record, requester):
    parts = [requester or "", *(getattr(record, name, "") for name in WORDS)]
    return "\n".join(plain(p) for p in parts if p)


@listen.derives
def follow(record, event):
    """A new or reworded record gets its document written; something said is added to it."""
    if record.pk is None:
        return {}, lambda stored: Document.objects.bulk_create([_document(stored)])
    if event.body:
        return {}, lambda stored: _add(stored.pk, event)
    if set(event.changes) & {"title", "requester", *WORDS} or any(c.startswith("custom.") for c in event.changes):
        return {}, lambda stored: rebuild([stored])
    return {}, None


def added_words(record):
    """Texts in added fields, which the desk reads and requesters do not."""
    return "\n".join(plain(str(v)) for v in record.custom.values() if isinstance(v, str) and v)


def _document(record):
    return Document(record_id=record.pk, title=plain(record.title),
                    public=public_words(record, record.requester and record.requester.name), private=added_words(record))


def _add(pk, event):
    column = "private" if event.body.get("internal") else "public"
    names = " ".join(event.data.get("files", ()))
    Document.objects.filter(pk=pk).update(**{column: Concat(F(column), Value(f"\n{plain(event.body['text'])} {names}"))})


def rebuild(records):
    """Make the documents of these records anew from everything they hold."""
    said, made = texts.of([r.pk for r in records]), []
    for record in records:
        document = _document(record)
        for text, internal in said.get(record.pk, ()):
            column = "private" if internal else "public"
            setattr(document, column, f"{getattr(document, column)}\n{plain(text)}")
        made.append(document)
    Document.objects.bulk_create(made, update_conflicts=True, unique_fields=["record"],
                                 update_fields=["title", "public", "private"])


@replays
def documents(histories):
    for_records = []
    for history in histories:
        record = history.record
        document = _document(record)
        for event in history.events:
            if event.body:
                column = "private" if event.body.get("internal") else "public"
                setattr(document, column, f"{getattr(document, column)}\n{plain(event.body['text'])}")
        for_records.append(document)
    Document.objects.bulk_create(for_records, batch_size=400)

