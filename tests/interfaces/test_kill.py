"""T-H9: kill -9 of web, worker and database at random points of a mixed load. KILLS=200 sets how often; the seed is printed.

Clients repeat what was not answered under the same key, as any client would. In the end every accepted text is there
once, every record replays from its events, no job is undone or done twice, and the log's chain is whole.
"""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import pytest
from django.conf import settings

from praxis.kernel.jobs.worker import LEASE

ROOT = Path(__file__).resolve().parents[2]
PRAXIS = str(Path(sys.executable).parent / "praxis")
ON_POSTGRES = "postgresql" in settings.DATABASES["default"]["ENGINE"]
KILLS, CLIENTS = int(os.environ.get("KILLS", "20")), 4
PREPARE = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "praxis.site.settings"
django.setup()
from django.contrib.auth.hashers import make_password
from praxis.abilities.clocks.models import Target
from praxis.kernel.actors import system
from praxis.people.models import Grant, Membership, Organisation, Person, Role, Team
from praxis.people.signin import make_token
from praxis.records import write
by = system()
home = write.save(Organisation(), by, key="home", name="Home")
team = write.save(Team(), by, organisation=home, name="Desk", is_desk=True)
ana = write.save(Person(), by, organisation=home, name="Ana", email="ana@home.example", password=make_password(None))
write.save(Grant(), by, person=ana, role=Role.objects.get(key="agent"), organisation=home)
write.save(Membership(), by, person=ana, team=team)
for row in Target.objects.filter(set__key="standard", priority=1):
    write.save(row, by, length="1m")  # so that levels are reached, told and to be told once, while this runs
print(make_token(ana, "load")[1])
"""
AFTER = """
import json, os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "praxis.site.settings"
django.setup()
from collections import Counter
from praxis.interfaces.cli.checks import differences
from praxis.kernel.models import Event, Job
from praxis.abilities.conversation.models import Entry
from praxis.practices.incident.models import Incident
found = Counter(Incident.objects.values_list("title", flat=True))
said = Counter(Entry.objects.values_list("text", flat=True))
faults = [i.number for i in Incident.objects.all() if differences(i)]
numbers = Counter(Event.objects.filter(name="incident.opened").values_list("subject", flat=True))
gaps = [i.number for i in Incident.objects.all() if i.version != Event.objects.filter(subject=i.pk).count()]
warned = Counter(Event.objects.filter(name="clock.warned").values_list("subject", "data__metric", "data__spell", "data__percent"))
print(json.dumps({"titles": found, "texts": said, "faults": faults, "opened_twice": [k for k, n in numbers.items() if n > 1], "gaps": gaps,
                  "jobs": Counter(Job.objects.values_list("state", flat=True)), "warned": len(warned), "warned_twice": sum(1 for n in warned.values() if n > 1)}))
"""


class Database:
    """A PostgreSQL server of this test's own, that may be killed; on SQLite there is none."""

    def __init__(self, folder, port):
        self.folder, self.port = folder / "cluster", port
        self.bin = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        shutil.chown(folder, "postgres")
        self._as("initdb", "-D", self.folder, "-A", "trust", "-U", "postgres", "--no-sync")
        self.start()
        self._as("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "praxis")

    def _as(self, tool, *words):
        subprocess.run(["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", str(self.bin / tool), *map(str, words)], check=True,
                       capture_output=True, cwd="/")

    def start(self):
        log = self.folder.parent / "server.log"
        self._as("pg_ctl", "-D", self.folder, "-l", log, "-w", "-t", "60", "-o", f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}", "start")
        self.pid = int((self.folder / "postmaster.pid").read_text().split()[0])

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        for _n in range(60):  # its children notice one by one that their parent is gone, and hold its memory until then
            time.sleep(0.5)
            try:
                return self.start()
            except subprocess.CalledProcessError:
                continue
        raise RuntimeError((self.folder.parent / "server.log").read_text()[-1000:])

    def stop(self):
        self._as("pg_ctl", "-D", self.folder, "-m", "fast", "-w", "stop")
        shutil.rmtree(self.folder.parent)


class Service:
    """Web and worker, each a process of its own that can be killed and started."""

    def __init__(self, env, port):
        self.env, self.port = env, port
        self.start("web")
        self.start("worker")

    def start(self, part):
        words = ["serve", "--port", str(self.port)] if part == "web" else ["work"]
        setattr(self, part, subprocess.Popen([PRAXIS, *words], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))

    def kill(self, part):
        process = getattr(self, part)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.start(part)

    @property
    def processes(self):
        return (self.web, self.worker)

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)

    def end(self):
        """However the test ends, nothing of it goes on."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


class Cluster(Service):
    """Two web and two worker processes behind nginx, with jobs through a Redis of this test's own."""

    PARTS = ("web", "web2", "worker", "worker2", "redis", "nginx")

    def __init__(self, env, port, folder):
        self.folder, self.ports = folder, {"web": free_port(), "web2": free_port(), "redis": free_port()}
        self.env, self.port = env | {"PRAXIS_JOBS": f"redis://127.0.0.1:{self.ports['redis']}/0"}, port
        site = (ROOT / "deploy" / "nginx.conf").read_text()
        for old, new in (("127.0.0.1:8001", f"127.0.0.1:{self.ports['web']}"), ("127.0.0.1:8002", f"127.0.0.1:{self.ports['web2']}"), ("127.0.0.1:8080", f"127.0.0.1:{port}")):
            assert old in site
            site = site.replace(old, new)
        (folder / "site.conf").write_text(site)
        (folder / "nginx.conf").write_text(f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}} http {{ access_log off; "
                                           f"client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; "
                                           f"scgi_temp_path {folder}/s; include {folder}/site.conf; }}")
        for part in ("redis", "web", "web2", "worker", "worker2", "nginx"):
            self.start(part)

    def start(self, part):
        words = {"redis": ["redis-server", "--port", str(self.ports["redis"]), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)],
                 "nginx": ["nginx", "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder)]}.get(
                     part, [PRAXIS, "serve", "--port", str(self.ports.get(part))] if part.startswith("web") else [PRAXIS, "work"])
        setattr(self, part, subprocess.Popen(words, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))

    @property
    def processes(self):
        return tuple(getattr(self, part) for part in self.PARTS)


def client(port, token, stop, accepted, lost):
    """Opens incidents, replies and takes them; repeats under the same key until it is answered."""
    dice = random.Random()
    while not stop.is_set():
        name = uuid.uuid4().hex
        number = ask(port, token, "/api/v1/incident", {"title": name, "impact": 1, "urgency": 1}, f"o{name}", stop, lost)
        if number:
            accepted["titles"].append(name)
            for n in range(dice.randrange(3)):
                if ask(port, token, f"/api/v1/incident/{number}/actions/reply", {"text": f"{name} {n}"}, f"r{name}{n}", stop, lost):
                    accepted["texts"].append(f"{name} {n}")


def ask(port, token, path, body, key, stop, lost):
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
    while not stop.is_set():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("POST", path, json.dumps(body), head)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            continue
        if answer.status in (200, 201):
            return json.loads(text)["number"]
        if answer.status < 500:
            lost.append((answer.status, text[:200]))
            return None
        time.sleep(0.05)
    return None


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def ends():
    """A stack of what is ended when the test is over, whatever came of it."""
    with ExitStack() as stack:
        yield stack


def has_cluster():
    return ON_POSTGRES and shutil.which("nginx") and shutil.which("redis-server") and find_spec("django_tasks_rq")


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["one", "many"])
def test_killed_at_random_points_nothing_is_lost(shape, tmp_path, ends):
    """`many`: two web and two worker processes behind nginx, jobs through Redis, all of them killed too."""
    if shape == "many" and not has_cluster():
        pytest.skip("Several processes need PostgreSQL, nginx, redis-server and django-tasks-rq.")
    home, port = tmp_path / "home", free_port()
    home.mkdir()
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "PRAXIS_NOW")} | {"PRAXIS_HOME": str(home), "PRAXIS_LOG": "CRITICAL"}
    database = Database(Path(mkdtemp(prefix="praxis-db-")), free_port()) if ON_POSTGRES else None  # where its own user may go
    if database:
        ends.callback(database.stop)
        env["DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{database.port}/praxis"
    subprocess.run([PRAXIS, "setup"], env=env, check=True, stdout=subprocess.DEVNULL)
    token = subprocess.run([sys.executable, "-c", PREPARE], env=env, check=True, capture_output=True, text=True).stdout.split()[-1]
    service = Cluster(env, port, Path(mkdtemp(prefix="praxis-nginx-"))) if shape == "many" else Service(env, port)
    stop, accepted, lost = threading.Event(), {"titles": [], "texts": []}, []
    threads = [threading.Thread(target=client, args=(port, token, stop, accepted, lost)) for _n in range(CLIENTS)]
    ends.callback(service.end)
    ends.callback(stop.set)
    for thread in threads:
        thread.start()
    seed = random.SystemRandom().randrange(10**6)
    parts = (*(Cluster.PARTS if shape == "many" else ("web", "web", "worker")), *(("database",) if database else ()))
    dice, killed = random.Random(seed), dict.fromkeys(parts, 0)
    print(f"seed {seed}")
    for _n in range(KILLS):
        time.sleep(1.2 + dice.random())
        part = dice.choice(parts)
        killed[part] += 1
        database.kill() if part == "database" else service.kill(part)
    time.sleep(3)
    stop.set()
    for thread in threads:
        thread.join()
    service.stop()
    time.sleep(LEASE.total_seconds() + 2)  # a job whose worker was killed is taken up again when its lease has run out
    subprocess.run([PRAXIS, "work", "--until-empty"], env=env, check=True, stdout=subprocess.DEVNULL)
    after = json.loads(subprocess.run([sys.executable, "-c", AFTER], env=env, check=True, capture_output=True, text=True).stdout)
    print(f"killed {killed}; {len(accepted['titles'])} incidents and {len(accepted['texts'])} texts accepted; {after['warned']} levels told; jobs {after['jobs']}")
    check = subprocess.run([PRAXIS, "check"], env=env, capture_output=True, text=True)
    log = subprocess.run([PRAXIS, "verify-log"], env=env, capture_output=True, text=True)
    assert lost == [] and len(accepted["titles"]) > KILLS and after["jobs"].get("done", 0) > KILLS, "work went on between the kills"
    assert [t for t in accepted["titles"] if after["titles"].get(t) != 1] == [], "each accepted record is there, once"
    assert [t for t in accepted["texts"] if after["texts"].get(t) != 1] == [], "each accepted text is there, once"
    assert (after["faults"], after["gaps"], after["opened_twice"], after["warned_twice"]) == ([], [], [], 0)
    assert set(after["jobs"]) <= {"done", "ready"}, "what is ready now is for later"
    assert "Nothing found." in check.stdout and "whole" in log.stdout, check.stdout + log.stdout
