"""Whom a rule picks: a pure choice among candidates, with the reason for each who was passed over (LD1, LD2)."""

from dataclasses import dataclass

TURN, LEAST = "turn", "least"


@dataclass(frozen=True)
class Candidate:
    """A member of a group as a rule sees them; `last` is the number of the last turn, 0 for never."""

    id: int
    name: str
    away: str = ""  # why not here: "on leave", "off shift"
    open: int = 0
    skilled: bool = True
    last: int = 0


def choose(candidates, way, most_open):
    """(Candidate or None, {id: reason} of those passed over): never one who is away, full, or without the skill."""
    passed = {}
    for one in candidates:
        if one.away:
            passed[one.id] = one.away
        elif not one.skilled:
            passed[one.id] = "lacks the skill"
        elif one.open >= most_open:
            passed[one.id] = f"has {one.open} open"
    free = [c for c in candidates if c.id not in passed]
    order = {TURN: lambda c: (c.last, c.name, c.id), LEAST: lambda c: (c.open, c.last, c.name, c.id)}[way]
    return min(free, key=order, default=None), passed
