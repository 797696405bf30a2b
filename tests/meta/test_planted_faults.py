"""The checks can fail: each plants a violation in a copy of the project and asserts that the named check reports it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import house

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path):
    """A copy of the sources; `plant(file, old, new)` changes one, an empty `old` appends."""
    for name in ("praxis", "tests", "tools", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", ".importlinter", "README.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "home").mkdir()
    return tmp_path


def plant(root, file, old, new):
    path = root / file
    text = path.read_text()
    assert old in text, f"{file} has no {old!r} to change"
    path.write_text(text.replace(old, new, 1) if old else text + new)


def contracts(root):
    return subprocess.run([str(BIN / "lint-imports"), "--no-cache"], cwd=root, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(root)})


def suite(root, *arguments):
    env = os.environ | {"PYTHONPATH": str(root), "PRAXIS_HOME": str(root / "home"), "DATABASE_URL": ""}
    return subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], cwd=root, capture_output=True, text=True, env=env)


@pytest.mark.parametrize(("file", "line", "contract"), [
    ("praxis/kernel/now.py", "\nfrom praxis.records import models  # noqa\n", "Floors"),
    ("praxis/lib/spans.py", "\nimport django  # noqa\n", "lib is plain Python"),
    ("praxis/practices/incident/rules.py", "\nfrom praxis.kernel import journal  # noqa\n", "Only records and people write"),
    ("praxis/abilities/links/display.py", "\nfrom praxis.abilities.clocks import models  # noqa\n", "Abilities do not know each other"),
    ("praxis/people/actors.py", "\nimport ninja  # noqa\n", "Only the REST interface"),
])
def test_an_import_in_the_wrong_direction_breaks_its_contract(copy, file, line, contract):
    plant(copy, file, "", line)
    run = contracts(copy)
    assert run.returncode != 0 and any(contract in row and "BROKEN" in row for row in run.stdout.splitlines()), run.stdout[-1500:]


@pytest.mark.parametrize(("file", "line", "why"), [
    ("praxis/practices/incident/actions.py", "\ndef bad(record):\n    record.save()\n", "records are written in records/write"),
    ("praxis/records/read.py", "\n# signals\nfrom django.db.models.signals import post_save\n", "no signal receivers"),
    ("praxis/screens/templates/head.j2", "<b style='color: red'>x</b>", "a strict content policy"),
    ("praxis/lib/text.py", "\ndef run(text):\n    return eval(text)\n", "nothing typed is run"),
    ("praxis/abilities/links/templates/links/related.j2", "{% include 'clocks/time.j2' %}", "names the template"),
])
def test_a_broken_rule_of_the_house_is_named(copy, file, line, why):
    assert house.faults(copy) == []
    plant(copy, file, "", line)
    assert any(why in fault and file in fault for fault in house.faults(copy)), house.faults(copy)


@pytest.mark.parametrize(("name", "file", "old", "new", "test", "says"), [
    ("a view without access", "praxis/interfaces/web/pages.py", '@require_GET\n@access("desk.work")\ndef keys', "@require_GET\ndef keys",
     "tests/interfaces/test_access.py::test_t_b21_every_view_declares_its_access", "keys"),
    ("a marker leak", "praxis/abilities/conversation/read.py", '    return actor.may(f"{record.kind}.notes", record)', "    return True",
     "tests/interfaces/test_access.py::test_l1_2_private_text_never_reaches_a_requester", "xyzzymarker"),
    ("a leak to another tenant", "praxis/records/models.py", "        return self.filter(within(actor, permission))", "        return self",
     "tests/contracts/test_every_kind.py::test_strangers_see_nothing", "AssertionError"),
    ("a query per row", "praxis/screens/lists.py", "        rows = self.ordered(self.joined(self.kind.model.objects.filter(pk__in=chosen)))", "        rows = self.ordered(self.kind.model.objects.filter(pk__in=chosen))",
     "tests/contracts/test_every_kind.py::test_list_costs_the_same_for_any_length", "AssertionError"),
    ("an event that tells too little", "praxis/records/write/open.py", 'changes = {n: entry(record, n, None, v) for n in names if', 'changes = {n: entry(record, n, None, v) for n in ("state",) if',
     "tests/contracts/test_every_kind.py::test_opened_carries_every_initial_value", "KeyError"),
    ("a POST without a token", "praxis/site/settings.py", '    "django.middleware.csrf.CsrfViewMiddleware",\n', "",
     "tests/interfaces/test_web.py::test_t_c10_every_post_needs_a_token", "403"),
    ("a clock that counts closed time", "praxis/lib/clock.py", "elapsed = target.calendar.elapsed(start, end, pauses) if end > start else timedelta()", "elapsed = end - start",
     "tests/lib/test_clock.py::test_the_clock_equals_the_oracle", "AssertionError"),
    ("an empty registry", "praxis/kernel/loading.py", "            if find_spec", "            if False and find_spec",
     "tests/kernel/test_kernel.py::test_there_are_21_roles", "No kind is declared"),
])
def test_a_planted_fault_fails_the_named_test(copy, name, file, old, new, test, says):
    plant(copy, file, old, new)
    run = suite(copy, test)
    assert run.returncode != 0 and says in run.stdout + run.stderr, (name, run.stdout[-1500:], run.stderr[-500:])
