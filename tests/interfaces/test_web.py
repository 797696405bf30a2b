"""The web interface against bad input, forgery and lost sessions."""

import pytest
from django.test import Client

from praxis.kernel.models import Event
from praxis.people import signin
from praxis.people.models import Attempt, OneTimeLink, Person, Session, Token
from praxis.records import write

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_a_get_never_performs_a_move_or_verb(company, make):
    record, client = make(), company.client("agent")
    for url in ("move/start", "do/take", "do/follow_matrix", "move/cancel"):
        client.get(f"/r/{record.number}/{url}")
    assert type(record).objects.get(pk=record.pk).version == 1
    assert client.get("/sign-out").status_code == 405 and client.get("/take-next").status_code == 405


def test_t_c10_every_post_needs_a_token(company, make):
    record = make()
    client = company.client("agent", enforce_csrf_checks=True)
    for url in (f"/r/{record.number}/move/start", f"/r/{record.number}/do/reply", f"/r/{record.number}/field/owner", "/k/incident/bulk", "/k/incident/new",
                "/incidents/new", "/sign-out", "/account", f"/my/{record.number}/reply", "/my/new", "/take-next", "/k/incident/views", "/sign-in"):
        assert client.post(url, {"text": "x"}).status_code == 403, url
    assert client.post(f"/r/{record.number}/move/start", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert type(record).objects.get(pk=record.pk).version == 1


def test_anonymous_and_unknown_are_answered_not_failed(company, make):
    record = make()
    assert Client().get(f"/r/{record.number}").status_code == 302
    answer = Client().get(f"/r/{record.number}", headers={"HX-Request": "true"})
    assert answer.status_code == 401 and answer["HX-Redirect"] == "/sign-in"
    client = company.client("agent")
    for url, status in (("/r/INC-99999999", 404), ("/r/NOPE-1", 404), ("/r/x", 404), (f"/r/{record.number}/move/fly", 404), (f"/r/{record.number}/do/fly", 404),
                        (f"/r/{record.number}/field/fly", 404), (f"/r/{record.number}/panel/fly", 404), ("/k/fly", 404), ("/k/incident/filter/fly", 404),
                        ("/k/incident?team.is=abc", 400), ("/k/incident?nope.is=1", 400), ("/k/incident?state.is=flying", 400), ("/k/incident?page=99999999", 200),
                        ("/k/incident?updated.within=long", 400), ("/k/incident?sort=password", 200), ("/k/incident?team.is=" + "9" * 30, 400), ("/files/99999999999", 404)):
        assert client.get(url).status_code == status, url


def test_t_e1_filters_sorts_and_search_take_metacharacters(company, make):
    make(title="plain")
    client = company.client("agent")
    for text in ("'", '"', "';--", "1 OR 1=1", "%", "_", "\\", "a AND", "NEAR(", "*", "^", "(", "{title}:x", "\x00", "é" * 300, "-- x", "NOT", "title:", "🎉"):
        for url in ("/search", "/k/incident"):
            assert client.get(url, {"q": text, "title.contains": text or "x", "sort": text, "view": text, "page": text}).status_code in (200, 400), text
        assert client.get("/k/incident", {"owner.is": text}).status_code in (200, 400)


def test_t_c3_everything_typed_is_escaped_everywhere(company, make):
    person = company.person("evil@acme.example", "requester", name=EVIL[:100])
    record = make(title=EVIL, description=EVIL, requester=person.pk, tags=[EVIL])
    write.act(record, company.actor("agent"), "reply", text=EVIL)
    client = company.client("agent")
    for url in ("/", "/k/incident?all=1", f"/r/{record.number}", f"/r/{record.number}?as=preview", "/search?q=script", f"/r/{record.number}/panel/conversation.history",
                f"/k/incident?title.contains={EVIL}", f"/search?q={EVIL}", f"/incidents/new?caller={EVIL[:60]}", "/k/incident/filter/requester"):
        text = client.get(url).content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text, url


@pytest.mark.parametrize("target", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "&#106;avascript:alert(1)", "vbscript:x"])
def test_t_c4_markdown_links_are_only_http_and_mail(target, company, make):
    record = make(description=f"[click]({target}) <a href='{target}'>x</a>")
    page = company.client("agent").get(f"/r/{record.number}").content.decode()
    thread = page[page.index('class="thread"'):]
    assert f'href="{target}' not in thread.lower() and 'href="javascript' not in thread.lower() and 'href="data' not in thread.lower()


@pytest.mark.parametrize("there", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example", "/%09/evil.example", ""])
def test_t_c9_no_open_redirect(there, company):
    answer = Client().post("/sign-in", {"email": "agent@acme.example", "password": "a long password", "next": there})
    assert answer.status_code == 302 and answer["Location"].startswith("/") and not answer["Location"].startswith(("//", "/\\"))
    assert "evil" not in Client().get("/nowhere-evil.example").content.decode()


def test_headers_on_every_answer(company):
    for url in ("/sign-in", "/", "/nowhere", "/api/v1/incident"):
        answer = company.client("agent").get(url)
        assert "script-src 'self'" in answer["Content-Security-Policy"] and "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin" and answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]


def test_no_page_has_inline_script_or_style(company, make):
    record, client = make(), company.client("agent")
    for url in ("/", "/k/incident", f"/r/{record.number}", "/account", "/incidents/new", "/search"):
        text = client.get(url).content.decode()
        assert " style=" not in text and "<style" not in text and " onclick" not in text and "hx-on" not in text and "javascript:" not in text
        assert all("src=" in part for part in text.split("<script")[1:])


def test_sign_in_and_out(company):
    client = Client()
    assert client.post("/sign-in", {"email": "AGENT@acme.example", "password": "a long password"}).status_code == 302
    assert client.get("/").status_code == 200
    session = Session.objects.get()
    assert session.person_id == company.people["agent"].pk
    client.post("/sign-out")
    assert client.get("/").status_code == 302 and not Session.objects.exists()


def test_t_f7_unknown_people_cost_the_same_work(company, monkeypatch):
    calls = []
    monkeypatch.setattr(signin, "check_password", lambda *a: calls.append(a) or False)
    assert Client().post("/sign-in", {"email": "nobody@acme.example", "password": "x"}).status_code == 422
    assert len(calls) == 1


def test_failed_tries_are_limited_for_account_and_address(company):
    client = Client()
    for _n in range(8):
        assert client.post("/sign-in", {"email": "agent@acme.example", "password": "wrong"}).status_code == 422
    assert client.post("/sign-in", {"email": "agent@acme.example", "password": "a long password"}).status_code == 429
    assert "agent@acme" not in str(list(Attempt.objects.values_list("key")))


def test_t_f6_old_cookies_die(company):
    """Fixation, password change, disabling, sign out everywhere."""
    person, client, second = company.people["agent"], Client(), Client()
    client.get("/sign-in")
    before = client.session.session_key
    client.post("/sign-in", {"email": person.email, "password": "a long password"})
    assert client.session.session_key != before
    second.post("/sign-in", {"email": person.email, "password": "a long password"})
    client.post("/account", {"what": "password", "password": "another long passphrase"})
    assert client.get("/").status_code == 200 and second.get("/").status_code == 302
    second.post("/sign-in", {"email": person.email, "password": "another long passphrase"})
    client.post("/sign-out-everywhere")
    assert second.get("/").status_code == 302
    second.post("/sign-in", {"email": person.email, "password": "another long passphrase"})
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert second.get("/").status_code == 302


def test_one_of_my_sessions_can_be_ended(company):
    client, second = company.client("agent"), company.client("agent")
    key = second.session.session_key
    Session.objects.filter(session_key=key).update(person=company.people["agent"])
    assert client.post(f"/account/sessions/{key[:12]}/end").status_code == 302
    assert second.get("/").status_code == 302
    assert company.client("requester").post(f"/account/sessions/{client.session.session_key[:12]}/end").status_code == 404


def test_ad12_one_time_links_work_once_for_a_while_and_are_hashed(company):
    secret = signin.make_link(company.people["administrator"])
    assert not OneTimeLink.objects.filter(hash=secret).exists()
    client = Client()
    assert client.get(f"/in/{secret}").status_code == 200 and client.get("/").status_code == 302  # a GET uses nothing up
    assert client.post(f"/in/{secret}").status_code == 302 and client.get("/").status_code == 200
    assert Client().post(f"/in/{secret}").status_code == 410
    old = signin.make_link(company.people["agent"])
    OneTimeLink.objects.filter(used_at=None).update(expires_at="2020-01-01T00:00:00Z")
    assert Client().post(f"/in/{old}").status_code == 410
    assert Client().post("/in/").status_code in (404, 405) and Client().post("/in/wrong").status_code == 410


def test_no_default_password_exists(company):
    assert not Person.objects.filter(email__in=["admin@localhost", "admin"]).exists()


def test_t_f10_tokens_are_hashed_scoped_expiring_and_shown_once(company, make):
    client = company.client("agent")
    page = client.post("/account", {"what": "token", "name": "script", "scopes": "incident.see"}).content.decode()
    secret = page[page.index("px_"):].split("<")[0].strip()
    row = Token.objects.get()
    assert secret not in (row.hash, row.hint) and secret not in client.get("/account").content.decode()
    record, head = make(), {"Authorization": f"Bearer {secret}"}
    assert Client().get(f"/api/v1/incident/{record.number}", headers=head).status_code == 200
    assert Client().post(f"/api/v1/incident/{record.number}/actions/take", "{}", content_type="application/json", headers=head).status_code == 403
    Token.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert Client().get(f"/api/v1/incident/{record.number}", headers=head).status_code == 401
    Token.objects.update(expires_at="2090-01-01T00:00:00Z")
    client.post("/account", {"what": "revoke", "id": row.pk})
    assert Client().get(f"/api/v1/incident/{record.number}", headers=head).status_code == 401


def test_t_h3_a_double_click_happens_once(company, make):
    record, client = make(), company.client("agent")
    for _n in range(3):
        assert client.post(f"/r/{record.number}/do/reply", {"text": "once only", "once": "k"}).status_code == 303
    assert record.entries.count() == 1
    requester = company.client("requester")
    for _n in range(2):
        requester.post("/my/new", {"title": "Once", "impact": 3, "urgency": 2, "once": "r"})
        requester.post(f"/my/{record.number}/reply", {"text": "mine", "once": "q"})
    assert type(record).objects.filter(title="Once").count() == 1 and record.entries.count() == 2


def test_an_edit_answers_with_everything_that_changed(company, make):
    """A second property that follows from the edited one does not stay old on the page."""
    record, client = make(impact=3, urgency=3), company.client("agent")
    answer = client.post(f"/r/{record.number}/field/impact", {"value": "1", "version": 1}, headers={"HX-Request": "true"}).content.decode()
    assert "#f-priority_words" in answer and "3, Moderate" in answer and "#p-conversation-thread" in answer and "#p-clocks-time" in answer


def test_a_conflict_shows_both_values_and_keeps_what_was_typed(company, make):
    record, client = make(), company.client("agent")
    write.change(type(record).objects.get(pk=record.pk), company.actor("team_lead"), title="Theirs")
    answer = client.post(f"/r/{record.number}/field/title", {"value": "Mine", "version": 1}) if False else client.post(
        f"/r/{record.number}/field/impact", {"value": "1", "version": 1}, headers={"HX-Request": "true"})
    assert answer.status_code == 200  # another field merges
    write.change(type(record).objects.get(pk=record.pk), company.actor("team_lead"), urgency=1)
    answer = client.post(f"/r/{record.number}/field/urgency", {"value": "3", "version": 1}, headers={"HX-Request": "true"})
    assert answer.status_code == 409 and "Team Lead changed Urgency" in answer.content.decode() and 'value="3"' in answer.content.decode()


def test_a_changed_date_is_logged_and_merges(company, make):
    record, client = make(), company.client("agent")
    assert client.post(f"/r/{record.number}/move/hold", {"hold_reason": "scheduled", "hold_until": "2030-01-02T09:00"}).status_code == 303
    event = Event.objects.latest("id")
    assert event.changes["hold_until"][1].startswith("2030-01-02T08:00") or event.changes["hold_until"][1].startswith("2030-01-02T09:00")


def test_resolve_asks_for_code_and_solution(company, make):
    record, client = make(), company.client("agent")
    answer = client.post(f"/r/{record.number}/move/resolve", {"close_code": "", "solution": ""}, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and answer.content.decode().count("class=\"err\"") >= 2
    assert client.post(f"/r/{record.number}/move/resolve", {"close_code": "solved", "solution": "Done", "cause": "", "closing_category": ""}).status_code == 303


def test_saved_views_are_kept_and_private(company, make):
    make(title="Mine")
    client = company.client("agent")
    assert client.post("/k/incident/views?priority.is=1", {"label": "Urgent"}).status_code == 303
    assert "Urgent" in client.get("/k/incident").content.decode()
    assert "Urgent" not in company.client("team_lead").get("/k/incident").content.decode()
    assert client.post("/k/incident/views?priority.is=1", {"label": "All", "shared": "on"}).status_code == 403


def test_bulk_assigns_and_names_what_was_refused(company, make):
    records, client = make(count=3), company.client("agent")
    numbers = [r.number for r in records]
    write.act(records[0], company.actor("team_lead"), "take")
    answer = client.post("/k/incident/bulk", {"pick": numbers, "do": "take"})
    assert answer.status_code == 409 and "2 done, 1 not" in answer.content.decode()
    page = client.post("/k/incident/bulk", {"pick": numbers, "do": "reassign"})
    assert page.status_code == 200 and "Reason" in page.content.decode()
    answer = client.post("/k/incident/bulk", {"pick": numbers, "do": "reassign", "go": "1", "team": company.network.pk, "why": "Network fault", "owner": ""})
    assert answer.status_code == 303
    assert set(type(records[0]).objects.values_list("team", flat=True)) == {company.network.pk}


def test_bulk_offers_what_may_be_done_and_gathers_children(company, make):
    parent, *rows = make(count=4)
    client = company.client("team_lead")
    shown = client.get("/k/incident?all=1").content.decode()
    assert all(f'name="do" value="{verb}"' in shown for verb in ("take", "reassign", "make_child", "merge", "has_problem"))
    assert 'name="do"' not in company.client("auditor").get("/k/incident?all=1").content.decode()
    answer = client.post("/k/incident/bulk", {"pick": [r.number for r in (*rows, parent)], "do": "make_child", "go": "1", "parent": parent.number})
    assert answer.status_code == 409 and "3 done, 1 not" in answer.content.decode(), "it does not stand above itself"
    assert {x.source_id for x in parent.links_in.filter(type="child_of")} == {r.pk for r in rows}


def test_the_one_line_form_saves_and_resolves(company):
    client, caller = company.client("agent"), company.people["requester"]
    assert "Requester" in client.get("/incidents/new?caller=requ").content.decode()
    body = {"person": caller.pk, "title": "Cannot print", "impact": 3, "urgency": 2, "channel": "phone", "once": "a", "team": company.desk.pk}
    answer = client.post("/incidents/new", body | {"solve": "1", "solution": "Restarted the spooler"})
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    assert "Resolved" in page and "Cannot print" in page
    assert client.post("/incidents/new", {"title": "Who?", "impact": 3, "urgency": 2, "channel": "phone"}).status_code == 422


def test_my_work_groups_by_what_is_due(company, make):
    record = make(impact=1, urgency=1)
    write.act(record, company.actor("agent"), "take")
    page = company.client("agent").get("/").content.decode()
    assert record.number in page and "Team load" in page
    assert company.client("agent").post("/take-next").status_code == 200
    make()
    assert company.client("agent").post("/take-next").status_code == 303


def test_t_e4_an_export_runs_nothing_and_keeps_numbers(company, make):
    for title in ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "plain, with comma"):
        make(title=title.strip("\t") if title.startswith("\t") else title)
    answer = company.client("agent").get("/k/incident/export.csv?all=1")
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Type"].startswith("text/csv") and "'=1+1" in text and "'@SUM(A1)" in text and "'-1" in text and '"plain, with comma"' in text
    assert ",0," in text  # a number stays one
    from praxis.screens.exports import cell

    assert cell(-5) == -5 and cell("\tx") == "'\tx" and cell("-5") == "'-5"


def test_an_export_holds_what_the_list_shows_and_no_more(company, other, make):
    make(count=3, title="mine")
    make(organisation=other.organisation.pk, requester=other.people["requester"].pk, team=other.desk.pk, title="theirs")
    text = b"".join(company.client("agent").get("/k/incident/export.csv?all=1").streaming_content).decode()
    assert text.count("mine") == 3 and "theirs" not in text
    assert company.client("agent").get("/k/incident/export.csv?team.is=x").status_code == 400


def test_behind_tls_browsers_are_told_to_stay_with_it(company, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert "max-age=31536000" in Client().get("/sign-in", secure=True)["Strict-Transport-Security"]
