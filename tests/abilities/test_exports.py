"""Lists as files: complete, in words, harmless to a spreadsheet, and the same when they come in again (LD5, T-E4)."""

import csv
import io
import time
from datetime import UTC, datetime

import pytest

from praxis.abilities.fields.models import CustomField
from praxis.abilities.imports import engine, tables
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.practices.incident.models import Incident
from praxis.records import write
from praxis.records.write.replay import Happening, History
from praxis.screens.exports import cell

pytestmark = pytest.mark.django_db


def test_ld5_an_export_comes_in_again_unchanged(bring, company, make, agent):
    """CSV and XLSX, with texts that spreadsheets would run, long texts and added fields."""
    write.save(CustomField(), system(), kind="incident", key="cost", label="Cost", type="money")
    titles = ["=1+1", "-5", "+49 40", "@SUM(A1)", 'quote " and, comma', "Ünïcode 東京", "line", "'=1+1", "''-x", "'quoted'"]
    for n, title in enumerate(titles):
        make(title=title, x_cost=n * 1.5 or None)
    client = company.client("administrator")
    text = b"".join(client.get("/k/incident/export.csv?all=1").streaming_content)
    book = b"".join(client.get("/k/incident/export.xlsx?all=1").streaming_content)
    cells = [c for row in csv.reader(io.StringIO(text.decode())) for c in row]
    assert not [c for c in cells if c[:1] in ("=", "+", "@", "\t") or c[:1] == "-" and not c[1:].replace(".", "").isdigit()], "T-E4"
    heads, rows = tables.read("a.xlsx", book)
    assert len(rows) == len(titles) and heads[:2] == ["ID", "Subject"] and {r[1] for r in rows} == set(titles)
    for name, data in (("a.csv", text), ("a.xlsx", book)):
        fixed = list(csv.reader(io.StringIO(data.decode()))) if name == "a.csv" else [heads, *([cell(c) for c in r] for r in rows)]
        keep = [fixed[0].index(h) for h in ("ID", "Subject", "Impact", "Urgency", "Requester", "Cost")]
        one = bring("kind:incident", [[r[k] for k in keep] for r in fixed])
        assert engine.counts(one.results) == {"made": 0, "changed": 0, "same": len(titles), "bad": 0, "undone": 0}, one.results


def test_ld5_a_text_that_no_cell_holds_goes_on_in_further_columns(bring, company, make):
    """100,000 letters, in CSV and XLSX, come out whole and come in again unchanged; also where a part begins with an apostrophe."""
    long = "".join(f"{n:05}'=+ " for n in range(9_000))[:99_990] + "the end."
    records = [make(title="Long", description=long), make(title="Short", description="=1+1"), make(title="None")]
    client = company.client("administrator")
    for name in ("export.csv", "export.xlsx"):
        data = b"".join(client.get(f"/k/incident/{name}?all=1").streaming_content)
        heads, rows = tables.read(name, data)
        assert heads.count("Description") == 1 and not [h for h in heads if h.endswith("(2)")]
        told = {r[heads.index("ID")]: r[heads.index("Description")] for r in rows}
        assert told == {r.number: r.description for r in records}
        keep = [heads.index(h) for h in ("ID", "Subject", "Description")]
        one = bring("kind:incident", [[r[k] for k in keep] for r in [heads, *rows]])
        assert engine.counts(one.results)["same"] == 3, one.results


@pytest.mark.slow
def test_ld5_fifty_thousand_rows_go_out_and_come_in_again(bring, company, capsys):
    """LD5 at its size: 50,000 incidents, every 250th with 100,000 letters; the files hold all of it and change nothing when they come in."""
    count, at, by = 50_000, datetime(2026, 11, 2, 9, tzinfo=UTC), company.actor("agent")
    for start in range(0, count, 500):
        write.replay([History(registry["incident"], company.organisation.pk, [Happening(at, by, {
            "title": f"Row {n}", "description": (f"{n} é " * 20_000)[:100_000].strip() if n % 250 == 0 else f"Text of row {n}",
            "requester": company.people["requester"]})]) for n in range(start, start + 500)])
    told = dict(Incident.objects.values_list("number", "description"))
    client = company.client("administrator")
    for name in ("export.csv", "export.xlsx"):
        began = time.monotonic()
        data = b"".join(client.get(f"/k/incident/{name}?all=1").streaming_content)
        out = time.monotonic() - began
        heads, rows = tables.read(name, data)
        assert {r[heads.index("ID")]: r[heads.index("Description")] for r in rows} == told
        began = time.monotonic()
        one = bring("kind:incident", None, name=name, data=data, trying=False)
        assert engine.counts(one.results) == {"made": 0, "changed": 0, "same": count, "bad": 0, "undone": 0}, engine.counts(one.results)
        with capsys.disabled():
            print(f"\n{name}: {len(data) / 2**20:.0f} MB, out in {out:.0f} s, in again in {time.monotonic() - began:.0f} s")


def test_exports_hold_words_and_no_inside_of_the_program(company, make):
    make(count=2)
    client = company.client("agent")
    for kind in ("incident", "service", "agreement", "task", "item"):
        text = client.get(f"/k/{kind}/export.csv?all=1").getvalue().decode()
        assert "<bound" not in text and " object at 0x" not in text and "lazy" not in text
