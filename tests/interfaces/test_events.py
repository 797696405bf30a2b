"""Monitoring reports: shapes, one row a trouble, one incident a group, quiet while work is agreed, flapping, over (EVT-01 to EVT-03, IM8)."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from praxis.abilities.alerts import store
from praxis.abilities.alerts.models import Alert
from praxis.interfaces.rest import events
from praxis.kernel.actors import system
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib import signals
from praxis.people.signin import make_token
from praxis.practices.incident.models import Incident
from praxis.practices.monitoring import jobs, weigh
from praxis.practices.monitoring.models import EventRule
from praxis.records import write
from praxis.records.models import Link
from tests.practices.planning import fresh, item

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def unknown_tokens():
    events.forget()


@pytest.fixture
def report(company):
    """report(shape, body) posts as monitoring does; decisions are made unless `weigh` is False."""
    secret = make_token(company.people["administrator"], "monitoring")[1]

    def report(shape, body, weigh=True, token=secret, raw=None):
        answer = Client().post(f"/api/events/{shape}", raw if raw is not None else json.dumps(body), content_type="application/json", headers={"Authorization": f"Bearer {token}"} if token else {})
        if weigh:
            Worker().run(until_empty=True)
        return answer

    return report


def own(key="disk", title="Disk full", severity="critical", state="firing", **more):
    return {"events": [{"key": key, "title": title, "severity": severity, "state": state, **more}]}


def am(*alerts):
    return {"version": "4", "alerts": [{"status": s, "labels": {"alertname": n, "severity": "critical", "instance": f"{h}:9100"}, "annotations": {"summary": f"{n} on {h}"},
                                        "startsAt": "2026-11-24T08:00:00Z", "endsAt": "2026-11-24T08:30:00Z" if s == "resolved" else "0001-01-01T00:00:00Z", "fingerprint": f"{n}{h}"} for n, h, s in alerts]}


def everywhere():
    """What runs every minute, and the jobs that come of it."""
    jobs.look_everywhere.func()
    Worker().run(until_empty=True)


# -- shapes


def test_evt01_five_shapes_say_the_same():
    cases = {
        "praxis": own("k", "Disk full", "critical", host="db-1", service="wms", text="95 %"),
        "alertmanager": {"alerts": [{"status": "firing", "labels": {"alertname": "Disk", "severity": "critical", "instance": "db-1:9100", "service": "wms"}, "annotations": {"summary": "Disk full", "description": "95 %"}}]},
        "grafana": {"alerts": [{"status": "firing", "labels": {"alertname": "Disk", "severity": "critical", "host": "db-1", "service": "wms"}, "annotations": {"summary": "Disk full", "description": "95 %"}, "fingerprint": "f"}]},
        "zabbix": {"EventId": "77", "TriggerId": "9", "Host": "db-1", "Name": "Disk full", "Severity": "Disaster", "Status": "PROBLEM", "service": "wms", "message": "95 %"},
    }
    for shape, body in cases.items():
        (one,) = signals.read(shape, body, NOW)
        assert (one.title, one.severity, one.firing, one.host, one.service, one.text) == ("Disk full", "critical", True, "db-1", "wms", "95 %"), shape
    (one,) = signals.read("nagios", {"host": "db-1", "service": "disk", "state": "CRITICAL", "output": "95 %", "type": "PROBLEM"}, NOW)
    assert (one.title, one.severity, one.host, one.firing) == ("db-1: disk CRITICAL", "critical", "db-1", True)
    assert signals.read("icinga", {"host": "db-1", "state": "UP"}, NOW)[0].firing is False
    assert signals.read("zabbix", {"eventid": 1, "name": "x", "status": "OK"}, NOW)[0].firing is False


def test_the_same_trouble_has_the_same_key_whatever_else_changed():
    first, second = (signals.read("alertmanager", {"alerts": [{"status": s, "labels": {"a": "1", "b": "2"}, "annotations": {"summary": n}}]}, NOW)[0] for s, n in (("firing", "x"), ("resolved", "y")))
    assert first.key == second.key and first.firing and not second.firing


BAD = [None, 1, "x", [], {}, {"alerts": "x"}, {"alerts": [1]}, {"events": [{}]}, {"events": [{"key": "k"}]}, {"events": [{"key": "k", "title": "t", "state": "maybe"}]}, {"alerts": [{}] * 1001}]


@pytest.mark.parametrize("shape", signals.SHAPES)
def test_what_is_no_message_is_refused_with_what_is_expected(shape):
    for body in BAD:
        try:
            found = signals.read(shape, body, NOW)
        except signals.BadSignals as problem:
            assert len(str(problem)) > 10
        else:
            assert all(isinstance(s, signals.Signal) for s in found)


def test_texts_are_bounded_and_times_are_times():
    (one,) = signals.read("praxis", own("k" * 5000, "t" * 5000 + "\x00", "made up", text="x" * 9000, at="9999999", labels={f"l{n}": "v" * 999 for n in range(99)}), NOW)
    assert (len(one.key), len(one.title), one.severity, len(one.text), len(one.labels), one.at) == (40, 200, "major", 2000, 40, NOW)
    assert signals.read("praxis", own(at="2150-01-01T00:00:00Z"), NOW)[0].at == NOW


# -- the door


def test_tokens_and_messages_at_the_door(company, other, report):
    assert report("praxis", own(), token="").status_code == 401 and report("praxis", own(), token="px_nonsense").status_code == 401
    assert report("praxis", own(), token=make_token(company.people["agent"], "t")[1]).status_code == 403
    assert report("nobody", own()).status_code == 404
    for raw in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"events": [{"key": "k"}]}'):
        assert report("praxis", None, raw=raw).status_code == 400
    assert not Alert.objects.exists()
    assert report("praxis", own()).json()["new"] == 1 and Alert.objects.get().organisation == company.organisation


def test_t_xss_every_text_is_inert(company, report):
    report("praxis", own(title="<script>alert(1)</script>", host="<img src=x>", text="<b>"))
    page = company.client("agent").get("/alerts").content.decode() + company.client("agent").get(f"/r/{Incident.objects.get().number}").content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page


def test_alerts_of_others_are_not_shown(company, other, report):
    report("praxis", own(title="Acme disk"))
    assert "Acme disk" in company.client("agent").get("/alerts").content.decode() and "Acme disk" not in other.client("agent").get("/alerts").content.decode()
    assert other.client("agent").post("/alerts", {"alert": Alert.objects.get().pk}).status_code == 404


# -- one row a trouble, one incident a group


def test_im8_ten_thousand_of_one_key_make_one_incident_with_a_counter(company, report):
    report("praxis", own())
    secret = make_token(company.people["administrator"], "m")[1]
    client, head = Client(), {"Authorization": f"Bearer {secret}"}
    client.post("/api/events/praxis", json.dumps(own()), content_type="application/json", headers=head)
    with CaptureQueriesContext(connection) as seen:
        client.post("/api/events/praxis", json.dumps(own()), content_type="application/json", headers=head)
    statements = [q["sql"] for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(statements) == 2, statements
    for _n in range(20):
        report("praxis", {"events": own()["events"] * 500}, weigh=False)
    Worker().run(until_empty=True)
    one = Alert.objects.get()
    assert one.count == 10_003 and Incident.objects.count() == 1 and one.outcome == f"{Incident.objects.get().number} opened"
    assert "10003" in company.client("agent").get(f"/r/{Incident.objects.get().number}").content.decode().replace(" ", "").replace(",", "")


def test_im8_different_keys_of_one_group_of_items_are_one_incident(make, company, report):
    by = system("M", company.organisation.pk)
    service = make("service", title="Warehouse")
    write.change(service, by, event="service.moved", state="live")
    base, above, far = item(make, "wlc-1"), item(make, "ap-1"), item(make, "erp-9")
    for a, b in ((above, base), (service, above)):
        write.link(a, b, "depends-on", by)
    report("alertmanager", am(("Down", "wlc-1", "firing"), ("Unreachable", "ap-1", "firing"), ("Slow", "erp-9", "firing")))
    first = Alert.objects.get(host="wlc-1").incident_id
    assert Alert.objects.get(host="ap-1").incident_id == first and Alert.objects.get(host="erp-9").incident_id != first and Incident.objects.count() == 2
    made = Incident.objects.get(pk=first)
    assert (made.item_id, made.service_id, made.channel, made.title, made.priority) == (base.pk, service.pk, "monitoring", "Down on wlc-1", 2)
    assert far.pk == Incident.objects.exclude(pk=first).get().item_id


def test_evt03_it_is_over_when_all_are_over(make, company, report):
    item(make, "wlc-1")
    report("alertmanager", am(("A", "wlc-1", "firing"), ("B", "wlc-1", "firing")))
    (one,) = Incident.objects.all()
    report("alertmanager", am(("A", "wlc-1", "resolved")))
    assert fresh(one).state == "new"
    report("alertmanager", am(("B", "wlc-1", "resolved")))
    assert (fresh(one).state, fresh(one).close_code) == ("resolved", "cleared")
    report("alertmanager", am(("B", "wlc-1", "firing")))
    assert fresh(one).state == "in_progress" and Incident.objects.count() == 1, "it came back: the same incident"


def test_what_somebody_took_is_told_and_not_solved(make, company, report, agent):
    report("praxis", own())
    write.act(Incident.objects.get(), agent, "take")
    report("praxis", own(state="resolved"))
    assert Incident.objects.get().state == "in_progress" and "hands" in Alert.objects.get().outcome
    by = system("M", company.organisation.pk)
    write.move(Incident.objects.get(), by, "resolve", close_code="solved", solution="x")
    write.move(Incident.objects.get(), by, "close")
    report("praxis", own())
    assert Incident.objects.count() == 2 and "follows up" in company.client("agent").get(f"/r/{Incident.objects.latest('pk').number}").content.decode()


def test_small_ones_are_kept_and_rules_decide(make, company, report):
    write.save(EventRule(), system(), label="Lab", position=1, match={"host": "lab-*"}, action="drop")
    write.save(EventRule(), system(), label="Network", position=2, match={"label.team": "net*", "severity": "warning"}, action="incident", severity="critical", team=company.network)
    report("praxis", own("a", severity="warning"))
    report("praxis", own("b", host="LAB-3"))
    report("praxis", own("c", severity="warning", labels={"team": "network"}))
    assert [(a.state, a.outcome.split(":")[0][:20]) for a in Alert.objects.order_by("pk")][:2] == [("open", "kept"), ("suppressed", "suppressed by the ru")]
    made = Incident.objects.get()
    assert (made.team_id, made.impact, made.urgency) == (company.network.pk, 2, 1)


def test_evt02_agreed_work_keeps_it_quiet_and_its_end_does_not(make, company, report):
    by = system("M", company.organisation.pk)
    base, above = item(make, "wlc-1"), item(make, "ap-1")
    write.link(above, base, "depends-on", by)
    planned = make("outage", title="Upgrade", item=base.pk, sort="planned", began_at=now() - timedelta(minutes=5), ended_at=now() + timedelta(minutes=30))
    report("alertmanager", am(("Down", "wlc-1", "firing"), ("Down", "ap-1", "firing")))
    assert not Incident.objects.exists() and {a.state for a in Alert.objects.all()} == {"suppressed"} and planned.number in Alert.objects.first().outcome
    write.move(planned, by, "end")
    everywhere()
    assert Incident.objects.count() == 1 and {a.state for a in Alert.objects.all()} == {"open"}


def test_evt02_what_flaps_makes_one_incident_that_stays_open(report):
    for _n in range(8):
        report("praxis", own())
        report("praxis", own(state="resolved"))
    one = Incident.objects.get()
    assert store.flapping(Alert.objects.get()) and one.state in ("in_progress", "new") and "flaps" in Alert.objects.get().outcome
    assert one.reopened <= store.FLAPS


def test_an_unknown_end_is_nothing_and_a_restart_loses_nothing(report):
    assert report("praxis", own(state="resolved")).json() == {"new": 0, "repeated": 0, "over": 0, "again": 0, "unknown": 1}
    report("praxis", own(), weigh=False)  # the process ends before anything was decided, with its job
    assert not Incident.objects.exists()
    everywhere()
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_of_messages_ends_in_the_state_of_the_last(seed, company, report):
    dice = random.Random(seed)
    truth = {}
    for _n in range(60):
        key, state = f"k{dice.randrange(5)}", dice.choice(("firing", "firing", "resolved"))
        report("praxis", own(key, state=state, host=key), weigh=dice.random() < 0.3)
        if state == "firing" or key in truth:
            truth[key] = state
    everywhere()
    assert {a.host: "resolved" if a.state == "resolved" else "firing" for a in Alert.objects.all()} == truth
    assert all(a.weighed and a.outcome for a in Alert.objects.all())
    assert Incident.objects.open().count() <= 5 and Alert.objects.filter(incident__isnull=True).count() == 0


def test_acknowledging_says_who(company, report):
    report("praxis", own(severity="info"))
    client = company.client("agent")
    assert client.post("/alerts", {"alert": Alert.objects.get().pk}).status_code == 303
    assert (Alert.objects.get().state, Alert.objects.get().outcome) == ("acknowledged", "acknowledged by Agent")


def test_one_alert_that_makes_nothing_holds_up_no_other(make, company, other, report, monkeypatch):
    real = weigh._make
    monkeypatch.setattr(weigh, "_make", lambda alert, *rest: write.open_record(registry["incident"], system("M", company.organisation.pk), title="") if alert.title == "Bad" else real(alert, *rest))
    report("praxis", {"events": [*own("a", "Bad")["events"], *own("b", "Good")["events"]]})
    assert Incident.objects.get().title == "Good" and "no incident could be made" in Alert.objects.get(title="Bad").outcome
    assert report("praxis", own(title="  ")).status_code == 400


def test_the_service_of_another_organisation_is_not_hit(make, company, other, report):
    by = system("M", None)
    base = item(make, "shared-1")
    theirs = write.open_record(registry["service"], other.actor("administrator"), title="Theirs", organisation=other.organisation)
    Link.objects.create(source=theirs.record_ptr, target=base.record_ptr, type="depends-on")
    type(theirs).objects.filter(pk=theirs.pk).update(phase="standing")
    report("praxis", own(host="shared-1"))
    assert by and Incident.objects.get().service_id is None and Incident.objects.get().item_id == base.pk


def test_what_is_told_while_it_is_weighed_is_not_lost(company, report):
    report("praxis", own(), weigh=False)
    rows = store.unweighed(company.organisation.pk)
    report("praxis", own(state="resolved"), weigh=False)
    store.decided(rows[0], "opened", state="open")
    alert = Alert.objects.get()
    assert (alert.state, alert.weighed) == ("resolved", False)
    everywhere()
    assert Alert.objects.get().weighed


def test_an_acknowledged_alert_still_makes_its_incident(company, report):
    report("praxis", own(), weigh=False)
    company.client("agent").post("/alerts", {"alert": Alert.objects.get().pk})
    everywhere()
    assert Incident.objects.count() == 1 and Alert.objects.get().state == "acknowledged"
