"""A real Alertmanager reports to a real server of ours: storms, flaps, silences, our restart; what became of each alert is printed (issue 5)."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

BINARY = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
pytestmark = pytest.mark.skipif(BINARY is None, reason="Debian's package prometheus-alertmanager is not installed")
PRAXIS = str(Path(sys.executable).parent / "praxis")
FILL = """
import django; django.setup()
from praxis.kernel import content, numbers; from praxis.kernel.actors import system
from praxis.people.models import *; from praxis.people.signin import make_token
from praxis.estate.cmdb.models import ItemClass; from praxis.kernel.kinds import registry; from praxis.records import write
by = system()
home = write.save(Organisation(), by, key="acme", name="Acme", zone="UTC")
person = write.save(Person(), by, organisation=home, name="Monitoring", email="m@acme.example", password="!")
write.save(Grant(), by, person=person, role=Role.objects.get(key="administrator"), organisation=home)
switch = ItemClass.objects.get(key="switch")
made = {}
for name in ("wlc-1", "ap-1", "ap-2", "db-1"):
    made[name] = write.move(write.open_record(registry["item"], by, title=name, item_class=switch, organisation=home.pk), by, "go_live")
for name in ("ap-1", "ap-2"):
    write.link(made[name], made["wlc-1"], "depends-on", by)
print(make_token(person, "alertmanager")[1])
"""
TABLE = """
import django; django.setup()
import json
from praxis.abilities.alerts.models import Alert
from praxis.practices.incident.models import Incident
print(json.dumps({"alerts": [[a.labels.get("alertname"), a.host, a.count, a.state, a.outcome] for a in Alert.objects.order_by("host", "title")],
                  "incidents": [[i.number, i.title, i.state, i.item.title if i.item else ""] for i in Incident.objects.order_by("pk")]}))
"""


def port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(run, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := run():
                return found
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"not within {seconds} s")


class Rig:
    """Our server with its worker, and an Alertmanager that reports to it; everything is ended by whoever made it."""

    def __init__(self, folder, env):
        self.folder, self.env, self.ours, self.theirs = folder, env, port(), port()
        self.token = self.python(FILL).strip().splitlines()[-1]
        self.server = self.manager = None

    def python(self, code):
        out = subprocess.run([sys.executable, "-c", code], env=self.env, capture_output=True, text=True, check=False)
        assert out.returncode == 0, out.stderr[-2000:]
        return out.stdout

    def start(self):
        self.server = subprocess.Popen([PRAXIS, "serve", "--with-worker", "--port", str(self.ours)], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{self.ours}/sign-in", timeout=2).status == 200)

    def stop(self, hard=False):
        os.killpg(self.server.pid, signal.SIGKILL if hard else signal.SIGTERM)
        self.server.wait()

    def begin(self):
        config = self.folder / "alertmanager.yml"
        config.write_text(f"""route: {{receiver: praxis, group_by: ['...'], group_wait: 1s, group_interval: 1s, repeat_interval: 1s}}
receivers:
- name: praxis
  webhook_configs:
  - url: http://127.0.0.1:{self.ours}/api/events/alertmanager
    send_resolved: true
    http_config: {{authorization: {{type: Bearer, credentials: {self.token}}}}}
""")
        self.manager = subprocess.Popen([BINARY, f"--config.file={config}", f"--storage.path={self.folder}/am", f"--web.listen-address=127.0.0.1:{self.theirs}", "--cluster.listen-address="],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{self.theirs}/-/ready", timeout=2).status == 200)

    def tell(self, path, body):
        asked = urllib.request.Request(f"http://127.0.0.1:{self.theirs}/api/v2/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        return urllib.request.urlopen(asked, timeout=5).read()

    def alert(self, name, host, over=False, severity="critical"):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.tell("alerts", [{"labels": {"alertname": name, "severity": severity, "instance": f"{host}:9100"}, "annotations": {"summary": f"{name} on {host}"}, **({"endsAt": at} if over else {})}])

    def table(self):
        return json.loads(self.python(TABLE))


@pytest.fixture
def rig(tmp_path, request):
    env = os.environ | {"PRAXIS_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "praxis.site.settings"}
    url, name = os.environ.get("DATABASE_URL", ""), f"praxis_am_{os.getpid()}"
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        env["DATABASE_URL"] = url.rsplit("/", 1)[0] + f"/{name}"
    else:
        env["DATABASE_URL"] = ""
    subprocess.run([PRAXIS, "setup"], env=env, check=True, stdout=subprocess.DEVNULL)
    rig = Rig(tmp_path, env)
    try:
        rig.start()
        rig.begin()
        yield rig
    finally:
        if rig.manager:
            rig.manager.terminate()
            rig.manager.wait()
        if rig.server and rig.server.poll() is None:
            rig.stop()
        if url.startswith("postgres"):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_storms_flaps_silences_and_our_restart(rig):
    # a silence on their side: nothing reaches us
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 600))
    rig.tell("silences", {"matchers": [{"name": "alertname", "value": "Silenced", "isRegex": False}], "startsAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "endsAt": end, "createdBy": "t", "comment": "t"})
    rig.alert("Silenced", "db-1")
    # a storm of one group of items, each told again and again
    for _n in range(6):
        for name, host in (("Down", "wlc-1"), ("Unreachable", "ap-1"), ("Unreachable", "ap-2")):
            rig.alert(name, host)
        time.sleep(0.7)
    rig.alert("Small", "db-1", severity="warning")
    until(lambda: sum(a[2] for a in rig.table()["alerts"]) >= 8 and len(rig.table()["incidents"]) >= 1)
    assert len(rig.table()["incidents"]) == 1 and rig.table()["incidents"][0][3] in ("wlc-1", "ap-1", "ap-2")
    # our side is killed while something new breaks; Alertmanager tries again until we are back
    rig.stop(hard=True)
    rig.alert("DiskFull", "db-1")
    time.sleep(2)
    rig.start()
    until(lambda: len(rig.table()["incidents"]) == 2)
    # what flaps
    for _n in range(6):
        rig.alert("DiskFull", "db-1", over=True)
        time.sleep(1.6)
        rig.alert("DiskFull", "db-1")
        time.sleep(1.6)
    # the storm is over
    for name, host in (("Down", "wlc-1"), ("Unreachable", "ap-1"), ("Unreachable", "ap-2")):
        rig.alert(name, host, over=True)
    until(lambda: any(i[2] == "resolved" for i in rig.table()["incidents"]), 60)
    told = rig.table()
    print("\nalert | host | told | state | what became of it")
    for row in told["alerts"]:
        print(" | ".join(str(c) for c in row))
    for row in told["incidents"]:
        print(" | ".join(str(c) for c in row))
    alerts = {(a[0], a[1]): a for a in told["alerts"]}
    assert ("Silenced", "db-1") not in alerts and len(told["incidents"]) == 2
    assert alerts["Down", "wlc-1"][2] > 1 and alerts["Down", "wlc-1"][3] == "resolved"
    assert "kept" in alerts["Small", "db-1"][4] and alerts["DiskFull", "db-1"][3] in ("open", "resolved")
