"""Lists as files: the facts of a kind in words, cells that no spreadsheet runs."""

import csv
from dataclasses import replace
from datetime import UTC, datetime

import xlsxwriter
from django.db.models import Max, TextField
from django.db.models.functions import Length
from django.utils.functional import Promise

from praxis.kernel.display import screens
from praxis.records import extras
from praxis.records.read import columns, unseen

from .panels import loaded

MOST_CELL = 32_766  # letters in a cell of a workbook, less an apostrophe; what is longer goes on in columns of its own
CHUNK, DANGEROUS = 500, ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file for csv.writer that hands each line on."""

    def write(self, line):
        return line


def csv_of(listing):
    """The lines of the export as CSV."""
    writer = csv.writer(_Echo())
    for row in table_of(listing):
        yield writer.writerow(row)


def xlsx_of(listing, path):
    """The export as a workbook at `path`, written line by line; texts stay texts, whatever they begin with.

    A text of more letters than a cell can hold goes on in further columns, "Description (2)" and so on, which the importer joins (LD5).
    """
    facts = _facts(listing)
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(str(listing.kind.plural)[:31])
        further = _further(listing, facts, len(facts))
        for n, row in enumerate(table_of(listing)):
            for m, value in enumerate(row):
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    sheet.write_number(n, m, value)
                elif value:
                    sheet.write_string(n, m, value[:MOST_CELL])
                    for k, column in enumerate(further.get(m, ()), 1):
                        part = f"{value} ({k + 1})" if n == 0 else cell(value[k * MOST_CELL : (k + 1) * MOST_CELL])
                        if part:
                            sheet.write_string(n, column, part)


def _further(listing, facts, first):
    """{column: the columns in which its longest text goes on}, counted before the first line is written."""
    known = columns(listing.kind.model)
    texts = {n: f.path for n, f in enumerate(facts) if isinstance(known.get(f.path), TextField)}
    longest = listing.rows().order_by().aggregate(**{f"c{n}": Max(Length(path)) for n, path in texts.items()}) if texts else {}
    found = {}
    for n in texts:
        more = ((longest[f"c{n}"] or 0) + 1) // MOST_CELL  # one more letter for the apostrophe
        found[n] = range(first, first := first + more)
    return found


def table_of(listing):
    """The rows of an export: headings, then number, subject and every column and property, in the order of the list."""
    facts = _facts(listing)
    yield [cell(f.label) for f in facts]
    joins = sorted({f.join for f in facts if f.join} | {"requester"})
    records = []
    for record in listing.ordered(listing.rows().select_related(*joins)).iterator(CHUNK):
        records.append(record)
        if len(records) == CHUNK:
            yield from _lines(facts, records, listing.actor)
            records = []
    yield from _lines(facts, records, listing.actor)


def _facts(listing):
    """What an export tells of each record."""
    shown = screens[listing.kind.key]
    added = extras.reached(listing.kind.key, listing.actor)
    keys = list(dict.fromkeys(["number", "title", *(c.field for c in shown.columns), *shown.properties, *shown.exported, "description", "opened", "updated",
                              *added]))
    once = {}  # a fact may be shown in two ways; a table has each heading once
    shut = unseen(listing.kind, listing.actor)
    for key in (k for k in keys if k not in shut):
        once.setdefault(str(listing.facts[key].label), _told(listing.facts[key], added.get(key)))
    return list(once.values())


def _told(fact, extra):
    """Added times as they are stored, like the other times of an export: a file has no reader's zone."""
    return replace(fact, read=lambda r: r.custom.get(extra.key)) if extra and extra.type == "time" else fact


def _lines(facts, records, actor):
    extra = loaded(facts, records, actor)
    for record in records:
        yield [cell(_plain(f, f.value(record, extra))) for f in facts]


def _plain(fact, value):
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if fact.key == "priority_words":
        return value.get_priority_display()
    if isinstance(value, Promise):  # a text that is not translated yet has every method of a text, also title()
        return str(value)
    return value if isinstance(value, (str, int)) else getattr(value, "label", None) or getattr(value, "title", None) or value


def cell(value):
    """Text that begins like a formula, apostrophes aside, gets an apostrophe in front; numbers, also negative ones, stay numbers (T-E4)."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text
