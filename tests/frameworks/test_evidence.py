"""The evidence page: unknown without records, shown with them, a gap where one breaks the line; every line leads to what it names."""

import csv
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client

from praxis.frameworks.evidence import library
from praxis.frameworks.evidence.criteria import PRACTICES
from praxis.kernel.actors import system
from praxis.people.models import Organisation
from praxis.practices.incident.models import Incident
from praxis.records import write
from praxis.records.models import Record

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def told(company):
    """told(role, **query) is {criterion: its line of the JSON}."""

    def told(role="auditor", **query):
        client = Client()
        client.force_login(company.people[role])
        answer = client.get("/evidence.json", query)
        assert answer.status_code == 200
        return {line["criterion"]: line for line in json.loads(answer.content)["criteria"]}

    return told


def key_of(text):
    return next(c.key for c in library.criteria() if text in str(c.text))


def resolved(make, company, **more):
    by = system("M", company.organisation.pk)
    one = make("incident", owner=company.people["agent"].pk, **more)
    one = write.move(one, by, "start") if one.state == "new" else one
    return write.move(one, by, "resolve", close_code="solved", solution="The cable was loose.")


def test_without_records_nothing_is_shown(company, told):
    """What ships or what setting up made shows nothing: nobody has worked with it."""
    assert not Record.objects.exists()
    lines = told()
    assert len(lines) == len(library.criteria()) > 80
    assert {line["status"] for line in lines.values()} == {"unknown"}


def test_a_record_shows_a_line_and_breaking_it_changes_the_line(make, company, told):
    how = key_of("Whoever is resolved says how: a code and words")
    assert told()[how]["status"] == "unknown"
    first, second = resolved(make, company), resolved(make, company)
    line = told()[how]
    assert line["status"] == "shown" and (line["records"], line["hold"]) == (2, 2) and {first.number, second.number} <= set(line["shown_by"].split())
    Incident.objects.filter(pk=first.pk).update(solution="")  # past every check, as a fault would
    line = told()[how]
    assert line["status"] == "gap" and line["missing_on"] == first.number and line["hold"] == 1
    client = Client()
    client.force_login(company.people["auditor"])
    page = client.get("/evidence", {"practice": "incident"}).content.decode()
    row = next(part for part in page.split("<tr>") if f">{how}<" in part)
    assert f'href="/r/{first.number}"' in row and "gap" in row and f'href="/r/{second.number}"' in row
    assert "Problem management</h2>" not in page and "compliant" not in page.casefold() and "certified" not in page.casefold()


def test_the_period_and_the_tenant_bound_what_counts(make, company, other, told):
    mine = key_of("Names whom it is for")
    make("incident", requester=company.people["requester"].pk)
    assert told()[mine]["records"] == 1
    assert told(days="nonsense")[mine]["records"] == 1
    client = Client()
    client.force_login(other.people["auditor"])
    theirs = {line["criterion"]: line for line in json.loads(client.get("/evidence.json").content)["criteria"]}
    assert theirs[mine]["status"] == "unknown"
    client.force_login(company.people["agent"])
    assert client.get("/evidence").status_code in (403, 404)


def test_for_the_auditor_as_csv(make, company):
    make("incident", title="=HYPERLINK(1)", requester=company.people["requester"].pk)
    client = Client()
    client.force_login(company.people["auditor"])
    answer = client.get("/evidence.csv")
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert [r["criterion"] for r in rows] == [c.key for c in library.criteria()]
    assert {r["read by"] for r in rows} == {company.people["auditor"].name} and all(r["read at"] for r in rows)


def test_every_line_names_a_test_a_page_of_help_and_a_screen_that_exist(make, company):
    client = Client()
    client.force_login(company.people["administrator"])
    assert {c.practice for c in library.criteria()} == set(PRACTICES)
    screens = {}
    for criterion in library.criteria():
        path, _colons, name = criterion.test.partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), criterion
        assert client.get(f"/help/{criterion.help}").status_code == 200, criterion
        if criterion.screen not in screens:
            screens[criterion.screen] = client.get(criterion.screen).status_code
        assert screens[criterion.screen] in (200, 302), criterion
    assert client.get("/help/nothing").status_code == 404
    assert "<table>" in client.get("/help/problem").content.decode()
    assert Organisation.objects.exists()
