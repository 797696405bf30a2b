"""How the life of a record is declared: states and the moves between them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What every engine may ask of any state, whatever a practice calls it."""

    OPEN = "open"
    PAUSED = "paused"  # work that waits; whether a clock stands is the agreement's word, not the phase's
    DONE = "done"  # work is finished and can be reopened
    FINAL = "final"  # fields no longer change, but for those the kind names in `after_close`
    STANDING = "standing"  # in force and no work: a service, an article, a contract


@dataclass(frozen=True)
class State:
    label: str
    phase: Phase
    sign: str = "open"  # the drawn ring: new open work wait done
    portal: str = ""  # what a requester reads
    name: str = ""

    @property
    def is_open(self):
        return self.phase in (Phase.OPEN, Phase.PAUSED)

    def __or__(self, other):
        return (self, other)

    def __ror__(self, others):
        return (*others, self)


@dataclass(frozen=True)
class Move:
    """A step from one of `sources` to `to`, offered to whoever holds `needs` on the record.

    `ask` names the columns that its dialog fills, of which `optional` may stay empty. `guard(record)` returns the
    reason why the move is not possible, or "". `sets(record, at, by)` gives further columns. `then(record, by)` is
    what follows at once, in the same transaction, such as asking for approval. `on_reply` marks the move
    that a requester's answer makes. `with_reply(text)` gives what it asks when it is made together with a reply.
    """

    sources: tuple[State, ...] | State
    to: State
    label: str
    needs: str
    ask: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    guard: Callable | None = None
    sets: Callable | None = None
    then: Callable | None = None
    icon: str = ""
    tone: str = ""
    hotkey: str = ""
    on_reply: bool = False
    with_reply: Callable | None = None
    name: str = ""


class Lifecycle:
    """Base of all lifecycles; a subclass holds State and Move attributes and nothing else."""

    states: dict[str, State]
    moves: dict[str, Move]
    first: State

    def __init_subclass__(cls):
        cls.states, cls.moves = {}, {}
        for name, value in vars(cls).items():
            if isinstance(value, State):
                object.__setattr__(value, "name", name.lower())
                cls.states[value.name] = value
            elif isinstance(value, Move):
                object.__setattr__(value, "name", name)
                sources = (value.sources,) if isinstance(value.sources, State) else value.sources
                object.__setattr__(value, "sources", sources)
                cls.moves[name] = value
        cls.first = next(iter(cls.states.values()))

    @classmethod
    def moves_from(cls, state):
        """The moves that leave the state of this name."""
        return [m for m in cls.moves.values() if cls.states[state] in m.sources]

    @classmethod
    def open_states(cls):
        return {name for name, s in cls.states.items() if s.is_open}
