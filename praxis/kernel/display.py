"""What a screen shows: facts (fields), columns, properties, panels, views. Declared here, drawn by praxis.screens."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from operator import attrgetter

from praxis.lib.conditions import Group


@dataclass(frozen=True)
class Option:
    """One choice in an editor or a filter."""

    value: str
    label: str
    draw: str = "text"
    shown: object = None  # what the macro gets; the label if None
    href: str = ""  # opens a dialog instead of saving


@dataclass(frozen=True, kw_only=True)
class Field:
    """One fact of a kind: how to read, draw, find, sort and change it. Columns, properties and chips only name it."""

    key: str
    label: str
    draw: str = "text"  # a macro of ui.j2, or "<folder>/marks.j2:name"
    icon: str = "circle-dashed"
    empty: str = ""  # "Add a cause"
    path: str = ""  # ORM path to filter and sort by
    type: str = "text"  # text number time choice person team record yes: how values are parsed and shown in REST
    join: str = ""  # select_related
    read: Callable | None = None  # record -> value; default: the attribute of the same name
    load: Callable | None = None  # (records, actor) -> {id: value}; one query for a whole page
    where: Callable | None = None  # (test, actor, kind) -> Q; default from path
    ops: tuple[str, ...] = ("is", "is_not")
    options: Callable | None = None  # (kind, actor, record or None, typed) -> [Option]; None record: a filter asks
    save: Callable | None = None  # (record, by, raw, seen) -> record; default write.change
    needs: str = ""  # permission to change it; default <kind>.change
    see: str = ""  # permission to read it, "*" for the kind; default <kind>.see
    edit: bool = True
    dialog: str = ""  # a verb whose dialog changes it, where a value alone is not enough

    def value(self, record, loaded):
        if self.load:
            return loaded[self.key].get(record.pk)
        return self.read(record) if self.read else attrgetter(self.key)(record)


@dataclass(frozen=True)
class Column:
    """A field in a list; `place` is the cell on a phone and decides the width: p i m x o s."""

    field: str
    place: str = "x"
    quiet: bool = False  # heading for screen readers only
    draw: str = ""  # another macro than the field's

    @property
    def css(self):
        return {"m": "main", "x": "desk"}.get(self.place, "fit")


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of a record page, from whoever knows the facts; `load` returns None when there is nothing to say."""

    key: str
    title: str
    slot: str  # bar main dock rail preview: a suggestion, the kind decides
    template: str
    load: Callable  # (record, actor) -> dict | None; the dict may hold note and add for the frame
    on: tuple[str, ...] = ()  # event patterns, also <kind>.field.<field>, that make it stale
    needs: str = ""  # "*.notes": shown only where the actor holds it on the record
    order: int = 50
    lazy: bool = False  # asked for by itself once the page is there: for what takes time and is no part of the first look


@dataclass(frozen=True)
class Mark:
    """A small sign beside the title, in lists and heads."""

    key: str
    draw: str
    read: Callable | None = None
    load: Callable | None = None  # as in Field
    ask: Callable | None = None  # () -> expression: what a list asks in its own statement, as `<key>_mark` of the record


@dataclass(frozen=True)
class Brief:
    """A record of this kind as one line elsewhere: in links, search, my work."""

    icon: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class View:
    """A named question with an order: a tab of the list."""

    key: str
    label: str
    condition: Group
    sort: str = "due"
    icon: str = ""
    count: bool = False


@dataclass(frozen=True)
class Section:
    """A heading and the columns below it in a form."""

    title: str
    fields: tuple[str, ...]

    def __init__(self, title, *fields):
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "fields", fields)


@dataclass(frozen=True, kw_only=True)
class Screens:
    """Which facts a kind shows where."""

    columns: tuple[Column, ...]
    form: tuple[Section, ...]
    filters: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ("updated",)  # the first is the default; all are indexed
    views: tuple[View, ...] = ()
    fields: tuple[Field, ...] = ()
    properties: tuple[str, ...] = ()
    short: tuple[str, ...] = ()  # properties in the preview
    exported: tuple[str, ...] = ()  # further facts that an export has
    buttons: tuple[str, ...] = ()  # moves and verbs beside the title; the last is primary, the rest go into the menu
    signs: tuple[str, ...] = ()  # marks in lists
    head: tuple[str, ...] = ()  # marks beside the title of the page
    panels: tuple[str, ...] = ()  # order by key; panels not named follow by their own order
    places: tuple[tuple[str, str], ...] = ()  # panel -> another slot than it suggests; "" hides it
    brief: Callable | None = None  # (records, actor) -> {id: Brief}; one query for all of this kind
    layout: str = "talk"  # talk: conversation first; sheet: cards
    new: str = ""  # address of a page of its own for a new record

    @property
    def form_fields(self):
        return [f for section in self.form for f in section.fields]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows that are no Records, kept on one page of the administration and in the configuration's text.

    `form` names the columns that a person fills in; `natural` those that name a row in the text, where a foreign key
    stands as the name of what it points to. `home` is the ORM path to the row's organisation, "" when all share it.
    """

    key: str
    label: str  # of the page
    one: str  # of a single row
    place: str  # heading: organisation, desk, practices, platform
    model: type
    columns: tuple[str, ...]
    form: tuple[str, ...]
    natural: tuple[str, ...]
    home: str = "organisation"
    needs: str = "admin.settings"
    about: str = ""
    find: tuple[str, ...] = ()  # columns searched by the box above the table
    order: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()  # foreign keys that an address may ask for
    links: tuple[tuple[str, str], ...] = ()  # (label, address with {pk}) beside the form of a row
    hints: dict = field(default_factory=dict, hash=False)
    fresh: Callable | None = None  # () -> {column: value} of a new row beyond the form
    picture: str = ""  # a template drawn above the form, given the row
    portable: bool = True  # part of the configuration's text
    removable: bool = True


rows: dict[str, Rows] = {}


def administer(*declared):
    """Declare pages of the administration, in the order in which they are shown and exported."""
    for one in declared:
        if one.key in rows:
            raise ValueError(f"the rows {one.key!r} are declared twice")
        rows[one.key] = one


screens: dict[str, Screens] = {}
_shelves: dict[type, dict[str, dict]] = {Field: {}, Panel: {}, Mark: {}}


def show(kind, **parts):
    """Declare the screens of a kind."""
    screens[kind.key] = Screens(**parts)
    contribute(kind.key, *screens[kind.key].fields)


def contribute(to, *parts):
    """Add fields, panels and marks to a kind, known by key; "*" is every kind."""
    for part in parts:
        shelf = _shelves[type(part)].setdefault(to, {})
        if part.key in shelf:
            raise ValueError(f"{part.key!r} is declared twice for {to!r}")
        shelf[part.key] = part


@cache
def fields(key):
    """The catalogue of facts of a kind."""
    return _shelves[Field].get("*", {}) | _shelves[Field].get(key, {})


@cache
def guarded(key):
    """The facts of a kind that need a right of their own to be read."""
    return [f for f in fields(key).values() if f.see]


def marks(key, place="signs"):
    every = _shelves[Mark].get("*", {}) | _shelves[Mark].get(key, {})
    return [every[k] for k in getattr(screens[key], place) if k in every]


def asked_marks(key):
    """{name: expression} of the marks that a query of this kind can answer along with its rows."""
    every = _shelves[Mark].get("*", {}) | _shelves[Mark].get(key, {})
    shown = {*screens[key].signs, *screens[key].head}
    return {f"{m.key}_mark": m.ask() for m in every.values() if m.ask and m.key in shown}


def every_panel(key):
    """All panels contributed to a kind, placed or not."""
    return _shelves[Panel].get("*", {}) | _shelves[Panel].get(key, {})


@cache
def panels(key, slot=None):
    """The panels of a kind: where the kind puts them, in its order; the others where they suggest, by their own."""
    wish, places = screens[key], dict(screens[key].places)
    every = every_panel(key)
    every = {k: replace(p, slot=places.get(k, p.slot)) for k, p in every.items()}
    named = [every.pop(k) for k in wish.panels if k in every]
    rest = sorted(every.values(), key=lambda p: (p.order, p.key))
    return [p for p in named + rest if p.slot and slot in (None, p.slot)]
