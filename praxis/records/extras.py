"""Fields that an organisation adds to a kind as data (FLD-01): a port. Who keeps the declarations provides them.

Everywhere a field is named, an added one is `x_<key>`: in `write.change(x_room=...)`, in addresses, forms and lists. In the
row and in the log its value stands under the bare key, in the column `custom` and as `custom.<key>`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.cache import cache

from praxis.lib.conditions import from_json, holds

PREFIX = "x_"
_providers: list = []


@dataclass(frozen=True)
class Extra:
    """One added field as the rest of Praxis needs it."""

    key: str
    label: str
    type: str
    organisation: int | None
    clean: Callable  # (typed or given value, record, by) -> the value as it is stored; ValidationError
    words: Callable  # stored value -> what people read
    required: bool = False
    portal: bool = False
    on_page: bool = True
    in_list: bool = False
    options: tuple = ()
    hint: str = ""
    section: str = ""
    when: Callable | None = None  # record -> whether the field exists on it (FLD-02)
    asked: dict = field(default_factory=dict, hash=False)  # the condition behind it, for a page that shows and hides while somebody types

    @property
    def name(self):
        return PREFIX + self.key


def provides(run):
    """Decorator: `run(kind key) -> [Extra]` of every organisation, in their order."""
    _providers.append(run)
    return run


def every(kind):
    """All added fields of a kind, of every organisation; asked of the database at most every few seconds."""
    found = cache.get(f"extras:{kind}")
    if found is None:
        found = [e for run in _providers for e in run(kind)]
        cache.set(f"extras:{kind}", found, 5)
    return found


def of(kind, organisation):
    """{x_key: Extra} of what an organisation's records of this kind have; its own before those of all."""
    mine = [e for e in every(kind) if e.organisation in (None, organisation)]
    return {e.name: e for e in sorted(mine, key=lambda e: e.organisation is not None)}


def reached(kind, actor):
    """{x_key: Extra} of what this actor may meet on records of a kind: requesters only what they are asked for."""
    desk = actor.has(f"{kind}.notes")
    return {e.name: e for e in every(kind) if actor.reaches(e.organisation) and (desk or e.portal)}


def on(record, actor):
    """{x_key: Extra} of what this record has and this actor may meet."""
    seen = reached(record.kind, actor)
    return {name: extra for name, extra in of(record.kind, record.organisation_id).items() if name in seen}


def fulfils(record, condition):
    """Whether the columns of a record fulfil a stored condition, by the values that they have now; rows count by their ids."""
    return holds(from_json(condition), lambda name: getattr(record, f"{name}_id", getattr(record, name, None)))


def split(values):
    """(columns, {x_key: value}) of values to be written."""
    return ({k: v for k, v in values.items() if not k.startswith(PREFIX)}, {k: v for k, v in values.items() if k.startswith(PREFIX)})
