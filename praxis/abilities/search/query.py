"""Finding records by words: the engine matches, rights are part of the same query, the order is ours (SETTLED 30)."""

import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from praxis.kernel.kinds import registry
from praxis.lib.text import snippet
from praxis.records.models import Record
from praxis.records.read import reach

from .models import Document

MOST, RARE = 50, 500  # hits that are shown; matches of words that count as rare
_PART = re.compile(r"[^\W_]+", re.UNICODE)
_WORD = re.compile(r"[^\W_]+(?:[-'.@][^\W_]+)*", re.UNICODE)


@dataclass(frozen=True)
class Hit:
    record: Record
    snippet: str


def words_of(typed):
    """The words to look for, at most eight: letters and digits, what joins them inside kept."""
    return _WORD.findall(typed)[:8]


def search(typed, actor, most=MOST):
    """Hits for a reader: by number, then exact title, then words in the title, then anywhere, each newest first.

    What others wrote in private matches and shows only where the reader holds the kind's notes permission.
    """
    typed = typed.strip()[:200]
    found = _by_number(typed, actor)
    words = words_of(typed)
    if words:
        few = _few(words, actor, {r.pk for r in found}) if connection.vendor == "postgresql" else None
        for columns, notes in _tiers(actor) if few is None else ():
            if len(found) < most:
                found += _match(words, columns, reach(actor, "notes") if notes else reach(actor), most, {r.pk for r in found})
        found += few or []
    exact = typed.casefold()
    found[:most] = sorted(found[:most], key=lambda r: (r.number.casefold() != exact, r.title.casefold() != exact))
    return _cut(found[:most], words, actor)


def _tiers(actor):
    """(columns, whether notes must be readable) of the matches to unite; those that can add nothing are left out."""
    yield ("title",), False
    kinds = [k for k in registry if actor.has(f"{k}.see")]
    if any(actor.clauses(f"{k}.see") != actor.clauses(f"{k}.notes") for k in kinds):
        yield ("title", "public"), False
    if any(actor.has(f"{k}.notes") for k in kinds):
        yield ("title", "public", "private"), True


def _by_number(typed, actor):
    """By its own number, else by the number that it had elsewhere."""
    found = []
    if re.fullmatch(r"[A-Z]{2,5}-\d{1,12}", typed.upper()):
        found = list(Record.objects.filter(reach(actor), number=typed.upper())[:5])
    if not found and re.fullmatch(r"[A-Za-z]{0,8}[-#]?\d{1,12}", typed):
        found = list(Record.objects.filter(reach(actor), external_ref=typed).exclude(external_ref="")[:5])  # so that SQLite sees that the index of those that have one will do
    return found


def _match(words, columns, rows, most, seen):
    rows = Record.objects.filter(rows).exclude(pk__in=seen).defer("description", "custom", "tags")
    if connection.vendor == "sqlite":
        rows = rows.extra(tables=["search_fts"], order_by=["-search_fts.rowid"], params=[_fts(words, columns)],
                          where=["search_fts.rowid = records_record.id", "search_fts MATCH %s"])
    else:
        # not by the bare key: PostgreSQL would walk the newest records and test each instead of asking the index of words
        rows = _vectors(rows, words, columns).order_by(RawSQL('"records_record"."id" + 0', ()).desc())
    return list(rows[: most - len(seen)])


def _fts(words, columns):
    """An FTS5 query: every word, the last one also as a beginning; quoted, so that nothing in it is an operator."""
    quoted = [f'"{w}"' for w in words]
    quoted[-1] += "*"
    return f"{{{' '.join(columns)}}} : ({' AND '.join(quoted)})"


def _vectors(rows, words, columns):
    """The same on PostgreSQL, over the generated vector that covers these columns."""
    vector = {1: "title_v", 2: "public_v", 3: "private_v"}[len(columns)]
    return rows.extra(tables=["search_document"], where=["search_document.record_id = records_record.id", f"search_document.{vector} @@ to_tsquery('simple', %s)"], params=[_tsquery(words)])


def _tsquery(words):
    """A query for all these words, the last one also as a beginning; the parts of a name such as wlc-ham-0 one after the other, as the vectors have them."""
    parts = [[f"'{part}'" for part in _PART.findall(word)] for word in words]
    parts[-1][-1] += ":*"
    return " & ".join("(" + " <-> ".join(one) + ")" for one in parts)


def _few(words, actor, seen):
    """All matches of rare words in the order of the tiers, from one look into the widest index; None where the words are not rare."""
    asked = _tsquery(words)
    with connection.cursor() as cursor:
        # apart from its limit, or PostgreSQL would read the table for the first rows that fit instead of asking the index of words
        cursor.execute("WITH hits AS MATERIALIZED (SELECT record_id, title_v @@ to_tsquery('simple', %s), public_v @@ to_tsquery('simple', %s) FROM search_document "
                       "WHERE private_v @@ to_tsquery('simple', %s)) SELECT * FROM hits LIMIT %s", [asked, asked, asked, RARE + 1])
        rows = {pk: (title, public) for pk, title, public in cursor.fetchall()}
    if len(rows) > RARE:
        return None
    tiers = list(_tiers(actor))
    sight = Q(reach(actor), pk__in=[pk for pk, (title, public) in rows.items() if title or public and any(len(c) > 1 for c, _n in tiers)])
    if any(notes for _c, notes in tiers):
        sight |= Q(reach(actor, "notes"), pk__in=list(rows))
    found = Record.objects.filter(sight).exclude(pk__in=seen).defer("description", "custom", "tags") if rows else ()
    return sorted(found, key=lambda r: (*rows[r.pk], r.pk), reverse=True)


def near(words, kind, organisation, most):
    """Ids of the newest records of a kind whose title or public text holds at least two of these words, or the one that there is; rights are the caller's to ask.

    The longest words tell most. Two at a time keep the question narrow: one alone would match a third of everything.
    """
    chosen = sorted(dict.fromkeys(words), key=lambda w: (-len(w), w))[:6]
    pairs = [(a, b) for n, a in enumerate(chosen) for b in chosen[n + 1 :]] or [(w,) for w in chosen]
    if not pairs:
        return []
    rows = Record.objects.filter(kind=kind, organisation=organisation)
    if connection.vendor == "sqlite":
        asked = " OR ".join("(" + " AND ".join(f'"{w}"*' for w in pair) + ")" for pair in pairs)
        rows = rows.extra(tables=["search_fts"], order_by=["-search_fts.rowid"], params=[f"{{title public}} : ({asked})"], where=["search_fts.rowid = records_record.id", "search_fts MATCH %s"])
    else:
        asked = " | ".join("(" + " & ".join("'" + w.replace("'", "''").replace("\\", "\\\\") + "':*" for w in pair) + ")" for pair in pairs)
        rows = rows.extra(tables=["search_document"], where=["search_document.record_id = records_record.id", "search_document.public_v @@ to_tsquery('simple', %s)"], params=[asked])
        rows = rows.order_by(RawSQL('"records_record"."id" + 0', ()).desc())
    return list(rows.values_list("pk", flat=True)[:most])


def _cut(records, words, actor):
    """Snippets, from the text that this reader may see."""
    documents = Document.objects.in_bulk([r.pk for r in records])
    hits = []
    for record in records:
        document = documents.get(record.pk)
        text = document.public if document else ""
        if document and document.private and actor.may(f"{record.kind}.notes", record):
            low = text.casefold()
            if not any(w.casefold() in low for w in words):
                text = document.private or text
        hits.append(Hit(record, snippet(text, words) if words else ""))
    return hits
