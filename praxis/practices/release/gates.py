"""Which gates stand before a stage, and how ready a release is (REL-02, REL-03)."""

from dataclasses import dataclass

from praxis.abilities.tasks.models import Task
from praxis.records.models import Link, Record

from .models import Gate

USUAL = (  # (stage, criterion, found by itself) of every new release
    ("test", "Everything that belongs to it is built", ""), ("uat", "Tests passed in a test environment", "tests_passed"), ("deployment", "The customer accepted it", ""),
    ("deployment", "All its changes are authorised", "changes_authorised"), ("deployment", "A back-out plan is written", "backout_written"), ("review", "All its changes are carried out", "changes_done"),
)


@dataclass(frozen=True)
class Judged:
    """A gate as it is now; `why` says what an automatic one found, `passed` is None while nothing is known."""

    gate: Gate
    passed: bool | None
    why: str = ""


def members(release, *kinds):
    """The records that a release bundles, of these kinds."""
    rows = Record.objects.filter(links_out__target=release.pk, links_out__type="released_in")
    return rows.filter(kind__in=kinds) if kinds else rows


def judged(release):
    """[Judged] of all gates of a release, in the order of the stages in which they stand."""
    return [_judge(g, release) for g in release.gates.select_related("shown").order_by("pk")]


def _judge(gate, release):
    if gate.state == "waived":
        return Judged(gate, True, gate.evidence)
    if gate.automatic:
        passed, why = CHECKS[gate.automatic](release)
        return Judged(gate, passed, why)
    return Judged(gate, {"passed": True, "failed": False}.get(gate.state), gate.evidence)


def _changes(release, good, words):
    rows = list(members(release, "change").values_list("number", "state"))
    if not rows:
        return None, "no change belongs to it"
    left = [number for number, state in rows if state not in good]
    return (not left), f"{len(rows) - len(left)} of {len(rows)} {words}" + (f", not {', '.join(left[:5])}" if left else "")


def _tests(release):
    rows = Link.objects.filter(source=release.pk, type="deployed_by").values_list("target__deployment__environment__production", "target__deployment__result")
    tried = [result for production, result in rows if not production and result]
    return (all(r == "succeeded" for r in tried) if tried else None), f"{tried.count('succeeded')} of {len(tried)} succeeded" if tried else "nothing was put into a test environment"


def _problems(release):
    rows = list(members(release, "problem").values_list("number", "state"))
    left = [n for n, s in rows if s in ("new", "assess", "analysis")]
    return (not left if rows else None), f"without a fix: {', '.join(left)}" if left else f"{len(rows)} with a fix" if rows else "no problem belongs to it"


def _tasks(release):
    left = Task.objects.open().filter(parent=release.pk, mandatory=True).count()
    every = Task.objects.filter(parent=release.pk).count()
    return (left == 0 if every else None), f"{every - left} of {every} done" if every else "no task belongs to it"


CHECKS = {
    "changes_authorised": lambda r: _changes(r, ("scheduled", "implement", "review", "closed"), "authorised"), "changes_done": lambda r: _changes(r, ("review", "closed"), "carried out"),
    "tests_passed": _tests, "no_open_problem": _problems, "tasks_done": _tasks,
    "backout_written": lambda r: (bool(r.backout.strip()) or None, "written" if r.backout.strip() else "nothing is written"),
}


def shut(release, stage):
    """The gates that still stand before a stage."""
    return [j for j in judged(release) if j.gate.stage == stage and j.passed is not True]


def score(found):
    """(passed, of how many) of judged gates: the readiness of a release."""
    return sum(j.passed is True for j in found), len(found)
