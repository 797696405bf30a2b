"""What a record kind is, and the registry that every engine and every interface reads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from inspect import signature
from typing import get_args, get_origin

from .lifecycle import Lifecycle


@dataclass(frozen=True)
class Permission:
    """`default` maps a role to the scope in which it holds the permission when Praxis is set up."""

    key: str
    label: str
    default: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class EventType:
    """`text` is past tense and follows the actor's name; `object(event)` is what was acted on; `internal` ones are for the desk alone."""

    key: str
    text: str
    icon: str = "workflow"
    object: Callable | None = None
    internal: bool = False


@dataclass(frozen=True)
class LinkType:
    """A relation between two records, read from either side."""

    key: str
    forward: str
    reverse: str


@dataclass(frozen=True)
class Ask:
    """How an argument of a verb is asked for: `Annotated[str, Ask("Why", lines=3)]`.

    `kind` is "" for plain text, or what to choose: person, team, record, or a key of `options`.
    """

    label: str
    lines: int = 1
    kind: str = ""
    hint: str = ""
    options: Callable | None = None  # (record, actor) -> [(value, label)]


@dataclass(frozen=True)
class Action:
    """A verb on one record: a button, a REST call, a step of a rule."""

    key: str
    label: str
    needs: str  # "*" stands for the record's kind
    run: Callable
    when: Callable | None = None
    meant: Callable | None = None  # (record, actor) -> whether this actor is meant, where that is more than a permission
    icon: str = ""
    tone: str = ""
    hotkey: str = ""
    quiet: bool = False  # has a place of its own on the page, so the menu leaves it out
    offered_by: str = ""  # an offer is checked against the offering practice's permission
    after_close: bool = False  # possible in a FINAL state
    many: bool = False  # offered for the chosen rows of a list as well
    side: bool = False  # makes another record out of this one: asked in a panel beside the page, which stays as it is
    first: Callable | None = None  # (record, actor) -> {argument: value} with which the form begins

    @cached_property
    def arguments(self):
        """{name: (type, Ask or None, required)} of the verb's signature."""
        found = {}
        for name, parameter in signature(self.run).parameters.items():
            if name in ("record", "by"):
                continue
            hint, ask = parameter.annotation, None
            if get_origin(hint) is not None and hasattr(hint, "__metadata__"):
                ask = next((m for m in hint.__metadata__ if isinstance(m, Ask)), None)
                hint = get_args(hint)[0]
            found[name] = (hint, ask, parameter.default is parameter.empty)
        return found

    def permission(self, kind):
        return self.needs.replace("*", kind)


@dataclass(frozen=True)
class Span:
    """How a record stands on timelines: the columns of its begin and its end, and the column that names the item it is about.

    With `below`, one about an item stands on the timelines of the services that rest on it as well.
    """

    begin: str = "opened_at"
    end: str = "resolved_at"
    item: str = ""
    below: bool = False


@dataclass(eq=False)
class Kind:
    """One practice's record: identity, life, rights, facts. Everything else is made from this and its display.

    `compute(record) -> {column: value}` derives columns from others and is asked at every write; nobody sets the
    `computed` ones by hand. `by_verb` maps a column to the verb that changes it, because a value alone is not enough. `opening`
    names what everybody who may open one may fill in; the rest needs the right to change it. `home` is a column naming the
    record whose organisation a new one takes, for kinds that are part of others. `requested` is False where a new one is nobody's until
    somebody gets it. `span` puts it on the timelines of services and items.
    """

    key: str
    label: str
    plural: str
    prefix: str
    model: type
    lifecycle: type[Lifecycle]
    permissions: tuple[Permission, ...] = ()
    events: tuple[EventType, ...] = ()
    links: tuple[LinkType, ...] = ()
    icon: str = "t-task"
    place: str = "Operate"  # heading in the side bar
    portal: tuple[str, str] = ()  # what a requester calls one and many of them
    after_close: tuple[str, ...] = ()
    compute: Callable | None = None
    computed: tuple[str, ...] = ()
    by_verb: dict[str, str] = field(default_factory=dict)
    home: str = ""
    requested: bool = True
    span: Span | None = None
    opening: tuple[str, ...] = ("title", "description", "requester", "service")
    actions: dict[str, Action] = field(default_factory=dict)
    _verbs: dict | None = None

    def __post_init__(self):
        registry.add(self)

    def action(self, *, label, needs, **looks):
        """Decorator: offer a function as a verb on this kind."""

        def add(run):
            self.actions[run.__name__] = Action(run.__name__, label, needs, run, **looks)
            return run

        return add

    @property
    def verbs(self):
        """Own verbs, those of abilities and those that other practices offer here."""
        if self._verbs is None or not registry.frozen:
            self._verbs = self._all_verbs()
        return self._verbs

    def _all_verbs(self):
        return registry.offers.get("*", {}) | registry.offers.get(self.key, {}) | self.actions

    def permission(self, verb):
        return f"{self.key}.{verb}"


class Frozen(RuntimeError):
    """Something was declared after the registry was frozen."""


class Registry(dict):
    """Every kind by key; event types, link types, offers and permissions beside them."""

    def __init__(self):
        super().__init__()
        self.offers, self.event_types, self.link_types, self.shared = {}, {}, {}, {}
        self.frozen, self._permissions = False, None

    def add(self, kind):
        self._open()
        if kind.key in self or any(k.prefix == kind.prefix for k in self.values()):
            raise ValueError(f"kind {kind.key!r} or its prefix {kind.prefix!r} is declared twice")
        self[kind.key] = kind
        kind.model.kind_key = kind.key
        self.declare(*kind.events, *kind.links)
        self.declare(
            EventType(f"{kind.key}.opened", "opened this", "plus"),
            EventType(f"{kind.key}.changed", "changed this", "pencil"),
            EventType(f"{kind.key}.moved", "moved this", "arrow-right"),
        )

    def declare(self, *things):
        """Event types, link types and permissions that belong to no single kind."""
        self._open()
        for thing in things:
            shelf = {EventType: self.event_types, LinkType: self.link_types, Permission: self.shared}[type(thing)]
            if thing.key in shelf:
                raise ValueError(f"{thing.key!r} is declared twice")
            shelf[thing.key] = thing

    def offer(self, on, *, label, needs, **looks):
        """Decorator: put a verb on a kind of another practice, known only by its key; "*" is every kind."""

        def add(run):
            self._open()
            verb = Action(run.__name__, label, needs, run, offered_by=needs.split(".")[0], **looks)
            self.offers.setdefault(on, {})[verb.key] = verb
            return run

        return add

    @property
    def permissions(self):
        """Every declared permission by key; made once when nothing more can be declared."""
        if self._permissions is None or not self.frozen:
            self._permissions = self._all_permissions()
        return self._permissions

    def _all_permissions(self):
        return self.shared | {p.key: p for kind in self.values() for p in kind.permissions}

    def by_number(self, number):
        """The kind of a number such as INC-1042, or None."""
        prefix = number.partition("-")[0]
        return next((k for k in self.values() if k.prefix == prefix), None)

    def freeze(self):
        if not self:
            raise RuntimeError("No kind is declared: nothing would be served and nothing tested.")
        for key in sorted(self):  # the same order, whatever order the apps were loaded in
            self[key] = self.pop(key)
        self.frozen = True

    def _open(self):
        if self.frozen:
            raise Frozen("Declarations are made while Praxis loads, not later.")


registry = Registry()
