"""What may follow on linked records once a record is where it is: shown first, each with its state and requester, and done by whoever confirms it (PM1, L2-3).

Only what is declared here cascades; no other type of link ever does, and what is finished is never moved back.
"""

from collections.abc import Callable
from dataclasses import dataclass

from praxis.kernel.kinds import registry
from praxis.records.models import Link, Record
from praxis.records.read import LINKS, links_of

MOST = 200
cascades: dict[str, list["Cascade"]] = {}


@dataclass(frozen=True, kw_only=True)
class Cascade:
    """When a record of `kind` fulfils `when`, the records that `type` links to it (`way`: "in" they name it, "out" it names them) may make a move.

    `step(record, other)` gives (move, {column: value}), or None where nothing follows for that one. `label` names what is done with all of them.
    """

    kind: str
    type: str
    label: str
    when: Callable
    step: Callable
    way: str = "in"


def cascade(*declared):
    for one in declared:
        cascades.setdefault(one.kind, []).append(one)


@dataclass(frozen=True)
class Following:
    """One record that may follow: the move it would make, or why it cannot."""

    record: object
    move: str
    values: dict
    why_not: str = ""


def following(record, actor):
    """[(Cascade, [Following])] of what may follow now; only records that the actor may see, and none that is finished."""
    found = []
    for one in cascades.get(record.kind, ()):
        if not one.when(record):
            continue
        steps = []
        for other in _own(_linked(record, one)):
            if not other.is_open or not actor.may(f"{other.kind}.see", other):
                continue
            asked = one.step(record, other)
            if asked is None:
                continue
            name, values = asked
            move = other.type.lifecycle.moves.get(name)
            if move is None or other.stage not in move.sources or move.to is other.stage:
                continue
            may = actor.may(move.needs, other)
            why = "" if may else "no right"
            why = why or (move.guard(other) if move.guard else "")
            steps.append(Following(other, name, values, why))
        if steps:
            found.append((one, steps))
    return found


def _linked(record, one):
    """Ids at the other ends of a cascade's links: of those that the page has read already, unless there are more."""
    known = links_of(record)
    if len(known) < LINKS:
        return [x.source_id if one.way == "in" else x.target_id for x in known if x.type == one.type and (x.target_id if one.way == "in" else x.source_id) == record.pk]
    rows = Link.objects.filter(**({"target": record.pk} if one.way == "in" else {"source": record.pk}), type=one.type)
    return list(rows.values_list("source" if one.way == "in" else "target", flat=True)[:MOST])


def _own(ids):
    """The records of these ids in their own class, in the order of their numbers."""
    if not ids:
        return []
    by_kind = {}
    for pk, kind in Record.objects.filter(pk__in=ids).values_list("pk", "kind"):
        by_kind.setdefault(kind, []).append(pk)
    rows = [r for kind, pks in by_kind.items() if kind in registry for r in registry[kind].model.objects.select_related("requester").filter(pk__in=pks)]
    return sorted(rows, key=lambda r: r.pk)
