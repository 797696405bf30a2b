"""Declared moves as an organisation wants them (settled 25): the same moves, some hidden, renamed, or with more to fill."""

from dataclasses import replace

from django.core.cache import cache

from .extras import fulfils
from .models import MoveRule

KEEP = 5  # seconds; other processes see a change after this long


def rules(kind, organisation):
    """{move: MoveRule} of an organisation's records of this kind; its own before those of all."""
    every = cache.get(f"moves:{kind}")
    if every is None:
        every = list(MoveRule.objects.filter(kind=kind))
        cache.set(f"moves:{kind}", every, KEEP)
    return {r.move: r for r in sorted(every, key=lambda r: r.organisation_id is not None) if r.organisation_id in (None, organisation)}


def fitted(record, move):
    """The move as it is for this record: with its label and all that it asks for; None where it is hidden or its condition does not hold."""
    rule = rules(record.kind, record.organisation_id).get(move.name)
    if rule is None:
        return move
    if rule.hidden or rule.when and not fulfils(record, rule.when):
        return None
    return replace(move, label=rule.label or move.label, ask=(*move.ask, *(a for a in rule.asks if a not in move.ask)))


_guards = []


def guards(run):
    """Decorator: `run(record, move, rule) -> reason or ""`: why a rule does not allow a move yet."""
    _guards.append(run)
    return run


def reason(record, move):
    """Why the rules of the record's organisation do not allow this move yet, or ""."""
    rule = rules(record.kind, record.organisation_id).get(move.name)
    return next((r for run in _guards if (r := run(record, move, rule))), "") if rule else ""


def forget(kind):
    cache.delete(f"moves:{kind}")
