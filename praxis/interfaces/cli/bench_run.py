"""Fills the database of DATABASE_URL through `write.replay` and times requests against it; bench.py starts it.

    python -m praxis.interfaces.cli.bench_run RECORDS RUNS OUT.json [ITEMS]

With ITEMS and no records only the estate is filled and asked: what a million items change (issue 4).
"""

import gzip
import itertools
import json
import random
import re
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from praxis.kernel import content, numbers
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib.memory import settle
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Membership, Organisation, Person, Role, Team
from praxis.people.signin import make_token
from praxis.practices.incident.models import Incident
from praxis.records import write

from . import bench_crises, bench_estate

BUDGETS = {  # CPU ms at 100,000 incidents (issue 2); statements; kB gzip
    "api read": (3, None, None), "api list of 50": (6, None, None), "api create": (8, None, None), "api assign": (8, None, None),
    "search rare word": (6, None, None), "search 1 % of titles": (25, None, None), "page home": (25, None, None),
    "item list": (20, None, None), "item search": (10, None, None), "page item": (20, None, None), "impact of depth 5": (30, None, None), "impact, chain of 1,000": (50, None, None), "impact, tree of 1,000": (50, None, None),
    "page change": (30, None, None), "conflict check": (30, None, None), "calendar month": (40, None, None),
    "page problem": (20, None, None), "room": (25, None, None), "timeline of 10,000": (30, None, None), "clusters of all, once": (60_000, None, None), "one alert of 10,000": (2, None, None),
    "page list": (20, 10, 10), "page incident": (15, 12, 6), "preview": (9, 9, None),
}
ESTATE = ("item list", "item search", "page item", "impact of depth 5", "impact, chain of 1,000", "impact, tree of 1,000")
PEOPLE, TEAMS, EVENTS, CHUNK = 2000, 50, 20, 500
COMMON = ["alpha", "bravo", "carton", "dock", "engine", "frame", "gate", "harbour", "index", "jacket", "kiosk", "ladder", "motor", "network", "order", "pallet", "queue", "router", "scanner", "tunnel"]


YARD = 1.78  # ms that the yardstick takes on the machine on which the budgets were set, where "api read" takes 2.7 ms
_ROWS = [{"number": f"INC-{n}", "title": "Scanner drops off the wireless", "at": "2026-11-24T09:00:00+00:00", "people": [n, n + 1]} for n in range(60)]


def yardstick():
    """CPU ms of a fixed piece of work of the sort that a request is made of: a query composed, rows to JSON and back, words picked apart.

    Machines differ by a factor of four, and the same one from hour to hour; divided by YARD this is how many times slower this moment is.
    """
    started = time.process_time()
    for _n in range(2):
        str(Incident.objects.filter(team__name="x", is_open=True).select_related("owner", "team", "service").order_by("-updated_at")[:50].query)
        json.loads(json.dumps(_ROWS))
        " ".join(sorted(re.findall(r"\w+", " ".join(r["title"] for r in _ROWS))))
    return 1000 * (time.process_time() - started)


class Bench:
    def __init__(self, records, runs, items=None):
        self.records, self.runs, self.dice, self.end = records, runs, random.Random(11), now()
        call_command("migrate", verbosity=0)
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "whitenoise" not in m]
        numbers.prepare()
        content.load_all(system())
        kept = Path(settings.PRAXIS_HOME) / "estate.json"  # of a database that was filled before (--home)
        if kept.exists():
            self.estate = json.loads(kept.read_text())
            self.teams = list(Team.objects.filter(organisation__key="bench").order_by("pk"))
            self.people = list(Person.objects.filter(organisation__key="bench").order_by("pk"))
            return
        self._company()
        items = records if items is None else items
        through = min(items, 100_000)
        self.estate = bench_estate.fill(self, through, through // 5)
        bench_estate.multiply(items // through - 1 if through else 0)
        self._fill()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        kept.write_text(json.dumps({k: v for k, v in self.estate.items() if k != "items"}))

    def _company(self):
        by = system()
        home = self.home = write.save(Organisation(), by, key="bench", name="Bench", zone="Europe/Berlin")
        self.teams = write.save_many([Team(name=f"Team {n}", organisation=home) for n in range(TEAMS)], by)
        self.people = write.save_many([Person(name=f"Person {n}", email=f"p{n}@bench.example", organisation=home, password="") for n in range(PEOPLE)], by)
        roles = {r.key: r for r in Role.objects.all()}
        write.save_many([Grant(person=p, role=roles["agent"], organisation=home) for p in self.people[:200]], by)
        write.save_many([Membership(person=p, team=self.teams[n % TEAMS]) for n, p in enumerate(self.people[:200])], by)
        self.actors = [actor_of(p) for p in self.people[:200]]

    def _fill(self):
        for done in range(0, self.records, CHUNK):
            write.replay([self._history(n) for n in range(done, min(done + CHUNK, self.records))])
            if sys.stderr.isatty():
                print(f"\r{done + CHUNK} of {self.records}", end="", file=sys.stderr)

    def _history(self, n):
        dice = self.dice
        at = self.end - timedelta(minutes=(self.records - n) * 130_000 / self.records + dice.random() * 60)
        agent = dice.randrange(200)
        is_open = n > self.records * 0.88
        words = dice.sample(COMMON, 4) + [f"rare{n:07d}x"] + (["percent"] if n % 100 == 0 else [])
        impact, urgency = dice.randrange(1, 4), dice.randrange(1, 4)
        first = {"title": " ".join(words), "description": "Something does not work as it should, and we cannot go on.", "requester": dice.choice(self.people),
                 "team": self.teams[agent % TEAMS], "item": dice.choice(self.estate["items"]) if n % 3 == 0 else None, "impact": impact, "urgency": urgency, "priority": impact + urgency - 1}
        steps = [write.Happening(at, self.actors[agent], first)]
        steps.append(write.Happening(at + timedelta(minutes=5), self.actors[agent], {"owner": self.people[agent], "state": "in_progress"}, name="incident.taken"))
        for k in range(EVENTS - 3):
            moment = at + timedelta(minutes=10 + k)
            if k % 3:
                steps.append(write.Happening(moment, self.actors[agent], {"symptom": f"s{k}"}))
            else:
                steps.append(write.Happening(moment, self.actors[agent], name="conversation.noted" if k % 2 else "conversation.replied",
                                             body={"text": f"We looked at it again, step {k}, and will tell you more.", "internal": bool(k % 2)}))
        if not is_open:
            done = at + timedelta(minutes=60)
            steps.append(write.Happening(done, self.actors[agent], {"state": "closed", "resolved_at": done, "closed_at": done, "close_code": "solved", "solution": "Done."}))
        return write.History(registry["incident"], self.home.pk, steps)

    def rows(self):
        """A row for each request, in the order of the budgets."""
        settle()  # as every process that serves does
        client, api = Client(), Client()
        client.force_login(self.people[0])
        head = {"Authorization": f"Bearer {make_token(self.people[0], 'bench')[1]}"}
        numbers_ = list(Incident.objects.filter(team=self.teams[0]).order_by("-id").values_list("number", flat=True)[:400])
        titles = itertools.cycle(self.estate["titles"])
        pick, items, changes, dice = iter(numbers_ * 20), itertools.cycle(self.estate["any"]), itertools.cycle(self.estate["changes"]), random.Random(5)

        def post(url, body):
            return api.post(url, json.dumps(body), content_type="application/json", headers=head)

        crises = bench_crises.made(self) if self.records else {}
        requests = {
            "api read": lambda: api.get(f"/api/v1/incident/{next(pick)}", headers=head),
            "api list of 50": lambda: api.get("/api/v1/incident?state.is_not=resolved,closed,cancelled", headers=head),
            "api create": lambda: post("/api/v1/incident", {"title": "From the bench", "impact": 2}),
            "api assign": lambda: post(f"/api/v1/incident/{next(fresh)}/actions/reassign", {"team": self.teams[1].pk, "owner": self.people[1].pk, "why": "bench"}),
            "search rare word": lambda: client.get(f"/search?q=rare{dice.randrange(self.records):07d}x"),
            "search 1 % of titles": lambda: client.get("/search?q=percent"),
            "page home": lambda: client.get("/"),
            "page list": lambda: client.get("/k/incident?all=1&state.is_not=resolved,closed,cancelled&sort=due"),
            "page incident": lambda: client.get(f"/r/{next(pick)}"),
            "item list": lambda: client.get("/k/item?view=live"),
            "item search": lambda: client.get(f"/search?q={next(titles)}"),
            "page item": lambda: client.get(f"/r/{next(items)}"),
            "page change": lambda: client.get(f"/r/{next(changes)}"),
            "conflict check": lambda: client.get(f"/r/{next(changes)}/panel/change.window"),
            "calendar month": lambda: client.get("/changes/calendar"),
            "impact of depth 5": lambda: client.get(f"/items/{next(items)}/impact?levels=5"),
            "impact, chain of 1,000": lambda: client.get(f"/items/{self.estate['chain']}/impact?levels=1000"),
            "impact, tree of 1,000": lambda: client.get(f"/items/{self.estate['tree']}/impact?levels=1000"),
            "page problem": lambda: client.get(f"/r/{crises['problem']}"),
            "room": lambda: client.get(f"/incidents/{crises['major']}/room"),
            "timeline of 10,000": lambda: client.get(f"/timeline/{crises['service']}"),
            "preview": lambda: client.get(f"/r/{next(pick)}?as=preview", headers={"HX-Request": "true"}),
        }
        if not self.records:
            requests = {n: r for n, r in requests.items() if n in ESTATE}
        out = []
        for name, run in requests.items():
            if name == "api assign":
                fresh = iter([post("/api/v1/incident", {"title": "t", "team": self.teams[0].pk}).json()["number"] for _ in range(self.runs + 6)])
            out.append(self._time(name, run))
        for name, took in bench_crises.once() if self.records else ():
            out.append(summary(name, [took, took], 0, 0, None, statistics.median(yardstick() for _n in range(9)) / YARD))
        return out

    def _time(self, name, run):
        for _ in range(4):
            answer = run()
            assert answer.status_code in (200, 201, 303), (name, answer.status_code, answer.content[:300])
        with CaptureQueriesContext(connection) as seen:
            answer = run()
        statements = len([q for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])
        before, times, yards = _server_cpu(), [], []
        for n in range(self.runs):
            if n % 4 == 0:
                yards.append(yardstick())
            started = time.process_time()
            run()
            times.append(1000 * (time.process_time() - started))
        after = _server_cpu()
        server = round((after - before) / self.runs, 2) if before is not None else None
        return summary(name, times, statements, zipped(answer), server, statistics.median(yards) / YARD)


def _server_cpu():
    """CPU ms that the PostgreSQL process of this connection has used, or None."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        path = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not path.exists():
        return None
    fields = path.read_text().rsplit(")", 1)[1].split()
    return 10 * (int(fields[11]) + int(fields[12]))


def summary(name, times, statements, size, server_ms, pace):
    """One row of the result, beside its budget; `pace` is how many times slower the machine was then, `paced_ms` what the budget is held against."""
    budget = BUDGETS.get(name, (None, None, None))
    return {"request": name, "pace": round(pace, 2), "paced_ms": round(statistics.median(times) / pace, 2), "cpu_ms": round(statistics.median(times), 2), "p95_ms": round(sorted(times)[int(len(times) * 0.95) - 1], 2),
            "database_ms": server_ms, "statements": statements, "kb_gzip": size, "budget_ms": budget[0], "budget_statements": budget[1],
            "budget_kb": budget[2]}


def zipped(answer):
    """Size in kB as it travels."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return round(len(body if answer.get("Content-Encoding") else gzip.compress(body, 6)) / 1000, 1)


if __name__ == "__main__":
    bench = Bench(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[4]) if len(sys.argv) > 4 else None)
    Path(sys.argv[3]).write_text(json.dumps({"rows": bench.rows(), "token": make_token(bench.people[0], "served")[1]}))
