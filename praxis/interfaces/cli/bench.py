"""`praxis bench`: CPU, statements and bytes of the usual requests, on a database of its own that is filled and removed.

CPU is the process time of this process while it serves the request through the whole stack (middleware, session or
token, permissions, templates); on PostgreSQL the server's own CPU is read from /proc and stands beside it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

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
        out = home / "rows.json"
        subprocess.run([sys.executable, "-m", "praxis.interfaces.cli.bench_run", str(asked.records), str(asked.runs), str(out)], check=True)
        rows = json.loads(out.read_text())
    finally:
        if asked.db == "postgres":
            _postgres(server, f"DROP DATABASE IF EXISTS {name}")
        shutil.rmtree(home, ignore_errors=True)
    _print(asked, rows)
    if asked.json:
        Path(asked.json).write_text(json.dumps({"records": asked.records, "db": asked.db, "rows": rows}, indent=1) + "\n")
    over = [r["request"] for r in rows if r["budget_ms"] and r["cpu_ms"] > 1.5 * r["budget_ms"]]
    if asked.check and over:
        sys.exit(f"Above one and a half times the budget: {', '.join(over)}")


def _postgres(server, statement):
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _print(asked, rows):
    print(f"{asked.records} incidents, {asked.db}, {sys.version.split()[0]}, {time.strftime('%Y-%m-%d')}")
    print(f"{'request':24} {'CPU ms':>8} {'p95':>8} {'db ms':>7} {'budget':>7} {'statements':>11} {'kB gzip':>8}")
    for r in rows:
        print(f"{r['request']:24} {r['cpu_ms']:8} {r['p95_ms']:8} {r['database_ms'] or '-':>7} {r['budget_ms'] or '-':>7} {r['statements']:11} {r['kb_gzip'] or '-':>8}")


if __name__ == "__main__":
    main()
