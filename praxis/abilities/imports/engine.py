"""Trying, importing and undoing one table, row by row: each row stands for itself, or all of them do together."""

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from praxis.kernel.context import come_from
from praxis.kernel.errors import Refused
from praxis.people.actors import actor_of
from praxis.records.write import once, trial, writing

from . import relations, targets
from .models import Import

STEP = 50  # rows between two notes of the progress


class Enough(Exception):
    """Ends a transaction whose work is not to stay."""


def run(pk, trying):
    """Try or import; safe to repeat: a row that is done says again what it did."""
    one = Import.objects.select_related("person__organisation").get(pk=pk)
    actor = actor_of(one.person)
    target = targets.of(one.target, actor)
    if target is None:
        return _finish(one, "refused", [[0, "bad", "", "You may not import into this any more.", 0, {}]])
    with come_from(origin="import"), timezone.override(actor.zone):  # times without a zone are those of whoever imports
        wanted = relations.Wanted(target)
        if trying:
            results = _each(one, target, wanted, lambda n, row: _tried(target, row))
            return _finish(one, "tried", _reasons(results, wanted.tried(results, _titles(one, results))))
        if one.whole:
            return _whole(one, target, wanted)
        results = _each(one, target, wanted, lambda n, row: _kept(one, target, actor, n, row))
        return _finish(one, "done", _related(results, wanted, lambda k, run: once(f"import:{one.pk}:links:{k}", actor, run)))


def _each(one, target, wanted, doing):
    """The results of all rows; the progress is noted now and then."""
    results, twins = [], _twins(one)
    for n, row in enumerate(one.rows):
        results.append(_result(one, target, wanted, n, row, doing, twins))
        if n % STEP == 0:
            Import.objects.filter(pk=one.pk).update(done=n)
    return results


def _titles(one, results):
    """The names of the records that the file would make."""
    at = next((one.heads.index(h) for h, c in one.mapping.items() if c == "title"), None)
    return [one.rows[n][at] for n, r in enumerate(results) if r[1] == "made"] if at is not None else []


def _reasons(results, reasons):
    """The results with what could not be related, told with its row."""
    for n, words in reasons.items():
        results[n][3] = "; ".join(filter(None, [results[n][3], *words]))[:1000]
    return results


def _related(results, wanted, keep):
    """Relate the rows that are there; what this adds to the versions of rows is no work of somebody else."""
    reasons, new = wanted.make(results, keep)
    added = wanted.versions(new)
    for n, row in enumerate(results):
        if n in new:
            row[5] = {**row[5], "links": new[n]}
            row[1] = "changed" if row[1] == "same" else row[1]
        if row[1] != "bad":
            row[4] += added.get(row[2], 0)
    return _reasons(results, reasons)


def _result(one, target, wanted, n, row, doing, twins):
    line = n + 2  # as people count: the headings are line 1
    values = {column: row[one.heads.index(head)] for head, column in one.mapping.items() if column in target.columns}
    try:
        wanted.take(n, values)
        if n in twins:
            raise ValidationError(_("Line %s has this number already.") % twins[n])
        return [line, *_flat(doing(n, values))]
    except ValidationError as problem:
        told = getattr(problem, "message_dict", None)
        words = "; ".join(f"{_head(one, k)}{' '.join(v)}" for k, v in told.items()) if told else " ".join(problem.messages)
        return [line, "bad", "", words, 0, {}]
    except Refused as problem:
        return [line, "bad", "", str(problem), 0, {}]
    except (DatabaseError, ValueError, TypeError, OverflowError) as problem:
        return [line, "bad", "", f"This row cannot be stored: {str(problem)[:200]}", 0, {}]


def _twins(one):
    """{row: the line before it that has the same number, and that it would otherwise overwrite}."""
    found = {}
    for column in ("number", "external_ref"):
        at = next((one.heads.index(h) for h, c in one.mapping.items() if c == column), None)
        first = {}
        for n, row in enumerate(one.rows if at is not None else ()):
            if (typed := row[at].strip().casefold()) and first.setdefault(typed, n) < n:
                found.setdefault(n, first[typed] + 2)
    return found


def _flat(found):
    outcome, what, version, before = found
    return outcome, what, "", version, before


def _head(one, column):
    head = next((h for h, c in one.mapping.items() if c == column), "")
    return f"{head}: " if head else ""


def _tried(target, values):
    """What would become of a row, and nothing stays of it."""
    with trial():
        return target.put(dict(values))


def _kept(one, target, actor, n, values):
    return once(f"import:{one.pk}:{n}", actor, lambda: list(target.put(dict(values))))


def _whole(one, target, wanted):
    """All rows in one transaction, or none."""
    results = []
    try:
        with writing():
            twins = _twins(one)
            for n, row in enumerate(one.rows):
                results.append(_result(one, target, wanted, n, row, lambda n, values: _saved(target, values), twins))
            if any(r[1] == "bad" for r in results):
                raise Enough
            _related(results, wanted, lambda k, run: run())
            if any(r[3] for r in results):
                for row in results:
                    row[1] = "bad" if row[3] else row[1]
                raise Enough
            return _finish(one, "done", results)
    except Enough:
        return _finish(one, "refused", results)


def _saved(target, values):
    with transaction.atomic():
        return target.put(dict(values))


def _finish(one, state, results):
    Import.objects.filter(pk=one.pk).update(state=state, results=results, done=len(results))
    return counts(results)


def undo(pk):
    """Take back what an import did, last row first; rows that were worked on since stay, each with its reason."""
    one = Import.objects.select_related("person__organisation").get(pk=pk)
    target, left = targets.of(one.target, actor_of(one.person)), []
    with come_from(origin="import"):
        with writing():
            added = relations.unmake(one.results, actor_of(one.person))
        for line, outcome, what, reason, version, before in reversed(one.results):
            if outcome in ("made", "changed"):
                try:
                    with writing():
                        target.undo(what, outcome, version + added[what], {k: v for k, v in before.items() if k != "links"})
                    outcome = "undone"
                except (Refused, ValidationError) as problem:
                    reason = " ".join(getattr(problem, "messages", [str(problem)]))
            left.append([line, outcome, what, reason, version, before])
    return _finish(one, "undone", left[::-1])


def counts(results):
    """{outcome: rows}; they add up to the rows of the file (AC4)."""
    found = dict.fromkeys(("made", "changed", "same", "bad", "undone"), 0)
    for row in results:
        found[row[1]] += 1
    return found
