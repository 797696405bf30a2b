"""`praxis bench` (`--items 1000000` for a large estate): CPU, statements and bytes of the usual requests, on a database of its own that is filled and removed.

CPU is the process time of this process while it serves the request through the whole stack (middleware, session or
token, permissions, templates); on PostgreSQL the server's own CPU is read from /proc and stands beside it. Machines differ,
and one from hour to hour: a fixed piece of work is timed in between (bench_run.yardstick), and `--check` holds the budgets against the time at the pace
of the machine on which they were set.
"""

import argparse
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg

CLIENTS, SECONDS = 8, 6
BYTES_AN_ITEM = 9_000
BYTES_A_RECORD = 26_000  # measured, with 20 events, documents and indexes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--items", type=int, help="fill only an estate of so many items, with three relations each")
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--home", help="keep the filled database here, and use it again the next time instead of filling one")
    asked = parser.parse_args()
    home = Path(asked.home).resolve() if asked.home else Path(tempfile.mkdtemp(prefix="praxis-bench-"))
    home.mkdir(parents=True, exist_ok=True)
    if asked.items:
        asked.records = 0
    free, needed = shutil.disk_usage(home).free, (asked.records * BYTES_A_RECORD or asked.items * BYTES_AN_ITEM) * 2
    if free < needed and not (home / "estate.json").exists():
        sys.exit(f"{needed // 2**20} MB of disk are needed in {home.parent}, {free // 2**20} MB are free.")
    os.environ |= {"PRAXIS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "praxis.site.settings"}
    name = f"praxis_bench_{home.name.replace('-', '_').lower() if asked.home else os.getpid()}"
    server = os.environ.get("PRAXIS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    os.environ["DATABASE_URL"] = f"sqlite:///{home}/bench.sqlite3" if asked.db == "sqlite" else server.rsplit("/", 1)[0] + f"/{name}"
    try:
        if asked.db == "postgres" and not (home / "estate.json").exists():
            _postgres(server, f"DROP DATABASE IF EXISTS {name}")
            _postgres(server, f"CREATE DATABASE {name}")
        out = home / "rows.json"
        subprocess.run([sys.executable, "-m", "praxis.interfaces.cli.bench_run", str(asked.records), str(asked.runs), str(out), *([str(asked.items)] if asked.items else [])], check=True)
        told = json.loads(out.read_text())
        rows, served = told["rows"], {} if asked.items else _served(told["token"])
    finally:
        if not asked.home:
            if asked.db == "postgres":
                _postgres(server, f"DROP DATABASE IF EXISTS {name}")
            shutil.rmtree(home, ignore_errors=True)
    _print(asked, rows, served)
    if asked.json:
        Path(asked.json).write_text(json.dumps({"records": asked.records, "db": asked.db, "rows": rows, "served": served}, indent=1) + "\n")
    over = [r["request"] for r in rows if r["budget_ms"] and r["paced_ms"] > 1.5 * r["budget_ms"]]
    if asked.check and over:
        sys.exit(f"Above one and a half times the budget: {', '.join(over)}")


def _postgres(server, statement):
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _served(token):
    """Start to first page, memory of web and worker together, and eight clients creating for some seconds."""
    port = _free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    praxis = str(Path(sys.executable).parent / "praxis")
    subprocess.run([praxis, "setup"], check=True, **quiet)
    started = time.monotonic()
    server = subprocess.Popen([praxis, "serve", "--with-worker", "--port", str(port)], **quiet)
    try:
        while not _answers(port):
            time.sleep(0.05)
        first_page = time.monotonic() - started
        took, refused = _create_at_once(port, token)
        return {"start_to_first_page_s": round(first_page, 2), "memory_mb": _memory(server.pid), "creates_per_s": round(len(took) / SECONDS, 1),
                "create_p50_ms": round(statistics.median(took), 1), "create_p95_ms": round(sorted(took)[int(len(took) * 0.95)], 1), "refused": refused}
    finally:
        server.terminate()
        server.wait()


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _answers(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/sign-in")
        return connection.getresponse().status == 200
    except OSError:
        return False


def _create_at_once(port, token):
    """(milliseconds of each create, how many were refused) of CLIENTS clients in SECONDS seconds."""
    took, refused, end = [], [], time.monotonic() + SECONDS
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def client(n):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while (began := time.monotonic()) < end:
            connection.request("POST", "/api/v1/incident", json.dumps({"title": f"From client {n}"}), head)
            answer = connection.getresponse()
            answer.read()
            (took if answer.status == 201 else refused).append(1000 * (time.monotonic() - began))

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, len(refused)


def _memory(parent):
    """Resident MB of a process and everything it started, as Linux tells."""
    tree, sizes = {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # it has ended
        tree.setdefault(int(told["PPid"]), []).append(int(status.parent.name))
        sizes[int(status.parent.name)] = int(told.get("VmRSS", "0 kB").split()[0])
    family, total = [parent], 0
    while family:
        pid = family.pop()
        total += sizes.get(pid, 0)
        family += tree.get(pid, [])
    return total // 1024


def _print(asked, rows, served):
    print(f"{f'{asked.items} items' if asked.items else f'{asked.records} incidents'}, {asked.db}, {sys.version.split()[0]}, {time.strftime('%Y-%m-%d')}")
    print(f"{'request':24} {'CPU ms':>8} {'p95':>8} {'db ms':>7} {'slower':>7} {'at pace':>8} {'budget':>7} {'statements':>11} {'kB gzip':>8}")
    for r in rows:
        print(f"{r['request']:24} {r['cpu_ms']:8} {r['p95_ms']:8} {r['database_ms'] or '-':>7} {r['pace']:7} {r['paced_ms']:8} {r['budget_ms'] or '-':>7} {r['statements']:11} {r['kb_gzip'] or '-':>8}")
    print("  ".join(f"{k} {v}" for k, v in served.items()))


if __name__ == "__main__":
    main()
