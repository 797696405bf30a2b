"""`make test`: the whole suite on SQLite and, where it answers, on PostgreSQL, side by side; the rest of the arguments go to pytest.

PRAXIS_TEST_POSTGRES names another server. PRAXIS_REQUIRE="postgres browser" makes a missing part a failure (continuous integration).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = os.environ.get("PRAXIS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REQUIRED = os.environ.get("PRAXIS_REQUIRE", "").split()


def answers(url):
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error as problem:
        return str(problem).strip().splitlines()[0]
    return ""


def start(name, arguments, **env):
    home = tempfile.mkdtemp(prefix=f"praxis-{name}-")
    out = open(Path(home) / "output.txt", "w+")  # noqa: SIM115 - read again when the run has ended
    command = [sys.executable, "-m", "pytest", "--color=no", *arguments]
    run = subprocess.Popen(command, cwd=ROOT, env=os.environ | env | {"PRAXIS_HOME": home}, stdout=out, stderr=subprocess.STDOUT)
    return name, run, out


def main(arguments):
    runs = [start("SQLite", arguments, DATABASE_URL="")]
    if reason := answers(POSTGRES):
        print(f"PostgreSQL is not tested: {reason}")
        if "postgres" in REQUIRED:
            return 1
    else:
        runs.append(start("PostgreSQL", ["-m", "not slow and not browser", *arguments], DATABASE_URL=POSTGRES))
    code = 0
    for name, run, out in runs:
        code = run.wait() or code
        out.seek(0)
        print(f"\n== {name} ==\n{out.read()}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
