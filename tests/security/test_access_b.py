"""Abuse tests of access, second part: the doors beside the record, and what one right opens elsewhere."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from praxis.abilities.clocks.models import Clock, Excuse
from praxis.abilities.conversation.models import Entry, File
from praxis.abilities.fields.models import CustomField
from praxis.abilities.imports.models import Import
from praxis.abilities.notices.models import Notice
from praxis.abilities.notices.read import unread
from praxis.abilities.search.query import search
from praxis.kernel.actors import system
from praxis.kernel.display import panels
from praxis.kernel.errors import Forbidden
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Job
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Membership, Organisation, Person, Role
from praxis.people.signin import make_token
from praxis.records import write
from praxis.records.models import Link, Record, SavedView
from praxis.records.read import possible
from tests.conftest import ROLES
from tests.security.doors import MARK, actor, browser, colleague, fresh, text_of

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


def marked(company, make):
    """A record on whose every internal place a marker stands."""
    write.save(CustomField(), system(), kind="incident", key="inner", label="Inner fact", type="text", organisation=company.organisation)
    record, agent, lead = make(title="Printer"), company.actor("agent"), company.actor("team_lead")
    write.act(record, agent, "reply", text=f"{MARK} note", internal=True, files=[SimpleUploadedFile(f"{MARK}.log", b"x")])
    write.act(record, agent, "pin", entry=Entry.objects.get().pk)
    write.act(record, agent, "reply", text="Public words", aside="by phone")
    return record, agent, lead


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


READER = {"desk.work": "all", "incident.see": "all", "service.see": "all"}


def doors(record):
    n = record.number
    return ["/", "/k/incident?all=1", f"/k/incident?all=1&at={n}", f"/r/{n}", f"/r/{n}?as=preview", f"/search?q={MARK}", "/k/incident/export.csv?all=1", "/k/incident/export.xlsx?all=1",
            f"/my/{n}", *(f"/r/{n}/panel/{key}" for key in ("conversation.thread", "conversation.talk", "conversation.history", "conversation.latest", "conversation.pinned", "fields.more"))]


def test_t_b12_overview_and_preview_leak_no_note(company, make, rest):
    """T-B12: a desk role that sees records but no notes finds no trace of a note, its file or its pin in list, preview, page, panels, search, export, REST."""
    record, _agent, _lead = marked(company, make)
    person = colleague(company, "reader", READER)
    client, file = browser(person), File.objects.get()
    for url in doors(record):
        assert MARK not in text_of(client.get(url)).replace(f"q={MARK}", "").replace(f"“{MARK}”", "").replace(f'value="{MARK}"', ""), url
    for path in (f"/incident/{record.number}", f"/incident/{record.number}/events", "/incident", f"/search?q={MARK}"):
        assert MARK not in rest(person, "get", path).content.decode(), path
    assert client.get(f"/files/{file.pk}").status_code == 404


def test_t_b12_the_pages_hide_what_rest_hides(company, make, rest):
    """T-B12, T-B6: a field of the desk that REST, list and export keep from a reader without notes is not on the page either."""
    record, agent, _lead = marked(company, make)
    write.change(record, agent, x_inner=f"{MARK} field")
    person = colleague(company, "reader", READER)
    assert MARK not in rest(person, "get", f"/incident/{record.number}").content.decode()
    for url in doors(record):
        assert f"{MARK} field" not in text_of(browser(person).get(url)), url


@pytest.mark.parametrize("role", ["requester", "power_requester"])
def test_t_b12_the_history_hides_what_the_record_hides(role, company, make, rest):
    """T-B12, T-B20: /events tells a requester no value that /incident/N keeps from him."""
    record, agent, _lead = marked(company, make)
    write.change(record, agent, x_inner=f"{MARK} field")
    person = company.people[role]
    assert rest(person, "get", f"/incident/{record.number}").status_code == 200
    for path in (f"/incident/{record.number}", f"/incident/{record.number}/events"):
        assert MARK not in rest(person, "get", path).content.decode(), path


# -- T-B14, T-B17, T-B18, T-B19


def test_t_b14_a_secret_in_an_address_opens_nothing(company, make):
    """T-B14: no feed exists yet; an export asks for a session, whatever token or session key its address carries, and the API takes none from there."""
    make(title=MARK)
    secret = make_token(company.people["agent"], "t")[1]
    key = company.client("agent").session.session_key
    for url in ("/k/incident/export.csv", "/k/incident/export.xlsx", "/api/v1/incident", "/admin/export.yaml", "/"):
        for name, value in (("token", secret), ("access_token", secret), ("key", secret), ("sessionid", key), ("authorization", f"Bearer {secret}")):
            answer = Client().get(url, {name: value})
            assert answer.status_code in (302, 401) and MARK not in text_of(answer), (url, name)


def test_t_b17_parts_of_a_record_obey_it(company, make):
    """T-B17: an entry or excuse is reached only through its own record, a job only by who runs them."""
    mine, theirs = make(), make(restricted=True, team=company.network.pk, requester=company.people["power_requester"].pk)
    write.act(theirs, system(), "reply", text="x", internal=True)
    Clock.objects.filter(record=theirs.pk, metric="resolve").update(state="missed")
    excuse = Excuse.objects.create(clock=Clock.objects.get(record=theirs.pk, metric="resolve"), organisation=company.organisation, reason="other", text="x",
                                   asked_by=company.people["agent"])
    manager = browser(company.person("slm@acme.example", "service_level_manager", "agent"))
    for url, body in (("pin", {"entry": Entry.objects.get().pk}), ("decide_excuse", {"excuse": excuse.pk, "decision": "granted"})):
        assert manager.post(f"/r/{mine.number}/do/{url}", body).status_code == 422
        assert manager.post(f"/r/{theirs.number}/do/{url}", body).status_code == 404
    excuse.refresh_from_db()
    assert excuse.state == "asked" and Entry.objects.get().pinned_at is None
    job = Job.objects.create(id=uuid4(), task="praxis.abilities.clocks.jobs.warn_due", args=[], kwargs={}, state="dead", attempts=8, run_after=now())
    for role in ROLES:
        if role != "administrator":
            assert company.client(role).post(f"/jobs/{job.pk}/retry").status_code == 403, role
    assert Job.objects.get(pk=job.pk).state == "dead"


def test_t_b18_saved_views_and_the_configuration_have_owners(company, other):
    """T-B18: nobody uses another's view, shares one without the right, or exports the configuration for less than all organisations."""
    lead = company.client("team_lead")
    lead.post("/k/incident/views?priority.is=1", {"label": MARK})
    private = SavedView.objects.get()
    lead.post("/k/incident/views?priority.is=1", {"label": f"{MARK} shared", "shared": "1"})
    for client in (company.client("agent"), company.client("administrator"), other.client("team_lead")):
        assert f">{MARK}<" not in client.get(f"/k/incident?view=v{private.pk}").content.decode()
    assert f"{MARK} shared" in company.client("agent").get("/k/incident").content.decode()
    assert MARK not in other.client("agent").get("/k/incident").content.decode()
    assert company.client("agent").post("/k/incident/views?priority.is=1", {"label": "x", "shared": "1"}).status_code == 403
    for role in ROLES:
        answer = company.client(role).get("/admin/export.yaml")
        assert answer.status_code in (302, 403) and "calendars:" not in answer.content.decode(), role
        assert company.client(role).post("/admin/views/new", {"label": "x"}).status_code in (403, 404)
    assert SavedView.objects.count() == 2


def test_t_b18_nobody_writes_anothers_view(company):
    """T-B18: the writer itself refuses somebody else's view; no door leads there yet."""
    company.client("team_lead").post("/k/incident/views?priority.is=1", {"label": "Mine"})
    for doing in (lambda: write.save(SavedView.objects.get(), company.actor("agent"), label="Taken"), lambda: write.remove(SavedView.objects.get(), company.actor("agent"))):
        with pytest.raises(Forbidden):
            doing()
    assert SavedView.objects.get().label == "Mine"


def test_t_b19_refused_rows_need_their_owner(company, other):
    """T-B19: the rows that an import refused are a file for its owner alone. Inventory files come with discovery."""
    client = company.client("administrator")
    there = client.post("/import", {"target": "kind:incident", "file": SimpleUploadedFile("a.csv", f"Title,Impact\n{MARK},77\n".encode())})["Location"]
    client.post(there, {"what": "run", "c0": "title", "c1": "impact"})
    Worker().run(until_empty=True)
    assert MARK in client.get(f"{there}/bad.csv").content.decode()
    assert Client().get(f"{there}/bad.csv").status_code == 302
    for stranger in (company.client("agent"), company.client("auditor"), other.client("administrator"), browser(company.person("b@acme.example", "administrator"))):
        answer = stranger.get(f"{there}/bad.csv")
        assert answer.status_code in (403, 404) and MARK not in answer.content.decode()


# -- T-B25


def test_t_b25_refusals_are_the_same_for_hidden_and_missing(company, other, make, rest):
    """T-B25: naming what one may not see is answered word for word as naming what does not exist, by page and by REST."""
    theirs = write.open_record(registry["incident"], other.actor("agent"), title=MARK, team=other.desk.pk)
    hidden = make(title=MARK, restricted=True, team=company.network.pk, requester=company.people["power_requester"].pk)
    service = write.open_record(registry["service"], system("M", other.organisation.pk), title=MARK)
    record, agent, client, none = make(), company.people["agent"], company.client("agent"), "987654321"
    pairs = [("requester", other.people["agent"].pk), ("owner", other.people["agent"].pk), ("service", service.pk)]

    def told(answer, *names):
        """Status and words: of a page those of its alerts, of an answer as JSON all."""
        text = answer.content.decode()
        assert MARK not in text and "borg" not in text.lower()
        if "html" in answer["Content-Type"]:
            text = " ".join(re.findall(r'(?:class="err"|role="alert")[^>]*>(.*?)</(?:p|div|span)>', text, re.DOTALL))
        for name in names:
            text = text.replace(str(name), "")
        return answer.status_code, text

    for name, pk in pairs:
        assert told(client.post(f"/r/{record.number}/field/{name}", {"value": pk}), pk) == told(client.post(f"/r/{record.number}/field/{name}", {"value": none}), none), name
        one, two = (rest(agent, "patch", f"/incident/{record.number}", {name: v}, If_Match='"1"') for v in (pk, int(none)))
        assert told(one) == told(two) and one.status_code == 422, name
    for number in (theirs.number, hidden.number):
        gone = "INC-98765"
        for path in ("", "/events", "/steps"):
            assert told(rest(agent, "get", f"/incident/{number}{path}"), number) == told(rest(agent, "get", f"/incident/{gone}{path}"), gone)
        assert told(rest(agent, "patch", f"/incident/{number}", {"title": "x"}, If_Match='"1"')) == told(rest(agent, "patch", f"/incident/{gone}", {"title": "x"}, If_Match='"1"'))
        assert told(client.post(f"/r/{record.number}/do/link", {"to": number, "type": "related"}), number) == told(client.post(f"/r/{record.number}/do/link", {"to": gone, "type": "related"}), gone)
        assert told(client.get(f"/r/{number}"), number) == told(client.get(f"/r/{gone}"), gone)
        assert told(rest(agent, "post", f"/incident/{record.number}/actions/link", {"to": number}), number) == told(rest(agent, "post", f"/incident/{record.number}/actions/link", {"to": gone}), gone)


@pytest.mark.parametrize("form", [{"key": "borg", "name": "X", "zone": "UTC"}, {"key": "free", "name": "X", "zone": "UTC"}])
def test_t_b25_a_form_one_may_not_send_tells_nothing(form, company, other):
    """T-B25: an administrator of one company learns not from "already exists" that another company is a customer."""
    answer = company.client("administrator").post("/admin/organisations/new", form)
    assert answer.status_code == 403 and "exists" not in answer.content.decode() and Organisation.objects.count() == 2


def test_t_b25_why_tells_no_title_of_a_hidden_record(company, make):
    """T-B25: who explains rights need not see the record: number and reasons, no title."""
    record = make(title=MARK, restricted=True, team=company.network.pk, requester=company.people["power_requester"].pk)
    client = browser(colleague(company, "people_only", {"desk.work": "all", "people.manage": "all"}))
    answer = client.get(f"/admin/why?person={company.people['agent'].pk}&number={record.number}")
    assert answer.status_code == 200 and MARK not in answer.content.decode()
