"""`make test`: the whole suite on SQLite and, where it answers, on PostgreSQL, side by side, the browser after the shorter one; the rest of the
arguments go to pytest.

PRAXIS_TEST_POSTGRES names another server. PRAXIS_REQUIRE="postgres browser" makes a missing part a failure (continuous integration).
"""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = os.environ.get("PRAXIS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
NO_DATABASE = ["--ignore=tests/lib", "--ignore=tests/meta"]  # once is enough
NOTHING = 5  # pytest's code where the arguments choose no test of a run
REQUIRED = os.environ.get("PRAXIS_REQUIRE", "").split()


def answers(url):
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error as problem:
        return str(problem).strip().splitlines()[0]
    return ""


def lane(*runs):
    """Runs one after the other: [(name, exit code, output)] when the last has ended."""
    told = []
    for name, arguments, env in runs:
        with tempfile.TemporaryDirectory(prefix=f"praxis-{name.lower()}-") as home:
            run = subprocess.run([sys.executable, "-m", "pytest", "--color=no", *arguments], cwd=ROOT, env=os.environ | env | {"PRAXIS_HOME": home},
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        told.append((name, run.returncode, run.stdout))
    return told


def main(arguments):
    sqlite = ("SQLite", ["-m", "not slow and not browser", *arguments], {"DATABASE_URL": ""})
    browser = ("Browser", ["-m", "not slow and browser", *arguments], {"DATABASE_URL": ""})
    lanes = [[sqlite], [browser]]
    if reason := answers(POSTGRES):
        print(f"PostgreSQL is not tested: {reason}")
        if "postgres" in REQUIRED:
            return 1
    else:
        lanes[1].insert(0, ("PostgreSQL", [*NO_DATABASE, *sqlite[1]], {"DATABASE_URL": POSTGRES}))
    with ThreadPoolExecutor() as both:
        told = [one for found in both.map(lambda runs: lane(*runs), lanes) for one in found]
    for name, _code, output in told:
        print(f"\n== {name} ==\n{output}")
    return next((code for _name, code, _output in told if code not in (0, NOTHING)), 0 if any(code == 0 for _name, code, _output in told) else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
