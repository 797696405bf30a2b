"""The administration: rows, settings, rights explained, the log, tokens; and the configuration as text."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from praxis.abilities.announcements.models import Announcement
from praxis.abilities.categories.models import Category
from praxis.abilities.clocks.models import Calendar, Target, TargetSet
from praxis.kernel.actors import system
from praxis.kernel.display import rows
from praxis.kernel.models import Event, Setting
from praxis.kernel.now import now
from praxis.people.models import Grant, Membership, Person, Role, Session, Site, Team, Token
from praxis.people.signin import make_token
from praxis.practices.incident.kind import AUTO_CLOSE
from praxis.records import config, write
from tests.conftest import ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(company):
    """A browser of an administrator of all organisations."""
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    return company.client("root")


def test_every_table_and_form_opens(root):
    for key, one in rows.items():
        page = root.get(f"/admin/{key}")
        assert page.status_code == 200 and str(one.label).replace("&", "&amp;") in page.content.decode(), key
        assert root.get(f"/admin/{key}/new").status_code == 200, key
        if row := one.model.objects.first():
            assert root.get(f"/admin/{key}/{row.pk}").status_code == 200, key
            assert root.get(f"/admin/{key}?q=a").status_code == 200
    assert root.get("/admin/nothing").status_code == 404


def test_a_desk_is_set_up_by_hand(root, company):
    """A group with a member, a calendar with a holiday, a promise, a category: made, changed, refused, removed."""
    home = company.organisation.pk
    assert root.post("/admin/teams/new", {"name": "Printers", "organisation": home}).status_code == 303
    team = Team.objects.get(name="Printers")
    assert root.post(f"/admin/members/new?team={team.pk}", {"person": company.people["agent"].pk, "team": team.pk, "leads": "on"})["Location"] == f"/admin/members?team={team.pk}"
    assert Membership.objects.get(team=team).leads
    hours = {"label": "Shop", "key": "shop", "week": 'mon: ["09:00-17:00"]\nsat: ["10:00-14:00"]', "exceptions": "2026-12-24: []", "holidays": "DE-HH", "organisation": home}
    bad = root.post("/admin/calendars/new", hours | {"week": "mon: [9 to 5]"})
    assert bad.status_code == 422 and "Write 08:00-18:00" in bad.content.decode() and "9 to 5" in bad.content.decode()
    assert root.post("/admin/calendars/new", hours).status_code == 303
    calendar = Calendar.objects.get(key="shop")
    assert calendar.week["sat"] == ["10:00-14:00"] and calendar.exceptions == {"2026-12-24": []}
    assert "<rect" in root.get(f"/admin/calendars/{calendar.pk}").content.decode()
    assert root.post("/admin/promises/new", {"label": "Shop", "key": "shop", "levels": "75: [owner]"}).status_code == 303
    made = TargetSet.objects.get(key="shop")
    promise = {"set": made.pk, "kind": "incident", "metric": "resolve", "priority": 3, "length": "3h", "calendar": "shop", "pauses": ""}
    assert root.post("/admin/targets/new", promise).status_code == 303
    assert root.post("/admin/targets/new", promise).status_code == 422, "twice the same"
    assert root.post("/admin/categories/new", {"name": "Plotter", "parent": Category.objects.get(path="Printing & scanning").pk, "is_active": "on"}).status_code == 303
    assert Category.objects.filter(path="Printing & scanning, Plotter").exists()
    target = Target.objects.get(set=made)
    assert root.post(f"/admin/targets/{target.pk}", promise | {"length": "4h", "version": 1}).status_code == 303
    stale = root.post(f"/admin/targets/{target.pk}", promise | {"length": "5h", "version": 1})
    assert stale.status_code == 409 and 'value="5h"' in stale.content.decode(), "nothing typed is lost"
    assert "Remove" in root.get(f"/admin/targets/{target.pk}/remove").content.decode() and Target.objects.filter(pk=target.pk).exists()
    assert root.post(f"/admin/targets/{target.pk}/remove").status_code == 303 and not Target.objects.filter(pk=target.pk).exists()
    assert Event.objects.filter(name="target.saved").count() >= 3


def test_what_is_used_is_not_removed(root, company, make):
    make()
    answer = root.post(f"/admin/teams/{company.desk.pk}/remove")
    assert answer.status_code == 409 and "still used" in answer.content.decode() and Team.objects.filter(pk=company.desk.pk).exists()


@pytest.mark.parametrize("role", [r for r in ROLES if r != "administrator"])
def test_only_administrators_get_in(company, role):
    client = company.client(role)
    for key, one in rows.items():
        allowed = company.actor(role).has(one.needs)
        assert client.get(f"/admin/{key}").status_code == (200 if allowed else 404 if company.actor(role).has("desk.work") else 302), key
    for url in ("settings", "why", "log", "tokens", "health", "export.yaml"):
        assert client.get(f"/admin/{url}").status_code in (302, 403), url


def test_ms2_an_administrator_of_one_company_reaches_no_other(company, other, root):
    """T-B13: rows of another organisation are neither listed nor opened nor changed, and what all share is read only."""
    client = company.client("administrator")
    Announcement.objects.create(organisation=other.organisation, title="Borg only", starts_at=now(), ends_at=now() + timedelta(days=1))
    make_token(other.people["agent"], "borg token")
    for key, one in rows.items():
        text = client.get(f"/admin/{key}").content.decode()
        assert "borg" not in text.lower() and "Borg" not in text, key
        for row in one.model.objects.filter(**{one.home: other.organisation.pk}) if one.home else ():
            assert client.get(f"/admin/{key}/{row.pk}").status_code == 404 and client.post(f"/admin/{key}/{row.pk}/remove").status_code == 404
    for url in ("why", "log", "tokens", f"why?person={other.people['agent'].pk}"):
        assert "borg" not in client.get(f"/admin/{url}").content.decode().lower(), url
    foreign = {"person": other.people["agent"].pk, "role": Role.objects.get(key="agent").pk, "organisation": company.organisation.pk}
    assert client.post("/admin/grants/new", foreign).status_code == 422
    wide = {"person": company.people["agent"].pk, "role": Role.objects.get(key="administrator").pk, "organisation": ""}
    assert client.post("/admin/grants/new", wide).status_code == 403 and not Grant.objects.filter(person=company.people["agent"], organisation=None).exists()
    role = Role.objects.get(key="requester")
    assert client.post(f"/admin/roles/{role.pk}", {"label": "X", "key": role.key, "permissions": "people.manage: all", "version": role.version}).status_code == 403
    assert client.post(f"/admin/people/{other.people['agent'].pk}/link").status_code == 404
    assert client.post(f"/admin/people/{company.people['root'].pk}/link").status_code == 403, "nobody rises through a link"
    assert client.post("/admin/sites/new", {"organisation": other.organisation.pk, "name": "Cube"}).status_code == 422 and not Site.objects.filter(name="Cube").exists()


def test_ad7_who_leaves_is_out_at_once(root, company):
    agent, browser = company.people["agent"], company.client("agent")
    _row, secret = make_token(agent, "t")
    assert browser.get("/").status_code == 200
    form = {"organisation": agent.organisation_id, "name": agent.name, "email": agent.email, "version": agent.version}
    assert root.post(f"/admin/people/{agent.pk}", form).status_code == 303
    assert browser.get("/").status_code == 302
    assert Client().get("/api/v1/incident", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_sign_in_link_works_once(root, company):
    page = root.post(f"/admin/people/{company.people['agent'].pk}/link").content.decode()
    address = re.search(r"http://testserver(/in/[^<]+)<", page)[1]
    client = Client()
    assert client.post(address)["Location"] == "/" and client.get("/").status_code == 200
    assert Client().post(address).status_code == 410


def test_settings_are_found_checked_and_given_back(root, company):
    page = root.get("/admin?q=auto close").content.decode()
    assert "/admin/settings?q=incident.auto_close_days" in page or "Working days after" not in page
    assert "Working days after" in root.get("/admin/settings?q=closes").content.decode()
    bad = root.post("/admin/settings", {"incident.auto_close_days": "soon"})
    assert bad.status_code == 422 and "int is expected" in bad.content.decode() and 'value="soon"' in bad.content.decode()
    root.post("/admin/settings", {"incident.auto_close_days": "9"})
    from praxis.kernel.settings import forget
    forget()
    assert AUTO_CLOSE() == 9
    client = company.client("administrator")
    client.post("/admin/settings", {"incident.auto_close_days": "2"})
    forget()
    assert AUTO_CLOSE(company.organisation.pk) == 2 and AUTO_CLOSE() == 9
    root.post("/admin/settings", {"reset": "incident.auto_close_days"})
    forget()
    assert AUTO_CLOSE() == 5 and Setting.objects.filter(key="incident.auto_close_days").count() == 1


def test_why_says_which_role_and_which_scope(root, company, make):
    record = make(requester=company.people["agent"].pk)
    page = root.get(f"/admin/why?person={company.people['requester'].pk}&number={record.number.lower()}").content.decode()
    assert "Requester holds it with the scope own in Acme, which does not reach this record." in page and "No role of this person holds it." in page
    page = root.get(f"/admin/why?person={company.people['agent'].pk}&number={record.number}").content.decode()
    assert "which reaches this record" in page
    assert "incident.work" in root.get(f"/admin/why?person={company.people['agent'].pk}").content.decode()


def test_the_log_is_searched(root, company, make, agent):
    record = make(title="Printer on fire")
    write.act(record, agent, "take")
    page = root.get(f"/admin/log?number={record.number}&who=agent").content.decode()
    assert "incident.taken" in page and record.number in page
    assert "Nothing fits" in root.get("/admin/log?who=nobody+at+all").content.decode()
    assert "Nothing fits" in root.get("/admin/log?day=2026-99-99").content.decode()


def test_tokens_can_be_ended_but_not_read(root, company):
    row, secret = make_token(company.people["agent"], "robot")
    page = root.get("/admin/tokens").content.decode()
    assert "robot" in page and secret not in page and row.hash not in page
    root.post("/admin/tokens", {"id": row.pk})
    assert Token.objects.get(pk=row.pk).revoked_at


def test_announcements_reach_their_audience(root, company, other):
    at = now()
    said = {"title": "Wi-Fi is down", "tone": "red", "audience": "all", "organisation": company.organisation.pk,
            "starts_at": (at - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"), "ends_at": (at + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")}
    assert root.post("/admin/announcements/new", said | {"ends_at": said["starts_at"]}).status_code == 422
    assert root.post("/admin/announcements/new", said).status_code == 303
    assert "Wi-Fi is down" in company.client("agent").get("/").content.decode()
    assert "Wi-Fi is down" in company.client("requester").get("/my").content.decode()
    assert "Wi-Fi is down" not in other.client("agent").get("/").content.decode()


def test_notices_are_shown_and_marked_read(company, make, agent):
    record = make()
    write.note(record, system("Praxis"), needs="incident.see", event="clock.warned", data={"tell": [agent.id], "words": "Half of the time is used"})
    client = company.client("agent")
    assert "Half of the time is used" in client.get("/").content.decode()
    assert client.post("/notices/read")["Location"] == "/" and "Half of the time is used" not in client.get("/").content.decode()


def test_po5_what_the_page_does_and_what_the_text_says_are_equal(root, company, tmp_path):
    """Export, change by page, diff, apply, diff again: empty; applying twice changes nothing, and a bad text changes nothing."""
    before = config.export()
    assert config.diff(before) == [] and config.export() == before
    calendar, target = Calendar.objects.get(key="working"), Target.objects.get(set__key="standard", kind="incident", metric="resolve", priority=3)
    week = "\n".join(f'{d}: ["07:00-19:00"]' for d in ("mon", "tue", "wed", "thu", "fri"))
    root.post(f"/admin/calendars/{calendar.pk}", {"label": "Working time", "key": "working", "week": week, "exceptions": "2026-12-24: []", "version": calendar.version})
    root.post("/admin/promises/new", {"label": "New", "key": "new", "levels": ""})
    root.post("/admin/settings", {"incident.auto_close_days": "7"})
    root.post(f"/admin/targets/{target.pk}", {"set": target.set_id, "kind": "incident", "metric": "resolve", "priority": 3, "length": "3d", "calendar": "working",
                                             "pauses": "", "version": target.version})
    after = config.export()
    assert len(config.diff(before)) == 4
    config.apply(before, system(), remove=True)
    assert config.export() == before and config.diff(after) and len(config.apply(after, system())) == 4
    assert config.diff(after) == [] and config.export() == after and config.apply(after, system()) == []
    for bad in ("calendars: {x: {nonsense: 1}}", "nonsense: {}", "[1]", "settings: {no.such: 1}", "targets: {x: {set: nowhere, kind: incident}}", "a: [", "calendars: {x: 5}"):
        with pytest.raises(config.BadText):
            config.apply(bad, system())
    assert config.export() == after


def test_a_short_text_stays_small(root):
    """T-E: names for repeated parts, which would unfold into gigabytes, are refused by page and file alike."""
    bomb = "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]"
    answer = root.post("/admin/promises/new", {"label": "B", "key": "b", "levels": bomb})
    assert answer.status_code == 422 and not TargetSet.objects.filter(key="b").exists()
    assert root.post("/admin/settings", {"clocks.levels": bomb}).status_code == 422
    with pytest.raises(config.BadText):
        config.diff(bomb)


def test_health_and_metrics(root, db):
    page = root.get("/admin/health").content.decode()
    assert "Last backup" in page and "Free disk" in page
    assert Client().get("/livez").content == b"alive\n" and Client().get("/readyz").content == b"ready\n"
    text = Client().get("/metrics").content.decode()
    assert re.search(r'^praxis_jobs\{state="dead"\} \d+$', text, re.MULTILINE) and "praxis_job_wait_seconds" in text
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 404
    assert Person.objects.count() and Session.objects.count() >= 0
