"""The take-over of a ServiceNow event log: on a small sample of our own, and on the real log where it is there."""

import csv
import json
import lzma
import os
import random
import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client

from praxis.abilities.clocks import engine, whatif
from praxis.abilities.clocks.models import Calendar, Target
from praxis.interfaces.cli.checks import differences
from praxis.interfaces.cli.facts import facts
from praxis.interfaces.cli.servicenow import COLUMNS, ServiceNowLog
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.people.models import Organisation
from praxis.practices.incident.models import Incident
from tests.conftest import Company
from tests.interfaces import levels_oracle

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "servicenow-incident-log"
LOG = DATA / "incident_event_log_2016_02_03.csv.xz"
real = pytest.mark.skipif(not LOG.exists(), reason="the real log is not beside this checkout (shared/data/servicenow-incident-log)")


def row(number, step, state, at, **more):
    values = {"number": number, "incident_state": state, "active": "true", "reassignment_count": "0", "reopen_count": "0", "sys_mod_count": str(step),
              "made_sla": "true", "caller_id": "Caller 1", "opened_by": "Opener 1", "opened_at": "29/2/2016 01:16", "sys_created_by": "?", "sys_created_at": "?",
              "sys_updated_by": "Updater 9", "sys_updated_at": at, "contact_type": "Phone", "location": "Site 1", "category": "Cat 1", "subcategory": "Sub 1",
              "u_symptom": "?", "cmdb_ci": "?", "impact": "2 - Medium", "urgency": "2 - Medium", "priority": "3 - Moderate", "assignment_group": "Group 1",
              "assigned_to": "?", "knowledge": "false", "u_priority_confirmation": "false", "notify": "Do Not Notify", "problem_id": "?", "rfc": "?", "vendor": "?",
              "caused_by": "?", "closed_code": "?", "resolved_by": "?", "resolved_at": "1/3/2016 11:00", "closed_at": "5/3/2016 12:00"}
    return list((values | more).values())


ROWS = [row("INC0000001", 0, "New", "29/2/2016 01:20"), row("INC0000001", 1, "Active", "29/2/2016 02:00", assigned_to="Solver 1"),
        row("INC0000001", 2, "Active", "29/2/2016 02:05", assigned_to="Solver 1"), row("INC0000001", 3, "Awaiting Vendor", "29/2/2016 03:00", vendor="V 1"),
        row("INC0000001", 4, "Resolved", "1/3/2016 11:00", assigned_to="Solver 1"), row("INC0000001", 5, "Closed", "5/3/2016 12:00", active="false"),
        row("INC0000002", 3, "Resolved", "1/3/2016 11:00", category="?"), row("INC0000002", 9, "New", "2/3/2016 11:00")]


@pytest.fixture
def write_log(tmp_path):
    def write_log(rows, name="log.csv", header=COLUMNS):
        path = tmp_path / name
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write_log


def run(path):
    log = ServiceNowLog(path, "imported")
    log.read()
    return log.run()


def test_a_whole_history_is_rebuilt(write_log):
    result = run(write_log(ROWS))
    assert (result.made, result.events, result.bad) == (2, 8, [])
    incident = Incident.objects.get(external_ref="INC0000001")
    assert (incident.state, incident.requester.name, incident.team.name, str(incident.category)) == ("closed", "Caller 1", "Group 1", "Cat 1, Sub 1")
    assert incident.custom["made_sla"] is True and incident.custom["vendor"] is None and incident.opened_at.isoformat().startswith("2016-02-29T01:16")
    events = list(Event.objects.filter(subject=incident.pk).order_by("id"))
    assert [e.changes["state"][1] for e in events if "state" in e.changes] == ["new", "in_progress", "on_hold", "resolved", "closed"]
    assert all(e.origin == "import" and e.actor_name == "Updater 9" for e in events) and events[2].changes == {"custom.sys_mod_count": [1, 2, "1", "2"]}
    assert all(differences(i) == [] for i in Incident.objects.all())


def test_a_shuffled_file_gives_the_same(write_log):
    rows = ROWS[:]
    random.Random(1).shuffle(rows)
    run(write_log(rows))
    assert facts("imported")["state_transitions"] == {"New -> Active": 1, "Active -> Awaiting Vendor": 1, "Awaiting Vendor -> Resolved": 1, "Resolved -> Closed": 1, "Resolved -> New": 1}


def test_bad_rows_are_listed_and_stop_nothing(write_log):
    bad = [["x"], row("INC0000003", 0, "Sleeping", "29/2/2016 01:20"), row("INC0000003", 0, "New", "31/2/2016 01:20"), row("", 0, "New", "29/2/2016 01:20"),
           row("INC0000003", "x", "New", "29/2/2016 01:20"), row("INC0000003", 0, "New", "?"), row("INC0000003", 0, "New", "29/2/2016 01:20", active="maybe"), ROWS[0]]
    result = run(write_log([*ROWS, *bad]))
    assert result.made == 2 and [line for line, _why in result.bad] == list(range(10, 18)) and all(why for _line, why in result.bad)


def test_a_second_run_changes_nothing_and_a_longer_file_is_told(write_log):
    run(write_log(ROWS))
    before = Event.objects.count()
    again = run(write_log(ROWS))
    assert (again.made, again.same, again.changed) == (0, 2, 0) and Event.objects.count() == before
    longer = run(write_log([*ROWS, row("INC0000002", 10, "Active", "3/3/2016 11:00")]))
    assert (longer.made, longer.same, longer.changed) == (0, 1, 1) and Event.objects.count() == before


def test_a_file_of_another_shape_is_refused(write_log):
    assert run(write_log(ROWS, header=("a", "b"))).bad[0][0] == 1 and not Incident.objects.exists()


def test_the_page_shows_the_imported_history(write_log, db):
    run(write_log(ROWS))
    home = Organisation.objects.get(key="imported")
    agent = Company.person(SimpleNamespace(organisation=home, site=None), "agent@imported.example", "agent")
    client = Client()
    client.force_login(agent)
    incident = Incident.objects.get(external_ref="INC0000001")
    page = client.get(f"/r/{incident.number}").content.decode()
    for words in ("Updater 9", "In progress", "On supplier", "Resolved", "Closed", "More facts"):
        assert words in page, words


@real
def test_the_real_log_equals_its_facts():
    """Every key of expected.json, from records and events alone."""
    result = run(LOG)
    expected = json.loads((DATA / "expected.json").read_text())
    assert result.bad == [] and result.made == expected["incidents"]
    found = facts("imported")
    assert {k: found.get(k) for k in expected} == expected
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    sample = random.Random(seed).sample(list(Incident.objects.all()), 200)
    assert [i.number for i in sample if differences(i)] == []
    _pages_show_the_file(sample[:3])
    _turns_sum_to_the_whole()
    _what_if_is_what_would_have_been()


def _turns_sum_to_the_whole():
    """OLA: on every incident the times of its groups sum to the wall clock less pauses, group by group (SL5)."""
    at, hops = now(), 0
    incidents = list(Incident.objects.all())
    for incident, steps in levels_oracle.stories(incidents).items():
        turns = engine.turns_of(incident)
        theirs = {}
        for a, b, team in levels_oracle.running(steps, levels_oracle.STANDS, at):
            theirs[team] = theirs.get(team, 0) + (b - a).total_seconds()
        mine = {}
        for team, _start, _end, spent in turns:
            mine[team] = mine.get(team, 0) + spent.total_seconds()
        for team in theirs.keys() | mine.keys():
            assert abs(mine.get(team, 0) - theirs.get(team, 0)) < 120, incident.number  # a record still open grows while this runs
        hops += len(turns) - 1
    print(f"{len(incidents)} incidents, {hops} changes of group")
    assert hops > 10_000 or len(incidents) < 9000


def _what_if_is_what_would_have_been():
    """SLM-08: a shorter target and a shorter day, against a count that knows nothing of the product's clocks."""
    end = Incident.objects.latest("opened_at").opened_at + timedelta(days=1)
    target = Target.objects.get(set__key="standard", kind="incident", metric="resolve", priority=3)
    calendar = Calendar.objects.get(key="working")
    week = {d: ["09:00-17:00"] for d in ("mon", "tue", "wed", "thu", "fri")}
    steps = levels_oracle.stories(list(Incident.objects.filter(opened_at__lte=end)))
    before = {2: 8 * 3600, 3: 20 * 3600, 4: 50 * 3600, 5: 100 * 3600}
    shorter = {2: 8 * 3600, 3: 10 * 3600, 4: 5 * 8 * 3600, 5: 10 * 8 * 3600}
    for changes, targets, hours in (
        ([{"model": "target", "id": target.pk, "length": "1d"}], before | {3: 10 * 3600}, (8, 18)),
        ([{"model": "calendar", "id": calendar.pk, "week": week}, {"model": "target", "id": target.pk, "length": "10h"}], shorter, (9, 17)),
    ):
        found = whatif.compare("incident", None, whatif.changed(changes), days=90, until=end)["resolve"]
        met = {i.number: (levels_oracle.kept(s, before, (8, 18), now()), levels_oracle.kept(s, targets, hours, now())) for i, s in steps.items()
               if i.opened_at >= end - timedelta(days=90)}
        met = {n: pair for n, pair in met.items() if None not in pair}
        worse = {n for n, (a, b) in met.items() if a and not b}
        better = {n for n, (a, b) in met.items() if b and not a}
        full = {i.number for i, s in steps.items() if s[-1][1]["priority"] == 1}  # counted round the clock, untouched by these changes
        assert set(found.worse) - full == worse and set(found.better) - full == better and not (set(found.worse) | set(found.better)) & full
        print(f"{changes[0]['model']}: {found.clocks} clocks, met {found.before} before, {found.after} after, {len(worse)} change sides")


def _pages_show_the_file(incidents):
    """The history on the page names who did what in the order of the file, a line a row."""
    home = incidents[0].organisation
    client = Client()
    client.force_login(Company.person(SimpleNamespace(organisation=home, site=None), "agent@imported.example", "agent"))
    with lzma.open(LOG, "rt") as file:
        rows = list(csv.DictReader(file))
    for incident in incidents:
        mine = sorted((r for r in rows if r["number"] == incident.external_ref), key=lambda r: (int(r["sys_mod_count"]), r["sys_updated_at"]))
        page = client.get(f"/r/{incident.number}/panel/conversation.history").content.decode()
        told = re.findall(r'<div class="event".*?<b>(.*?)</b>', page, re.DOTALL)
        assert sorted(told) == sorted(r["sys_updated_by"] for r in mine) and len(told) == len(mine), incident.external_ref
        reached = {b["incident_state"] for a, b in zip(mine, mine[1:]) if a["incident_state"] != b["incident_state"]}
        for state in reached & {"Active", "Resolved", "Closed"}:
            assert {"Active": "In progress"}.get(state, state) in page


@real
@pytest.mark.slow
def test_killed_half_way_and_started_again_it_is_the_same(tmp_path):
    """kill -9 in the middle of the import, then a second run: the facts are equal and a third run changes nothing."""
    home = tmp_path / "home"
    env = os.environ | {"PRAXIS_HOME": str(home), "DATABASE_URL": f"sqlite:///{home}/x.sqlite3"}
    praxis = str(Path(sys.executable).parent / "praxis")
    home.mkdir()
    subprocess.run([praxis, "setup"], env=env, check=True)
    command = [praxis, "import", "servicenow-log", str(LOG), "--facts", str(tmp_path / "facts.json")]
    first = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(6)
    first.kill()
    assert first.wait() == -9
    second = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    made = int(second.split(" incidents made")[0].split()[-1])
    assert 0 < made < 9202
    found, expected = json.loads((tmp_path / "facts.json").read_text()), json.loads((DATA / "expected.json").read_text())
    assert {k: found.get(k) for k in expected} == expected
    third = subprocess.run(command[:4], env=env, check=True, capture_output=True, text=True).stdout
    assert "0 incidents made, 9202 unchanged, 0 differ" in third
    assert not list(home.glob("**/*.csv*"))
