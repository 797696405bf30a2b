"""The public status page: off until it is switched on, only words that were written for everybody, unknown is not green (STS-01)."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from praxis.kernel.actors import system
from praxis.kernel.models import Setting
from praxis.kernel.now import now
from praxis.kernel.settings import forget
from praxis.practices.availability.models import Objective
from praxis.records import write
from tests.practices.planning import item

pytestmark = pytest.mark.django_db
MARK = "zzmarkzz"


@pytest.fixture
def public(company):
    Setting.objects.create(key="status.public", organisation=company.organisation.pk, value=True)
    forget()


@pytest.fixture
def service(make, company):
    made = make("service", title="Warehouse", hours="24x7", on_status=True, description=MARK)
    by = system("M", company.organisation.pk)
    write.change(made, by, event="service.moved", state="live")
    base = item(make, f"{MARK} db", people=400)
    write.link(made, base, "depends-on", by)
    write.save(Objective(), by, service=made, target="99.9")
    made.base = base
    return made


def get(path="/status/acme"):
    cache.clear()
    return Client().get(path)


def outage(make, company, what, **more):
    made = make("outage", title=f"{MARK} outage", began_at=now() - timedelta(minutes=9), **({"service": what.pk} if what.kind == "service" else {"item": what.pk}), **more)
    return write.move(made, system("M", company.organisation.pk), "begin")


def test_off_until_it_is_switched_on(company, service):
    for path in ("/status/acme", "/status/acme/history", "/status/acme/data.json", "/status/acme/feed.atom", "/status/nobody"):
        assert get(path).status_code == 404


def test_states_follow_the_graph_and_unknown_is_not_green(company, service, public, make):
    assert "Everything works" in get().content.decode()
    watched = make("service", title="Nobody watches", on_status=True)
    write.change(watched, system("M", company.organisation.pk), event="service.moved", state="live")
    page = get().content.decode()
    assert "Not everything is watched" in page and "unknown over 90 days" in page
    out = outage(make, company, service.base)
    assert get("/status/acme/data.json").json()["services"][1]["state"] == "down"
    write.move(out, system("M", company.organisation.pk), "end")
    assert get("/status/acme/data.json").json()["services"][1]["state"] == "works"
    for sort, state in (("degraded", "slow"), ("planned", "maintenance")):
        out = outage(make, company, service.base, sort=sort)
        assert get("/status/acme/data.json").json()["services"][1]["state"] == state
        write.move(out, system("M", company.organisation.pk), "void")
    assert get("/status/acme/data.json").json()["services"][1]["percent_90_days"] < 100


def test_a_major_incident_is_told_step_by_step_and_ends_in_the_history(company, service, public, make):
    lead = company.actor("team_lead")
    record = make("incident", title=f"{MARK} title", service=service.pk, impact=1, urgency=1)
    write.act(record, lead, "declare_major", why=MARK, title="Wi-Fi in HAM2")
    assert "Wi-Fi in HAM2" not in get().content.decode(), "nothing is public before somebody tells it"
    write.act(record, lead, "major_log", text=MARK)
    write.act(record, lead, "major_tell", text="We are looking for the cause.", status=True)
    write.act(record, lead, "major_tell", text="For the portal only", announce=True)
    write.act(record, lead, "major_tell", text="An update did it; we undo it.", status=True, stage="identified", minutes=20)
    page = get().content.decode()
    for words in ("Wi-Fi in HAM2", "We are looking for the cause.", "An update did it", "Identified", "Next update by"):
        assert words in page, words
    assert "For the portal only" not in page
    feed = get("/status/acme/feed.atom").content.decode()
    assert feed.count("<entry>") == 2 and "An update did it" in feed
    write.act(record, lead, "stand_down", words="Works")
    assert "Wi-Fi in HAM2" not in get().content.decode() and "An update did it" in get("/status/acme/history").content.decode()


def test_nothing_that_was_not_written_for_everybody(company, service, public, make, other):
    """The marker stands in titles, descriptions, items, reasons and the log of the room."""
    record = make("incident", title=MARK, description=MARK, service=service.pk)
    write.act(record, company.actor("team_lead"), "declare_major", why=MARK)
    write.act(record, company.actor("team_lead"), "major_tell", text="Plain words", status=True)
    outage(make, company, service.base)
    make("outage", title=MARK, sort="planned", service=service.pk, began_at=now() + timedelta(days=1), ended_at=now() + timedelta(days=1, hours=2), words="Database upgrade")
    make("service", title=f"{MARK} not on the page")
    for path in ("/status/acme", "/status/acme/history", "/status/acme/data.json", "/status/acme/feed.atom"):
        text = get(path).content.decode()
        assert MARK not in text, path
    assert "Database upgrade" in get().content.decode()
    assert get("/status/borg").status_code == 404


def test_the_page_is_kept_and_needs_no_script(company, service, public, make, django_assert_max_num_queries):
    get()
    with django_assert_max_num_queries(3):
        answer = Client().get("/status/acme")
    assert "<script" not in answer.content.decode() and answer["Cache-Control"] == "public, max-age=20" and answer["Content-Security-Policy"]
    client = Client()
    assert client.get("/status/acme").status_code == 200 and not client.cookies
