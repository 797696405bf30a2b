"""T-B12 to T-B25 of the catalogue of abuse: what pages, files, saved views and refusals tell of what somebody may not see."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from praxis.abilities.clocks.models import Clock, Excuse
from praxis.abilities.conversation.models import Entry, File
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.kinds import registry
from praxis.kernel.models import Job
from praxis.kernel.now import now
from praxis.people.models import Organisation
from praxis.people.signin import make_token
from praxis.records import write
from praxis.records.models import SavedView
from tests.conftest import ROLES
from tests.security.doors import MARK, browser, colleague, marked, text_of

pytestmark = pytest.mark.django_db


# -- T-B2


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
