"""Lists as files: the facts of a kind in words, cells that no spreadsheet runs."""

import csv
from dataclasses import replace
from datetime import UTC, datetime

import xlsxwriter

from praxis.kernel.display import screens
from praxis.records import extras

from .panels import loaded

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
    """The export as a workbook at `path`, written line by line; texts stay texts, whatever they begin with."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(str(listing.kind.plural)[:31])
        for n, row in enumerate(table_of(listing)):
            for m, value in enumerate(row):
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    sheet.write_number(n, m, value)
                elif value:
                    sheet.write_string(n, m, str(value)[:32_767])


def table_of(listing):
    """The rows of an export: headings, then number, subject and every column and property, in the order of the list."""
    shown = screens[listing.kind.key]
    added = extras.reached(listing.kind.key, listing.actor)
    keys = list(dict.fromkeys(["number", "title", *(c.field for c in shown.columns), *shown.properties, *shown.exported, "opened", "updated",
                              *added]))
    once = {}  # a fact may be shown in two ways; a table has each heading once
    for key in keys:
        once.setdefault(str(listing.facts[key].label), _told(listing.facts[key], added.get(key)))
    facts = list(once.values())
    yield [cell(f.label) for f in facts]
    joins = sorted({f.join for f in facts if f.join} | {"requester"})
    records = []
    for record in listing.ordered(listing.rows().select_related(*joins)).iterator(CHUNK):
        records.append(record)
        if len(records) == CHUNK:
            yield from _lines(facts, records, listing.actor)
            records = []
    yield from _lines(facts, records, listing.actor)


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
    return value if isinstance(value, (str, int)) else getattr(value, "label", None) or getattr(value, "title", None) or value


def cell(value):
    """Text that begins like a formula gets an apostrophe in front; numbers, also negative ones, stay numbers (T-E4)."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text
