"""Rules of the house that no reviewer should have to repeat. Each is shown to catch its violation in tests/meta."""

import subprocess
import sys
from pathlib import Path

from tools import house

ROOT = Path(__file__).resolve().parents[2]


def test_the_rules_hold():
    assert house.faults(ROOT) == []


def test_imports_keep_the_floors():
    run = subprocess.run([str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout[-3000:]


def test_ruff_is_content():
    run = subprocess.run([str(Path(sys.executable).parent / "ruff"), "check", "praxis", "tests", "tools"], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout[-3000:]


def test_vendored_files_are_the_built_ones():
    run = subprocess.run([sys.executable, "tools/vendor.py", "--check"], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr


def test_migrations_are_complete(db):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_apps_in_any_order_give_the_same_registry():
    code = ("import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'praxis.site.settings'; from praxis.kernel import loading; real = loading.load; "
            "loading.load = lambda order=None: real(order=lambda names: names[::-1]); django.setup(); from praxis.kernel.kinds import registry; "
            "print(list(registry), sorted(registry.offers['*']), sorted(registry.permissions), sorted(registry.event_types))")
    backwards = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    forwards = subprocess.run([sys.executable, "-c", code.replace("names[::-1]", "names")], capture_output=True, text=True, cwd=ROOT)
    assert backwards.returncode == 0, backwards.stderr
    assert backwards.stdout == forwards.stdout and "incident" in forwards.stdout
