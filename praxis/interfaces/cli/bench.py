"""`praxis bench`: CPU, statements and bytes of the usual requests, on a database of its own that is filled and removed.

CPU is the process time of this process while it serves the request through the whole stack (middleware, session or
token, permissions, templates); on PostgreSQL the server's own CPU is read from /proc and stands beside it.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

BUDGETS = {  # CPU ms at 100,000 incidents (issue 2); statements; kB gzip
    "api read": (3, None, None), "api list of 50": (6, None, None), "api create": (8, None, None), "api assign": (8, None, None),
    "search rare word": (6, None, None), "search 1 % of titles": (25, None, None), "page home": (25, None, None),
    "page list": (20, 10, 10), "page incident": (15, 12, 6), "preview": (9, 9, None),
}
BYTES_A_RECORD = 26_000  # measured, with 20 events, documents and indexes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--runs", type=int, default=40)
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="praxis-bench-"))
    free, needed = shutil.disk_usage(home).free, asked.records * BYTES_A_RECORD * 2
    if free < needed:
        sys.exit(f"{needed // 2**20} MB of disk are needed in {home.parent}, {free // 2**20} MB are free.")
    os.environ |= {"PRAXIS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "praxis.site.settings"}
    name = f"praxis_bench_{os.getpid()}"
    server = os.environ.get("PRAXIS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    os.environ["DATABASE_URL"] = f"sqlite:///{home}/bench.sqlite3" if asked.db == "sqlite" else server.rsplit("/", 1)[0] + f"/{name}"
    try:
        if asked.db == "postgres":
            _postgres(server, f"CREATE DATABASE {name}")
        rows = _measure(asked)
    finally:
        if asked.db == "postgres":
            _close()
            _postgres(server, f"DROP DATABASE IF EXISTS {name}")
        shutil.rmtree(home, ignore_errors=True)
    _print(asked, rows)
    if asked.json:
        Path(asked.json).write_text(json.dumps({"records": asked.records, "db": asked.db, "rows": rows}, indent=1) + "\n")
    over = [r["request"] for r in rows if r["budget_ms"] and r["cpu_ms"] > 1.5 * r["budget_ms"]]
    if asked.check and over:
        sys.exit(f"Above one and a half times the budget: {', '.join(over)}")


def _postgres(server, statement):
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _close():
    from django.db import connections

    connections.close_all()


def _measure(asked):
    import django

    django.setup()
    from praxis.interfaces.cli.bench_run import Bench

    return Bench(asked.records, asked.runs).rows()


def summary(name, times, statements, size, server_ms):
    budget = BUDGETS.get(name, (None, None, None))
    return {"request": name, "cpu_ms": round(statistics.median(times), 2), "p95_ms": round(sorted(times)[int(len(times) * 0.95) - 1], 2),
            "database_ms": server_ms, "statements": statements, "kb_gzip": size, "budget_ms": budget[0], "budget_statements": budget[1], "budget_kb": budget[2]}


def zipped(content):
    return round(len(gzip.compress(content, 6)) / 1000, 1)


def _print(asked, rows):
    print(f"{asked.records} incidents, {asked.db}, {sys.version.split()[0]}, {time.strftime('%Y-%m-%d')}")
    print(f"{'request':24} {'CPU ms':>8} {'p95':>8} {'db ms':>7} {'budget':>7} {'statements':>11} {'kB gzip':>8}")
    for r in rows:
        print(f"{r['request']:24} {r['cpu_ms']:8} {r['p95_ms']:8} {r['database_ms'] or '-':>7} {r['budget_ms'] or '-':>7} {r['statements']:11} {r['kb_gzip'] or '-':>8}")


if __name__ == "__main__":
    main()
