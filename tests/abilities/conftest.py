"""Tables on their way in, as the pages take them."""

import csv
import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from praxis.abilities.imports import engine
from praxis.abilities.imports.models import Import
from praxis.kernel.jobs.worker import Worker


def text_of(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def book_of(rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return out.getvalue()


@pytest.fixture
def bring(company):
    """bring(target, rows, try / run ...) goes the way of the pages and gives the Import."""
    client = company.client("administrator")

    def bring(target, rows, *, whole=False, trying=True, name="a.csv", data=None):
        upload = SimpleUploadedFile(name, data or (book_of(rows) if name.endswith("xlsx") else text_of(rows)))
        there = client.post("/import", {"target": target, "file": upload})["Location"]
        one = Import.objects.get(pk=there.split("/")[-1])
        form = {f"c{n}": one.mapping.get(h, "") for n, h in enumerate(one.heads)} | ({"whole": "1"} if whole else {})
        for what in (["try", "run"] if trying else ["run"]):
            assert client.post(there, form | {"what": what})["Location"] == there
            assert "rows. This page looks again" in client.get(there).content.decode()
            Worker().run(until_empty=True)
            one.refresh_from_db()
            if what == "try":
                one.tried = engine.counts(one.results)
        one.client, one.there = client, there
        return one

    return bring
