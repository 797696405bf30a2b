"""Abuse tests of access, second part: the doors beside the record, and what one right opens elsewhere."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from praxis.abilities.clocks.models import Clock
from praxis.abilities.conversation.models import Entry, File
from praxis.abilities.imports.models import Import
from praxis.abilities.notices.models import Notice
from praxis.abilities.notices.read import unread
from praxis.abilities.search.query import search
from praxis.kernel.actors import system
from praxis.kernel.display import panels
from praxis.kernel.errors import Forbidden
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Job
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Membership, Person, Role
from praxis.records import write
from praxis.records.models import Link, Record, SavedView
from praxis.records.read import possible
from tests.security.doors import MARK, actor, browser, colleague, fresh, marked, text_of

pytestmark = pytest.mark.django_db


# -- T-B2


def test_t_b2_an_upload_is_of_use_to_nobody_else(company):
    """T-B2: the only upload that is kept before it is used, a table to import, answers 404 to a colleague of equal rights, and none is named by a form."""
    first, second = company.client("administrator"), browser(company.person("second@acme.example", "administrator"))
    there = first.post("/import", {"target": "kind:incident", "file": SimpleUploadedFile("a.csv", f"Title\n{MARK}\n".encode())})["Location"]
    assert first.get(there).status_code == 200
    for what in ("", "try", "run", "undo"):
        answer = second.get(there) if not what else second.post(there, {"what": what, "c0": "title"})
        assert answer.status_code == 404 and MARK not in answer.content.decode()
    assert second.get(f"{there}/bad.csv").status_code == 404 and MARK not in second.get("/import").content.decode()
    assert Import.objects.get().state == "mapping" and not Job.objects.exists()


def test_t_b2_a_stored_file_cannot_be_named_again(company, make):
    """T-B2: the id or hash of somebody's file attaches nothing to a record of one's own."""
    secret = make(requester=company.people["power_requester"].pk)
    write.act(secret, company.actor("agent"), "reply", text="x", internal=True, files=[SimpleUploadedFile("s.txt", MARK.encode())])
    file, mine = File.objects.get(), make()
    for value in (file.pk, file.sha256, file.name):
        company.client("requester").post(f"/my/{mine.number}/reply", {"text": "x", "files": value, "file": value, "sha256": value})
    assert File.objects.count() == 1 and fresh(mine).files.count() == 0 and fresh(mine).entries.count() == 3


# -- T-B4


def test_t_b4_a_notice_is_checked_when_it_is_shown(company, make):
    """T-B4: what was told while somebody could see the record is not shown any more when he cannot; nobody marks another's."""
    record, specialist = make(), company.people["specialist"]
    write.note(record, system("Praxis"), needs="incident.see", event="clock.warned", data={"tell": [specialist.pk], "words": MARK})
    browser(specialist).post("/notices/read", {"id": Notice.objects.get().pk + 1})
    company.client("agent").post("/notices/read", {"id": Notice.objects.get().pk})
    assert MARK in browser(specialist).get("/").content.decode() and Notice.objects.get().read_at is None
    Record.objects.filter(pk=record.pk).update(restricted=True, team=company.network.pk)
    assert unread(actor(specialist)) == [] and MARK not in browser(specialist).get("/").content.decode()


@pytest.mark.parametrize("scope", ["*", "inc*", "[a-z]*", "*.*", "?ncident.*", "admin.*", "incident.see *"])
def test_t_b4_wildcards_in_a_scope_widen_nothing(scope, company):
    """T-B4: whatever patterns a token carries, it never reaches further than its owner."""
    own, narrowed = actor(company.people["requester"]).grants, actor_of(actor_person(company), scope.split()).grants
    assert narrowed.items() <= own.items()


def actor_person(company):
    return Person.objects.select_related("organisation").get(pk=company.people["requester"].pk)


# -- T-B6


def test_t_b6_only_assigned_means_it_at_every_door(company, make, rest):
    """T-B6: a role that sees only what is its own: list, filter, export, search, page, panels, edit, move, verb, bulk, REST and counts agree."""
    own = {f"incident.{verb}": "own" for verb in ("see", "change", "work", "assign", "reply", "notes", "link", "cancel", "reopen", "close", "override")}
    person = colleague(company, "solo", {"desk.work": "all"} | own)
    Membership.objects.create(person=person, team=company.desk)
    mine, theirs = make(title="mine only", owner=person.pk), make(title=f"{MARK} unseen", description=f"{MARK} unseen")
    client, n = browser(person), theirs.number
    for url in ("/", "/k/incident?all=1", f"/k/incident?title.contains={MARK}", f"/k/incident?at={n}&all=1", "/k/incident/export.csv?all=1", "/k/incident/export.xlsx?all=1",
                f"/search?q={MARK}", f"/search?q={n}", f"/incidents/new?person={theirs.requester_id}"):
        text = text_of(client.get(url))
        assert "unseen" not in text and f"/r/{n}" not in text, url
    assert "mine only" in text_of(client.get("/k/incident/export.csv?all=1")) and mine.number in client.get("/k/incident?all=1").content.decode()
    doors = [f"/r/{n}", f"/r/{n}?as=preview", f"/my/{n}", *(f"/r/{n}/panel/{p.key}" for p in panels("incident"))]
    assert {client.get(url).status_code for url in doors} == {404}
    posts = [(f"/r/{n}/field/impact", {"value": "1"}), (f"/r/{n}/move/start", {}), (f"/r/{n}/do/take", {}), (f"/r/{n}/do/reply", {"text": "x"}), (f"/my/{n}/reply", {"text": "x"})]
    assert {client.post(url, body).status_code for url, body in posts} == {404}
    client.post("/k/incident/bulk", {"pick": [n, mine.number], "do": "pin", "go": "1", "entry": "1"})
    assert rest(person, "get", f"/incident/{n}").status_code == rest(person, "get", f"/incident/{n}/events").status_code == 404
    assert rest(person, "patch", f"/incident/{n}", {"title": "x"}, If_Match='"1"').status_code == rest(person, "post", f"/incident/{n}/moves/start", {}).status_code == 404
    listed = rest(person, "get", "/incident?total=true").json()
    assert [r["number"] for r in listed["items"]] == [mine.number] and listed["total"] == 1
    assert search(MARK, actor(person)) == [] and fresh(theirs).version == 1
    assert '<span class="n">2</span>' not in client.get("/").content.decode()


# -- T-B7


def state_of(record):
    row = fresh(record)
    return row.version, row.tags, Link.objects.count(), Event.objects.exclude(name="token.saved").count(), Entry.objects.values_list("pinned_at").count(), SavedView.objects.filter(person=None).count()


def test_t_b7_who_only_reads_changes_nothing(company, make, rest):
    """T-B7: the auditor, at every verb, move and field of pages and REST: no tag, link, entry, excuse, shared view; and is offered none."""
    record, other = make(tags=["kept"]), make(title="Second")
    write.act(record, company.actor("agent"), "reply", text="x")
    Clock.objects.filter(record=record.pk, metric="respond").update(state="missed")
    auditor, client = company.people["auditor"], company.client("auditor")
    before, n = state_of(record), record.number
    assert {s.key for s in possible(fresh(record), company.actor("auditor"))} <= {"pin", "follow"}  # to follow asks for the right on each linked record
    bodies = {"link": {"to": other.number, "type": "related"}, "reply": {"text": "x"}, "excuse": {"promise": "respond:0", "reason": "other", "text": "x"},
              "reassign": {"team": company.network.pk, "why": "x"}, "override_priority": {"priority": 1, "why": "x"}, "send_back": {"why": "x"}, "follow_up": {"text": "x"},
              "decide_excuse": {"excuse": "1", "decision": "granted"}}
    asked = {"hold": {"hold_reason": "caller"}, "resolve": {"close_code": "solved", "solution": "x"}, "cancel": {"solution": "x"}}
    for key in set(registry["incident"].verbs) - {"pin", "follow"}:
        assert client.post(f"/r/{n}/do/{key}", bodies.get(key, {})).status_code >= 400, key
        assert rest(auditor, "post", f"/incident/{n}/actions/{key}", bodies.get(key, {})).status_code in (403, 409, 422), key
    for name in registry["incident"].lifecycle.moves:
        assert client.post(f"/r/{n}/move/{name}", asked.get(name, {})).status_code >= 400, name
        assert rest(auditor, "post", f"/incident/{n}/moves/{name}", asked.get(name, {})).status_code in (403, 409, 422), name
    for name in ("tags", "title", "service", "category", "requester", "owner", "impact", "state"):
        assert client.post(f"/r/{n}/field/{name}", {"value": "1"}).status_code in (404, 409), name
    assert rest(auditor, "patch", f"/incident/{n}", {"tags": ["x"]}, If_Match='"2"').status_code == 403
    client.post("/k/incident/views?priority.is=1", {"label": "x", "shared": "1"})
    client.post("/k/incident/bulk", {"pick": [n], "do": "take", "go": "1"})
    assert state_of(record) == before


def test_t_b7_who_only_reads_pins_nothing(company, make):
    """T-B7: what stands above the conversation for everybody is not chosen by a role that only reads."""
    record = make()
    write.act(record, company.actor("agent"), "reply", text="x")
    assert company.client("auditor").post(f"/r/{record.number}/do/pin", {"entry": Entry.objects.get().pk}).status_code == 403
    assert Entry.objects.get().pinned_at is None


def test_t_b7_a_right_in_one_company_works_on_no_record_of_another(company, other):
    """T-B7, T-B17: excuses may be asked for in Acme and records only read in Borg: nothing is excused in Borg."""
    person = company.person("both@acme.example", "service_level_manager")
    Grant.objects.create(person=person, role=Role.objects.get(key="auditor"), organisation=other.organisation)
    record = write.open_record(registry["incident"], other.actor("agent"), title="theirs", team=other.desk.pk)
    Clock.objects.filter(record=record.pk, metric="respond").update(state="missed", stopped_at=now())
    assert not {"excuse", "decide_excuse"} & {s.key for s in possible(record, actor(person))}
    with pytest.raises(Forbidden):
        write.act(record, actor(person), "excuse", promise="respond:0", reason="other", text="x")


# -- T-B8


def test_t_b8_own_words_are_out_of_reach_with_the_record(company, make, rest):
    """T-B8: whoever wrote an entry and lost the record can neither pin it, nor add to it, nor fetch its file; entries are never edited or deleted."""
    record, specialist = make(), company.people["specialist"]
    write.act(record, company.actor("specialist"), "reply", text=MARK, internal=True, files=[SimpleUploadedFile("mine.txt", b"x")])
    entry, file, client = Entry.objects.get(), File.objects.get(), company.client("specialist")
    assert client.get(f"/files/{file.pk}").status_code == 200
    Record.objects.filter(pk=record.pk).update(restricted=True, team=company.network.pk)
    for url, body in ((f"/r/{record.number}/do/pin", {"entry": entry.pk}), (f"/r/{record.number}/do/reply", {"text": "again"}), (f"/my/{record.number}/reply", {"text": "x"})):
        assert client.post(url, body).status_code == 404
    assert rest(specialist, "post", f"/incident/{record.number}/actions/pin", {"entry": entry.pk}).status_code == 404
    assert client.get(f"/files/{file.pk}").status_code == 404 and client.get(f"/r/{record.number}").status_code == 404
    assert Entry.objects.get().pinned_at is None and not [k for k in registry["incident"].verbs if re.search("edit|delete|remove", k)]


def test_t_b8_a_former_requester_has_lost_the_record(company, make):
    """T-B8: after the requester changed, the former one reads nothing, writes nothing and moves nothing."""
    record, client = make(description=MARK), company.client("requester")
    client.post(f"/my/{record.number}/reply", {"text": "mine"})
    Record.objects.filter(pk=record.pk).update(requester=company.people["power_requester"].pk)
    before = fresh(record).version
    for url in (f"/my/{record.number}/reply", f"/my/{record.number}/step/cancel"):
        assert client.post(url, {"text": "x"}).status_code == 404
    assert client.get(f"/my/{record.number}").status_code == 404 and MARK not in client.get("/my").content.decode() and fresh(record).version == before


# -- T-B11, T-B12


def test_t_b11_what_a_requester_can_print_is_public(company, make):
    """T-B11: neither page of the portal shows notes, reasons of re-assignment or priority, tags, groups, hops or fields of the desk."""
    record, agent, lead = marked(company, make)
    write.save(company.network, system(), name=f"{MARK} group")
    write.act(record, agent, "reassign", team=company.network.pk, why=f"{MARK} why")
    write.act(record, lead, "override_priority", priority=1, why=f"{MARK} priority")
    write.change(record, agent, tags=[MARK], x_inner=f"{MARK} field")
    write.move(record, agent, "hold", hold_reason="supplier")
    for url in ("/my", f"/my/{record.number}"):
        text = company.client("requester").get(url).content.decode()
        assert MARK not in text and "Inner fact" not in text and "by phone" not in text and "Service desk" not in text, url
    assert "Public words" in company.client("requester").get(f"/my/{record.number}").content.decode()
