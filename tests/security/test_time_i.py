"""Fault tests of time: clock changes, zones, calendars that change or never open."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from praxis.abilities.announcements.models import Announcement
from praxis.abilities.announcements.read import current
from praxis.abilities.clocks import engine, policy
from praxis.abilities.clocks.models import Calendar as Hours
from praxis.abilities.clocks.models import Target
from praxis.kernel.actors import system
from praxis.kernel.jobs import timetable
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.models import Event, Job
from praxis.lib.businesstime import Calendar
from praxis.lib.clock import Segment, read, spans
from praxis.lib.clock import Target as Promise
from praxis.people.models import Person
from praxis.people.signin import make_token
from praxis.practices.incident import jobs
from praxis.practices.incident.models import Incident
from praxis.records import write

ALWAYS = dict.fromkeys(range(7), ((0, 1440),))
OFFICE = dict.fromkeys(range(7), ((540, 1020),))
CHANGES = [  # zone, the local day of a change in 2026, its length in hours
    ("Europe/London", "2026-03-29", 23), ("Europe/London", "2026-10-25", 25), ("America/New_York", "2026-03-08", 23), ("America/New_York", "2026-11-01", 25),
    ("Australia/Lord_Howe", "2026-04-05", 24.5), ("Australia/Lord_Howe", "2026-10-04", 23.5), ("Africa/Casablanca", "2026-02-15", 25), ("Africa/Casablanca", "2026-03-22", 23),
    ("Asia/Kolkata", "2026-03-29", 24), ("Asia/Kolkata", "2026-10-25", 24)]


@pytest.fixture
def clock_at(settings):
    def at(moment):
        settings.PRAXIS_NOW = moment.astimezone(UTC).isoformat()

    return at


@pytest.fixture
def root(company):
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    return company.client("root", raise_request_exception=False)


def local(text, zone):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


# -- T-I1


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES)
def test_t_i1_a_day_of_the_change_counts_what_it_has(zone, day, hours):
    """T-I1: open all day it has its true length, in office hours its eight; elapsed, due, explanation and pause agree to the second."""
    start = local(f"{day}T00:00", zone)
    end = (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
    whole, office = Calendar(zone, ALWAYS), Calendar(zone, OFFICE)
    assert whole.elapsed(start, end) == timedelta(hours=hours) and office.elapsed(start, end) == timedelta(hours=8)
    assert whole.due(start, timedelta(hours=hours)) == end.astimezone(UTC) and office.due(start, timedelta(hours=8)) == local(f"{day}T17:00", zone).astimezone(UTC)
    segments, target = [Segment(start.astimezone(UTC), {"state": "new"})], Promise("resolve", timedelta(hours=hours), whole)
    assert read(segments, target, end.astimezone(UTC)).state == "running" and read(segments, target, end.astimezone(UTC) + timedelta(seconds=1)).state == "missed"
    assert sum((s.end - s.start for s in spans(segments, target, end.astimezone(UTC)) if s.counted), timedelta()) == timedelta(hours=hours)
    pause = [(start.astimezone(UTC) + timedelta(hours=1), start.astimezone(UTC) + timedelta(hours=4))]
    assert whole.elapsed(start, end, pause) == timedelta(hours=hours - 3)


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES)
def test_t_i1_an_incident_over_the_change_is_due_when_its_hours_are_over(zone, day, hours, company, make, clock_at):
    """T-I1: the same through the product: an incident of the day before, due after ten working hours of that zone."""
    write.save(company.organisation, system(), zone=zone)
    write.save(Hours(), system(), key="working", label="W", organisation=company.organisation, week={d: ["00:00-24:00"] for d in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
    write.save(Target.objects.get(set__key="standard", kind="incident", metric="resolve", priority=3), system(), length="30h")
    policy.forget()
    start = local(f"{day}T00:00", zone) - timedelta(hours=2)
    clock_at(start)
    record = make()
    found = next(r for r, _s in engine.explain(record) if r.target.metric == "resolve")
    assert found.due_at == start.astimezone(UTC) + timedelta(hours=30) and found.due_at.astimezone(ZoneInfo(zone)).hour + found.due_at.astimezone(ZoneInfo(zone)).minute / 60 == 4 + 24 - hours


# -- T-I2


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "days"), [("Europe/Berlin", ("2026-03-28", 2)), ("Europe/Berlin", ("2026-10-24", 2)), ("America/New_York", ("2026-03-07", 2)), ("America/New_York", ("2026-10-31", 2)),
                                            ("Australia/Lord_Howe", ("2026-04-04", 2)), ("UTC", ("2026-03-28", 2))])
def test_t_i2_a_periodic_job_runs_once_a_day_over_both_changes(zone, days, monkeypatch):
    """T-I2: jobs at 02:30 and 03:41, asked twice every half hour while the server itself keeps summer time, run once on each day."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        entry = timetable.entries["praxis.abilities.conversation.jobs.sweep_files"]
        monkeypatch.setitem(timetable.entries, "praxis.abilities.conversation.jobs.sweep_files", ("30 2 * * *", entry[1]))
        first, count = datetime.fromisoformat(days[0]).replace(tzinfo=UTC), days[1]
        with timezone.override(zone):
            for n in range(count * 48):
                timetable.enqueue_due(first + timedelta(minutes=30 * n))
                timetable.enqueue_due(first + timedelta(minutes=30 * n))
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    runs = list(Job.objects.filter(key__contains="sweep_files").values_list("key", flat=True))
    assert len(runs) == len(set(runs)) == count and all("T02:30:00+00:00" in k for k in runs)
    assert Job.objects.filter(key__contains="forget_tables").count() == count


@pytest.mark.django_db
def test_t_i2_what_waits_until_a_doubtful_hour_comes_back_once(company, make, clock_at):
    """T-I2: 02:30 does not exist in spring and exists twice in autumn: a hold until then is refused with a word or resumes exactly once."""
    client = company.client("agent")
    for day, before in (("2026-03-29", "2026-03-28T12:00"), ("2026-10-25", "2026-10-24T12:00")):
        clock_at(local(before, "Europe/Berlin"))
        record = make()
        answer = client.post(f"/r/{record.number}/move/hold", {"hold_reason": "scheduled", "hold_until": f"{day}T02:30"})
        assert answer.status_code == 303 or answer.status_code == 422 and "err" in answer.content.decode()
        if answer.status_code == 422:
            write.move(record, company.actor("agent"), "hold", hold_reason="scheduled", hold_until=datetime.fromisoformat(f"{day}T02:30"))
        for n in range(20):
            clock_at(local(f"{day}T00:00", "Europe/Berlin").astimezone(UTC) + timedelta(minutes=15 * n))
            jobs.resume_due.call()
        assert Event.objects.filter(subject=record.pk, name="incident.moved", data__move="resume").count() == 1


# -- T-I3


@pytest.mark.django_db
@pytest.mark.parametrize(("starts", "ends", "utc"), [("2026-03-28T22:00", "2026-03-29T06:00", "2026-03-29T04:00"), ("2026-10-24T22:00", "2026-10-25T06:00", "2026-10-25T05:00")])
def test_t_i3_a_window_over_the_change_ends_at_its_wall_time(starts, ends, utc, root, company, clock_at):
    """T-I3: an announcement of maintenance, the only window there is so far, is in force until six o'clock by the wall, whatever the night was long."""
    form = {"title": "Maintenance", "tone": "amber", "audience": "all", "organisation": company.organisation.pk, "starts_at": starts, "ends_at": ends}
    assert root.post("/admin/announcements/new", form).status_code == 303
    row, end = Announcement.objects.get(), datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert row.ends_at == end and f'value="{ends}"' in root.get(f"/admin/announcements/{row.pk}").content.decode()
    from django.core.cache import cache

    for moment, shown in ((end - timedelta(minutes=1), True), (end + timedelta(minutes=1), False)):
        clock_at(moment)
        cache.clear()
        assert bool(current(company.people["agent"], "desk")) is shown


# -- T-I4


@pytest.mark.django_db
@pytest.mark.parametrize("server", ["Pacific/Kiritimati", "America/St_Johns", "UTC"])
def test_t_i4_every_zone_shows_one_instant(server, company, make, clock_at, monkeypatch):
    """T-I4: server, database and three readers in different zones: one instant in the page's machine time, in REST, in the export, in the filter; the words are each reader's own."""
    monkeypatch.setenv("TZ", server)
    time.tzset()
    try:
        at, words = datetime(2026, 11, 24, 22, 42, tzinfo=UTC), {"Europe/Berlin": "23:42 CET", "Asia/Kolkata": "04:12 IST", "America/New_York": "17:42 EST"}
        clock_at(at)
        record = make()
        for zone, shown in words.items():
            Person.objects.filter(pk=company.people["agent"].pk).update(zone=zone)
            client, secret = company.client("agent"), make_token(company.people["agent"], zone)[1]
            page = client.get(f"/r/{record.number}").content.decode()
            assert {datetime.fromisoformat(t) for t in re.findall(r'<time[^>]* datetime="([^"]+)"', page)} == {at} and shown in page, zone
            row = Client().get(f"/api/v1/incident/{record.number}", headers={"Authorization": f"Bearer {secret}"}).json()
            assert datetime.fromisoformat(row["opened_at"]) == at
            export = b"".join(client.get("/k/incident/export.csv?all=1").streaming_content).decode()
            assert "2026-11-24T22:42:00+00:00" in export
            near = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            for minutes, found in ((-1, True), (1, False)):
                asked = (near + timedelta(minutes=minutes)).isoformat()
                assert (record.number in client.get("/k/incident", {"opened.after": asked}).content.decode()) is found, (zone, minutes)
        assert Incident.objects.get().opened_at == at
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


# -- T-I5


def edited(company, clock_at, make):
    """An incident of Tuesday 08:00, and from Tuesday 10:00 on shorter hours; returns the record and what its resolution says at 10:00 and by the new hours."""
    clock_at(local("2026-11-24T08:00", "Europe/Berlin"))
    record = make()  # resolve within 2d of ten hours, due on Wednesday at 18:00
    assert Incident.objects.get().due_at == local("2026-11-24T12:00", "Europe/Berlin").astimezone(UTC)
    clock_at(local("2026-11-24T10:00", "Europe/Berlin"))
    days = {d: ["13:00-18:00"] for d in ("mon", "tue", "wed", "thu", "fri")}
    write.save(Hours(), system(), key="working", label="Short", week=days, valid_from=local("2026-11-24T10:00", "Europe/Berlin"))
    return record


@pytest.mark.django_db
def test_t_i5_new_hours_keep_the_past_and_are_logged(company, clock_at, make):
    """T-I5: two hours were counted by the old hours and stay; the rest is counted by the new ones; who changed what is in the log."""
    record = edited(company, clock_at, make)
    clock_at(local("2026-11-24T14:00", "Europe/Berlin"))
    found = {r.target.metric: r for r, _s in engine.explain(record) if not r.target.each}
    assert found["respond"].elapsed == timedelta(hours=3) and found["respond"].due_at == local("2026-11-24T15:00", "Europe/Berlin").astimezone(UTC)
    event = Event.objects.filter(name="calendar.saved").latest("id")
    assert event.changes["week"][1]["mon"] == ["13:00-18:00"] and event.changes["valid_from"][1]


@pytest.mark.django_db
def test_t_i5_running_clocks_follow_new_hours(company, clock_at, make):
    """T-I5: what list, queue and warnings go by says the same as the explanation, without somebody touching the record, and the change of the clock is noted."""
    record = edited(company, clock_at, make)
    Worker().run(until_empty=True)
    found = [r for r, _s in engine.explain(record)]
    assert Incident.objects.get().due_at == engine.due_at(found) == local("2026-11-24T15:00", "Europe/Berlin").astimezone(UTC)
    assert record.clocks.get(metric="respond").was


# -- T-I6


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("week", "exceptions", "start", "minutes", "due"), [
    (ALWAYS, {}, "2028-02-28T12:00", 2880, "2028-03-01T12:00"), (ALWAYS, {}, "2027-02-28T12:00", 1440, "2027-03-01T12:00"), (ALWAYS, {}, "2026-12-31T23:59", 2, "2027-01-01T00:01"),
    (dict.fromkeys(range(5), ((480, 1080),)), {}, "2026-12-31T17:00", 120, "2027-01-01T09:00"),  # week 53 of 2026 ends on a Sunday
    (dict.fromkeys(range(5), ((480, 1080),)), {date(2027, 1, 1): ()}, "2026-12-31T17:00", 120, "2027-01-04T09:00"), (dict.fromkeys(range(7), ((1439, 1440),)), {}, "2026-11-24T00:00", 3, "2026-11-27T00:00"),
    ({6: ((1320, 1440),), 0: ((0, 120),)}, {}, "2027-01-03T22:00", 240, "2027-01-04T02:00"), ({0: ((0, 1440),)}, {}, "2026-11-23T23:59", 2, "2026-11-30T00:01"),
    (dict.fromkeys(range(7), ((0, 1),)), {date(2028, 2, 29): ((0, 1440),)}, "2028-02-28T00:01", 1440, "2028-03-01T00:00")])
def test_t_i6_edges_of_days_and_years(week, exceptions, start, minutes, due):
    """T-I6: leap day, turn of the year, week 53, 23:59 to 24:00, windows that meet at midnight, a day that is whole."""
    calendar = Calendar("UTC", week, exceptions)
    assert calendar.due(utc(start), timedelta(minutes=minutes)) == utc(due) and calendar.elapsed(utc(start), utc(due)) == timedelta(minutes=minutes)


def test_t_i6_closed_for_400_days_ends_and_soon():
    """T-I6: a calendar closed for 400 days is due after them; one that opens no more says so; neither takes long."""
    from praxis.lib.businesstime import NeverOpen

    closed = {date(2026, 1, 1) + timedelta(days=n): () for n in range(400)}
    spent = time.process_time()
    calendar = Calendar("Europe/Berlin", dict.fromkeys(range(7), ((600, 660),)), closed)
    assert calendar.due(utc("2026-01-01T00:00"), timedelta(hours=1)) == utc("2027-02-05T10:00")
    with pytest.raises(NeverOpen):
        Calendar("Europe/Berlin", {}, {date(2026, 1, 2): ((600, 660),)}).due(utc("2026-01-03T00:00"), timedelta(hours=1))
    assert time.process_time() - spent < 2


@pytest.mark.django_db
@pytest.mark.parametrize("week", ["{}", "mon: []", "mon: ['23:59-00:00']", "mon: ['00:00-24:01']", "mon: ['24:00-24:00']", "mon: ['12:00-12:00']", "mon: ['18:00-08:00']", "mon: ['8-18']", "monday: ['08:00-18:00']",
                                  "mon: ['08:60-09:00']", "mon: 5", "mon: [5]", "mon:", "5", "[1]", "mon: {a: b}"])
def test_t_i6_hours_that_are_none_are_refused_with_a_word(week, root, company):
    """T-I6: an empty calendar and hours that cannot be read are a 422 beside the field, never a failure."""
    answer = root.post("/admin/calendars/new", {"label": "X", "key": "x", "organisation": company.organisation.pk, "week": week})
    assert answer.status_code == 422 and not Hours.objects.filter(key="x").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("exceptions", ["[1]", "5", "2026-12-24: 5", "2026-02-30: []", "x: []", "2026-12-24: [5]"])
def test_t_i6_exceptions_that_are_none_are_refused_with_a_word(exceptions, root, company):
    """T-I6: the same for dates that replace a day."""
    answer = root.post("/admin/calendars/new", {"label": "X", "key": "x", "organisation": company.organisation.pk, "week": "mon: ['08:00-09:00']", "exceptions": exceptions})
    assert answer.status_code == 422 and not Hours.objects.filter(key="x").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("form", [{"week": "mon: ['08:00-08:01']"}, {"week": "mon: []", "exceptions": "2026-02-02: ['08:00-18:00']"}, {"week": "mon: ['08:00-18:00']", "valid_from": "2026-01-01T00:00", "exceptions": "2026-12-24: []"}])
def test_t_i6_hours_too_few_for_a_promise_stop_nobody(form, root, company):
    """T-I6: hours in which a promise cannot be kept within 800 days are refused when saved, or incidents are opened all the same."""
    saved = root.post("/admin/calendars/new", {"label": "W", "key": "working", "organisation": company.organisation.pk} | form)
    policy.forget()
    assert saved.status_code in (303, 422)
    answer = company.client("requester", raise_request_exception=False).post("/my/new", {"title": "It is broken", "impact": 3, "urgency": 2})
    assert answer.status_code == 303 and Incident.objects.count() == 1
    assert company.client("agent", raise_request_exception=False).get(f"/r/{Incident.objects.get().number}/panel/clocks.explained").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("promise", [{"length": "99999d"}, {"length": "999999w"}, {"length": "until title"}, {"length": "2d", "pauses": "field: state\nop: before\nvalues: [x]"}])
def test_t_i6_a_promise_that_cannot_be_counted_stops_nobody(promise, root, company):
    """T-I6: the same for a promise of two hundred years, one until a text, and one whose pauses compare what cannot be compared."""
    set_ = Target.objects.get(set__key="standard", kind="incident", metric="resolve", priority=3).set_id
    form = {"set": set_, "kind": "incident", "metric": "resolve", "priority": 3, "calendar": "working", "pauses": "", "valid_from": "2020-01-01T00:00"} | promise
    assert root.post("/admin/targets/new", form).status_code in (303, 422)
    policy.forget()
    answer = company.client("requester", raise_request_exception=False).post("/my/new", {"title": "It is broken", "impact": 3, "urgency": 2})
    assert answer.status_code == 303
