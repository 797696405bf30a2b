"""Abuse tests of signing in: paths, limits, forged links."""

from datetime import timedelta

import pytest
from django.test import Client
from django.test.utils import override_settings

from praxis.kernel.now import now
from praxis.people import signin
from praxis.people.models import Attempt, OneTimeLink, Session, Token
from praxis.records import write

pytestmark = pytest.mark.django_db
MARK = "xyzzymarker"
WRONG = {"password": "wrong"}


@pytest.fixture
def whole(tmp_path):
    """A client before the middleware as it is in life, with the server of static files, a secret and an attached file beside its folder."""
    static = tmp_path / "static"
    (static / "css").mkdir(parents=True)
    (static / "css" / "a.css").write_text("a{}")
    (tmp_path / "secret.key").write_text(MARK)
    (tmp_path / "files" / "ab").mkdir(parents=True)
    (tmp_path / "files" / "ab" / "cd").write_text(MARK)
    from django.conf import settings

    chain = [m for m in settings.MIDDLEWARE if "whitenoise" not in m]
    chain.insert(2, "whitenoise.middleware.WhiteNoiseMiddleware")
    with override_settings(MIDDLEWARE=chain, STATIC_ROOT=str(static), PRAXIS_HOME=tmp_path):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize("trick", ["/livez/..{0}", "/livez/%2e%2e{0}", "/livez;{0}", "{0};x=1", "{0};/livez", "/{0}", "/.{0}", "/%2e{0}", "/static/..{0}", "/static/%2e%2e{0}", "/static/..%2f{0}", "/sign-in{0}", "{0}/../livez",
                                   "{0}%00", "{0}%0a", "{0}/", "{0}/.", "{0}%20", "{0}?/livez", "{0}#/livez", "/static/css/..%5c..{0}", "/%2561dmin"])
def test_t_f5_no_trick_of_paths_skips_the_sign_in(trick, whole, company, make):
    """T-F5: dots, semicolons, double slashes and encodings lead to the sign-in or to nothing, never to a page, a record or a file."""
    record = make(title=MARK)
    for path in ("/admin", f"/r/{record.number}", "/jobs", "/api/v1/incident", "/k/incident/export.csv", "/secret.key", "/files/ab/cd"):
        answer = whole.get(trick.format(path))
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="replace")
        assert answer.status_code in (302, 400, 401, 404, 405) and MARK not in text, (path, answer.status_code)
        assert answer.status_code != 302 or answer["Location"].startswith("/sign-in"), answer["Location"]


def test_t_f5_headers_name_no_other_path(company, make):
    """T-F5: headers by which some proxies rewrite address, method or user change nothing."""
    make(title=MARK)
    for head in ({"X-Original-URL": "/livez"}, {"X-Rewrite-URL": "/livez"}, {"X-Forwarded-Prefix": "/livez"}, {"X-HTTP-Method-Override": "HEAD"}, {"X-Forwarded-User": "agent@acme.example"},
                 {"Remote-User": "agent@acme.example"}, {"X-Praxis-Person": "1"}):
        assert Client().get("/k/incident", headers=head).status_code == 302 and Client().get("/api/v1/incident", headers=head).status_code == 401, head
    assert Client().get("/k/incident", REMOTE_USER="agent@acme.example").status_code == 302


def test_t_f5_static_files_are_served_all_the_same(whole):
    """The server of static files is in the chain that the tricks were tried on."""
    assert b"".join(whole.get("/static/css/a.css").streaming_content) == b"a{}"


# -- T-F8


def tries(email, times, **more):
    return [Client(raise_request_exception=False).post("/sign-in", {"email": email(n) if callable(email) else email} | WRONG, **more).status_code for n in range(times)]


@pytest.mark.parametrize("email", ["agent@acme.example", lambda n: ["agent@acme.example", "AGENT@acme.example", "Agent@Acme.Example"][n % 3], lambda n: "agent@acme.example" + " " * n,
                                   lambda n: " " * n + "agent@acme.example\t", lambda n: f"agent@acme.example\x00{n}", lambda n: f"agent@acme.example\x00{n}\n"])
def test_t_f8_an_account_has_eight_tries_however_it_is_written(email, company):
    """T-F8: case, spaces and control characters give no further tries and no way round, from whatever address."""
    told = [Client(raise_request_exception=False).post("/sign-in", {"email": email(n) if callable(email) else email} | WRONG, REMOTE_ADDR=f"203.0.113.{n}").status_code for n in range(10)]
    assert told == [422] * 8 + [429] * 2 or set(told) == {400}
    last = Client(raise_request_exception=False).post("/sign-in", {"email": email(77) if callable(email) else email, "password": "a long password"})
    assert last.status_code in (400, 429) and not Session.objects.filter(person__isnull=False).exists()


def test_t_f8_an_address_has_twenty_tries_whatever_it_claims(company):
    """T-F8: X-Forwarded-For from anybody but a configured proxy is not believed, and is not the way to a limit of one's own."""
    told = [Client().post("/sign-in", {"email": f"n{n}@acme.example"} | WRONG, REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(22)]
    assert told == [422] * 20 + [429] * 2
    assert tries("agent@acme.example", 1, REMOTE_ADDR="203.0.113.10", headers={"X-Forwarded-For": "203.0.113.9"}) == [422]
    assert Attempt.objects.exclude(key__regex="^[0-9a-f]{64}$").count() == 0


def test_t_f8_behind_the_proxy_each_client_counts_for_itself(company, settings):
    """T-F8: of a configured proxy's header only what the proxy itself added counts; what the client put before it is ignored."""
    settings.PROXIES = ["192.0.2.1"]
    told = [Client().post("/sign-in", {"email": f"n{n}@acme.example"} | WRONG, REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9"}).status_code for n in range(22)]
    assert told == [422] * 20 + [429] * 2
    assert tries("n99@acme.example", 1, REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "203.0.113.9, 203.0.113.77"}) == [422]
    Client().post("/sign-in", {"email": "agent@acme.example", "password": "a long password"}, REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "evil, 203.0.113.55"})
    assert Session.objects.get(person__isnull=False).address == "203.0.113.55"


def test_t_f8_the_limit_ends_and_a_success_forgets(company):
    """T-F8: after ten minutes, or with the right password before the limit, one starts anew."""
    assert tries("agent@acme.example", 9)[-1] == 429
    Attempt.objects.update(at=now() - timedelta(minutes=11))
    assert tries("agent@acme.example", 7) == [422] * 7
    assert Client().post("/sign-in", {"email": "agent@acme.example", "password": "a long password"}).status_code == 302
    assert tries("agent@acme.example", 8) == [422] * 8


# -- T-F9


def test_t_f9_ways_in_cannot_be_made_from_ids(company):
    """T-F9: neither an id, nor a stored hash, nor a part, nor another's secret signs anybody in, as link, token or session."""
    person = company.people["agent"]
    secret, (row, key) = signin.make_link(person), signin.make_token(person, "t")
    link, own = OneTimeLink.objects.get(), company.client("agent").session.session_key
    for forged in (str(link.pk), str(person.pk), link.hash, secret[:-1], secret + "a", secret.swapcase(), key, f"{person.pk}-{link.pk}", "None", "0", "%20", "x" * 2000):
        assert Client(raise_request_exception=False).post(f"/in/{forged}").status_code in (404, 410), forged
        assert Client(raise_request_exception=False).get(f"/in/{forged}").status_code in (404, 410), forged
    for forged in (str(row.pk), str(person.pk), row.hash, row.hint, key[:-1], key + "a", secret, own, key.upper(), f"px_{row.pk}", "px_"):
        assert Client().get("/api/v1/incident", headers={"Authorization": f"Bearer {forged}"}).status_code == 401, forged
    for forged in (str(person.pk), row.hash, key, own[:-1], own.upper()):
        client = Client()
        client.cookies["sessionid"] = forged
        assert client.get("/").status_code == 302, forged
    assert len(secret) >= 40 and len(key) >= 40 and OneTimeLink.objects.get().used_at is None
    assert Client().post(f"/in/{secret}").status_code == 302, "the real one does"


def test_t_f9_a_newer_link_ends_the_older_and_none_outlives_its_hour(company):
    """T-F9: secrets are unlike each other, one a person is alive, for an hour."""
    person = company.people["agent"]
    made = [signin.make_link(person) for _n in range(3)]
    assert len(set(made)) == 3 and [Client().post(f"/in/{s}").status_code for s in made] == [410, 410, 302]
    late = signin.make_link(person)
    assert OneTimeLink.objects.get(used_at=None).expires_at <= now() + timedelta(hours=1)
    OneTimeLink.objects.filter(used_at=None).update(expires_at=now() - timedelta(seconds=1))
    assert Client().post(f"/in/{late}").status_code == 410
    assert Token.objects.count() == 0 and write.once("", company.actor("agent"), lambda: 1) == 1
