"""Reading CSV and XLSX as text, within limits: what cannot be read says why."""

import csv
import io
import re
import zipfile
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from praxis.lib.text import without_control

MOST_ROWS, MOST_COLUMNS, MOST_BYTES, MOST_CELL, MOST_UNFOLDED = 50_000, 100, 64 * 2**20, 100_000, 150 * 2**20
_PLACE = re.compile(rb"""<(?:\w+:)?(?:c|row)\s[^>]{0,200}?\br=["']([A-Z]{0,4})(\d{1,9})["']""")


def read(name, data):
    """(heads, rows) of a file's bytes, every cell a text; ValidationError for what is no table."""
    if len(data) > MOST_BYTES:
        raise ValidationError(_("This file is larger than %s MB. Cut it into several.") % (MOST_BYTES // 2**20))
    rows = _xlsx(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    rows = [r for r in rows if any(r)]
    if not rows:
        raise ValidationError(_("This file holds no rows."))
    heads = [h.strip() or f"({n})" for n, h in enumerate(rows[0], 1)]
    if len(heads) > MOST_COLUMNS or len(rows) > MOST_ROWS + 1:
        raise ValidationError(_("At most %(rows)s rows and %(columns)s columns. Cut the file into several.") % {"rows": MOST_ROWS, "columns": MOST_COLUMNS})
    if len(set(heads)) < len(heads):
        raise ValidationError(_("Two columns have the same heading: %s.") % next(h for h in heads if heads.count(h) > 1))
    return _joined(heads, [(r + [""] * len(heads))[: len(heads)] for r in rows[1:]])


def _joined(heads, rows):
    """Texts that went on in columns "Description (2)" and so on, since a cell of a workbook holds 32,767 letters, are one again."""
    parts = {n: heads.index(m[1]) for n, h in enumerate(heads) if (m := re.fullmatch(r"(.+) \(\d+\)", h)) and m[1] in heads[:n]}
    if not parts:
        return heads, rows
    for row in rows:
        for n, first in parts.items():
            row[first] = (row[first] + row[n])[:MOST_CELL]
    kept = [n for n in range(len(heads)) if n not in parts]
    return [heads[n] for n in kept], [[row[n] for n in kept] for row in rows]


def _csv(data):
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text[:4000]:
        raise ValidationError(_("This is neither CSV nor XLSX. Save the table as one of them."))
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    csv.field_size_limit(MOST_CELL * 2)
    try:
        return [[_cell(c) for c in row] for row in csv.reader(io.StringIO(text), delimiter=separator)]
    except csv.Error as problem:
        raise ValidationError(_("This CSV cannot be read: %s.") % problem) from None


def _xlsx(data):
    try:
        _fits(data)
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=True, nrows=MOST_ROWS + 2)
    except (CalamineError, ValueError, IndexError, OSError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as problem:
        raise ValidationError(_("This workbook cannot be read: %s.") % str(problem)[:200]) from None
    return [[_cell(c) for c in row[: MOST_COLUMNS + 1]] for row in rows]


def _fits(data):
    """Refuse a workbook that unfolds into more than a table may hold, before anything reserves memory for it (T-J3)."""
    too_big = ValidationError(_("This workbook unfolds into more than %(rows)s rows, %(columns)s columns or %(size)s MB. Cut it into several.") % {
        "rows": MOST_ROWS, "columns": MOST_COLUMNS, "size": MOST_UNFOLDED // 2**20})
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        if sum(part.file_size for part in book.infolist()) > MOST_UNFOLDED:
            raise too_big
        for part in book.infolist():
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                with book.open(part) as sheet:
                    if any(row > MOST_ROWS + 1 or column > MOST_COLUMNS for row, column in _places(sheet)):
                        raise too_big


def _places(sheet):
    """(row, column) of every cell that a sheet names, read in pieces."""
    rest = b""
    while piece := sheet.read(2**20):
        text = rest + piece
        for letters, digits in _PLACE.findall(text):
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            yield int(digits), column
        rest = text[-60:]


def _cell(value):
    """A cell as text; the apostrophe that an export puts before what looks like a formula is taken off again."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    text = without_control(str(value))[:MOST_CELL]
    return text[1:] if text[:1] == "'" and text.lstrip("'")[:1] in ("=", "+", "-", "@", "\t", "\r") else text
