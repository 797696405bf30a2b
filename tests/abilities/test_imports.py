"""Tables in and out: mapped, tried, imported, undone; what the export writes comes in again; nothing runs in a spreadsheet."""


import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from praxis.abilities.imports import engine, tables, targets
from praxis.abilities.imports.models import Import
from praxis.interfaces.cli.checks import differences
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Job
from praxis.people.models import Person
from praxis.practices.incident.models import Incident
from praxis.records import write
from tests.abilities.conftest import text_of

pytestmark = pytest.mark.django_db


PEOPLE = [["Name", "Email", "Job", "Department"], *[[f"Person {n}", f"p{n}@acme.example", "Clerk", "Sales"] for n in range(30)]]


@pytest.mark.parametrize("name", ["people.csv", "people.xlsx"])
def test_people_come_in_and_a_second_time_change_nothing(bring, company, name):
    """AC4: tried and imported say the same; made, changed, unchanged and bad add up to the rows."""
    rows = [*map(list, PEOPLE), ["", "no-name@acme.example", "", ""], ["Bad", "not an address", "", ""]]
    one = bring("rows:people", rows, name=name)
    counts = engine.counts(one.results)
    assert one.tried == counts == {"made": 30, "changed": 0, "same": 0, "bad": 2, "undone": 0} and sum(counts.values()) == len(rows) - 1
    assert [r[0] for r in one.results if r[1] == "bad"] == [32, 33] and Person.objects.get(email="p7@acme.example").organisation == company.organisation
    assert not Person.objects.get(email="p7@acme.example").has_usable_password()
    rows[1][2] = "Boss"
    again = bring("rows:people", rows, name=name)
    assert engine.counts(again.results) == {"made": 0, "changed": 1, "same": 29, "bad": 2, "undone": 0}
    mended = again.client.get(f"{again.there}/bad.csv").content.decode()
    assert "no-name@acme.example" in mended and "Why not" in mended


def test_incidents_with_ten_bad_rows(bring, company, agent):
    good = [[f"Printer {n}", "high", "low", "agent@acme.example", "Network", ("New", "Closed", "resolved")[n % 3]] for n in range(40)]
    bad = [["", "high", "low", "", "", ""], ["x", "enormous", "low", "", "", ""], ["x", "high", "low", "nobody@acme.example", "", ""],
           ["x", "high", "low", "", "No group", ""], ["x", "high", "low", "", "", "Asleep"], ["x" * 300, "high", "low", "", "", ""]]
    one = bring("kind:incident", [["Subject", "Impact", "Urgency", "Requester", "Group", "State"], *good, *bad])
    assert engine.counts(one.results) == {"made": 40, "changed": 0, "same": 0, "bad": 6, "undone": 0}
    assert all(r[3] for r in one.results if r[1] == "bad") and "Impact: enormous is none of: High, Medium, Low" in one.results[41][3]
    made = Incident.objects.get(title="Printer 4")
    assert (made.state, made.team, made.requester.email, made.priority) == ("closed", company.network, "agent@acme.example", 3) and made.resolved_at
    assert all(differences(i) == [] for i in Incident.objects.all())
    assert set(Event.objects.filter(kind="incident").values_list("origin", flat=True)) == {"import"}


def test_all_or_nothing(bring):
    one = bring("kind:incident", [["Subject"], ["Good"], [""], ["x" * 300]], whole=True)
    assert one.state == "refused" and not Incident.objects.exists() and "Nothing was imported" in one.client.get(one.there).content.decode()
    assert bring("kind:incident", [["Subject"], ["Good"], ["Better"]], whole=True).state == "done" and Incident.objects.count() == 2


def test_trying_stores_nothing(bring, company):
    before = Event.objects.filter(kind="incident").count(), Person.objects.count()
    there = bring("kind:incident", [["Subject"], ["Good"]], trying=True)
    assert Incident.objects.count() == 1
    client, upload = company.client("administrator"), SimpleUploadedFile("b.csv", text_of([["Subject"], ["Only tried"]]))
    address = client.post("/import", {"target": "kind:incident", "file": upload})["Location"]
    client.post(address, {"c0": "title", "what": "try"})
    Worker().run(until_empty=True)
    assert not Incident.objects.filter(title="Only tried").exists() and there.state == "done"
    assert Event.objects.filter(kind="incident").count() == before[0] + 1 and Person.objects.count() == before[1]


def test_an_import_is_undone_but_not_what_was_worked_on_since(bring, company, agent):
    old = write.open_record(registry["incident"], agent, title="Old")
    one = bring("kind:incident", [["ID", "Subject"], [old.number, "Renamed"], ["", "Fresh"], ["", "Touched"]])
    touched = Incident.objects.get(title="Touched")
    write.act(touched, agent, "take")
    one.client.post(one.there, {"what": "undo"})
    Worker().run(until_empty=True)
    one.refresh_from_db()
    assert [r[1] for r in one.results] == ["undone", "undone", "made"] and "worked on since" in one.results[2][3]
    old.refresh_from_db()
    assert old.title == "Old" and Incident.objects.get(title="Fresh").state == "cancelled" and Incident.objects.get(title="Touched").state == "in_progress"
    people = bring("rows:people", PEOPLE)
    people.client.post(people.there, {"what": "undo"})
    Worker().run(until_empty=True)
    assert not Person.objects.filter(email="p7@acme.example").exists()


def test_a_job_that_runs_again_does_nothing_twice(bring, company):
    one = bring("kind:incident", [["Subject"], ["A"], ["B"]])
    engine.run(one.pk, False)
    assert Incident.objects.count() == 2 and not Job.objects.filter(state="dead").exists()


@pytest.mark.parametrize(("name", "data"), [("a.csv", b""), ("a.csv", b"\x00\x01\x02"), ("a.xlsx", b"PK\x03\x04 not a zip"), ("a.csv", b"A,A\n1,2\n")])
def test_what_is_no_table_says_why(company, name, data):
    client = company.client("administrator")
    answer = client.post("/import", {"target": "kind:incident", "file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode() and not Import.objects.exists()


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(data):
    for start in (b"", b"PK\x03\x04"):
        try:
            heads, rows = tables.read("x", start + data)
            assert all(len(r) == len(heads) for r in rows)
        except ValidationError as problem:
            assert problem.messages


def test_imports_stay_with_their_owner(bring, company, other):
    one = bring("kind:incident", [["Subject", "Requester"], ["Mine", ""], ["Theirs", "agent@borg.example"]])
    assert engine.counts(one.results)["made"] == 1 and not Incident.objects.filter(title="Theirs").exists(), "nobody of another company can be named"
    assert other.client("administrator").get(one.there).status_code == 404 and company.client("agent").get("/import").status_code == 403
    assert targets.of("rows:people", company.actor("agent")) is None


def test_a_mapping_is_remembered(bring, company):
    rows = [["Was ist los", "Wie schlimm"], ["Drucker", "high"]]
    client = company.client("administrator")

    def upload():
        return client.post("/import", {"target": "kind:incident", "file": SimpleUploadedFile("a.csv", text_of(rows))})["Location"]

    first = upload()
    assert client.post(first, {"c0": "title", "c1": "title", "what": "run"}).status_code == 422
    client.post(first, {"c0": "title", "c1": "impact", "what": "run"})
    Worker().run(until_empty=True)
    assert Incident.objects.get().impact == 1
    assert Import.objects.get(pk=upload().split("/")[-1]).mapping == {"Was ist los": "title", "Wie schlimm": "impact"}


PAST = ["Title", "Requester", "Opened", "Resolved", "Closed", "State", "Priority", "Closure code", "Ticket number"]


def past(company, n, opened="2026-08-03 09:00", resolved="", closed="", state="", priority="", code="", reference=""):
    return [f"Old {n}", company.people["requester"].email, opened, resolved, closed, state, priority, code, reference or f"ALT-{n}"]


def test_incidents_come_in_with_their_past(bring, company):
    """What was opened, resolved and closed elsewhere keeps its times: clocks count them, reports show them where they happened."""
    rows = [PAST, past(company, 1, resolved="2026-08-03 11:30", closed="2026-08-05 10:00", state="Closed", priority="2", code="solved"),
            past(company, 2, "03.08.2026 09:00", "12.08.2026 09:00", state="Resolved", priority="Low"),
            past(company, 3, "2026-11-20", state="In progress")]
    one = bring("kind:incident", rows)
    assert engine.counts(one.results)["made"] == 3, one.results
    first, second, third = (Incident.objects.get(title=f"Old {n}") for n in (1, 2, 3))
    assert (first.state, first.priority, first.close_code, first.external_ref) == ("closed", 2, "solved", "ALT-1")
    assert f"{first.opened_at:%Y-%m-%d %H:%M}" == "2026-08-03 07:00" and f"{first.resolved_at:%H:%M}" == "09:30" and first.closed_at.day == 5
    clocks = {c.metric: c for c in first.clocks.filter(spell=0)}
    assert clocks["resolve"].state == "met" and clocks["resolve"].elapsed_s == 150 * 60 and second.clocks.get(metric="resolve").state == "missed"
    assert third.state == "in_progress" and third.opened_at.day in (19, 20) and third.due_at is not None
    assert [e.name for e in Event.objects.filter(subject=first.pk).order_by("id")] == ["incident.opened", "incident.moved", "incident.moved"]
    assert all(differences(i) == [] for i in (first, second, third))
    assert company.client("agent").get("/search?q=ALT-2").content.decode().count(second.number) >= 1, "found by its old number"


def test_what_cannot_have_happened_is_a_bad_row(bring, company):
    rows = [PAST, past(company, 1, resolved="2026-08-02 09:00"), past(company, 2, opened="", resolved="2026-08-02 09:00"), past(company, 3, opened="2033-01-01"),
            past(company, 4, closed="2026-08-01"), past(company, 5, state="New", resolved="2026-08-04 09:00"), past(company, 6, opened="yesterday"),
            past(company, 7, priority="very high"), past(company, 8, state="Resolved", resolved="2026-08-04", closed="2026-08-05")]
    one = bring("kind:incident", rows)
    assert engine.counts(one.results)["bad"] == 8 and not Incident.objects.exists()
    words = [r[3] for r in one.results]
    assert "resolved before it was opened" in words[0] and "Say when it was opened" in words[1] and "future" in words[2] and "state" in words[4].lower()


def test_the_number_elsewhere_is_a_key(bring, company):
    """A table that is imported again finds what it made by its old number: nothing comes in twice."""
    rows = [PAST, past(company, 1, state="In progress"), past(company, 2)]
    bring("kind:incident", rows)
    again = bring("kind:incident", rows)
    assert engine.counts(again.results) == {"made": 0, "changed": 0, "same": 2, "bad": 0, "undone": 0} and Incident.objects.count() == 2
    rows[1][0] = "Old 1, but better known"
    assert engine.counts(bring("kind:incident", rows).results)["changed"] == 1 and Incident.objects.filter(title__startswith="Old 1, but").count() == 1


def test_what_ended_at_an_unknown_time_has_no_clocks(bring, company):
    """Without times nothing is known of promises: no clock is met in no time, and reports say unknown."""
    from praxis.abilities.measures import read
    from praxis.abilities.measures.library import measures

    bring("kind:incident", [["Title", "State"], ["Old", "Closed"], ["Older", "Resolved"]])
    assert Incident.objects.filter(state__in=("closed", "resolved")).count() == 2
    assert not any(i.clocks.exists() for i in Incident.objects.all())
    assert read.value(measures["incident.kept"], company.actor("team_lead")).number is None
    assert read.value(measures["incident.time"], company.actor("team_lead")).number is None


def test_days_that_were_counted_are_counted_anew_when_a_past_comes_in(bring, company):
    from praxis.abilities.measures import days
    from praxis.abilities.measures.models import Snapshot

    bring("kind:incident", [PAST, past(company, 1, "2026-11-02 09:00", "2026-11-03 09:00", state="Resolved")])
    days.catch_up([company.organisation])
    counted = Snapshot.objects.filter(organisation=company.organisation).count()
    assert counted > 10
    bring("kind:incident", [PAST, past(company, 2, "2026-11-10 09:00", "2026-11-11 09:00", state="Resolved")])
    assert Snapshot.objects.filter(organisation=company.organisation, day__gte="2026-11-10").count() == 0
    assert days.catch_up([company.organisation]) > 5 and Snapshot.objects.filter(organisation=company.organisation).count() == counted


def test_an_owner_has_to_be_able_to_work_on_it(bring, company):
    nobody = company.person("norole@acme.example")
    one = bring("kind:incident", [["Title", "Owner"], ["A", nobody.email], ["B", company.people["agent"].email]])
    assert [r[1] for r in one.results] == ["bad", "made"] and "no role" in one.results[0][3]


def test_a_number_twice_in_one_file_is_named_and_overwrites_nothing(bring, company):
    """The second line with a number of elsewhere is bad already when it is tried; the first one stays as it was."""
    rows = [["Subject", "Number elsewhere"], ["First", "OLD-1"], ["Other", "OLD-2"], ["Second", "old-1"]]
    one = bring("kind:incident", rows)
    assert one.tried["made"] == 2 and one.tried["bad"] == 1
    assert engine.counts(one.results) == {"made": 2, "changed": 0, "same": 0, "bad": 1, "undone": 0}
    assert "Line 2 has this number already" in next(r[3] for r in one.results if r[1] == "bad")
    assert set(Incident.objects.values_list("title", flat=True)) == {"First", "Other"}


def test_headings_of_other_products_are_known(company, agent):
    target = targets.of("rows:people", company.actor("administrator"))
    assert target.guess(["Full name", "E-mail address", "Company", "Job title", "Telephone"]) == {
        "Full name": "name", "E-mail address": "email", "Company": "organisation", "Job title": "job", "Telephone": "phone"}
    incident = targets.of("kind:incident", company.actor("administrator"))
    assert incident.guess(["Short description", "Assignment group", "Number elsewhere", "Caller"]) == {
        "Short description": "title", "Assignment group": "team", "Number elsewhere": "external_ref", "Caller": "requester"}
