"""Reading records: by number, as one line elsewhere, and what can be done with one."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from praxis.kernel.display import Brief, asked_marks, guarded, screens
from praxis.kernel.kinds import Action, registry
from praxis.kernel.lifecycle import Move, Phase

from .models import Link, Record, within
from .overlays import fitted, reason


def by_number(number, actor, *join, signs=False):
    """The record of this number, in its own class, if the actor may see it; else None. One query, with what its marks ask if `signs`."""
    kind = registry.by_number(number)
    if kind is None or not actor.has(kind.permission("see")):
        return None
    rows = kind.model.objects.visible_to(actor, kind.permission("see"))
    rows = rows.annotate(**asked_marks(kind.key)) if signs else rows
    return rows.select_related(*join).filter(number=number).first()


def visible(records, actor):
    """The records of a mixed list that the actor may see; asks no database."""
    return [r for r in records if actor.may(f"{r.kind}.see", r)]


def briefs(records, actor):
    """[(record, Brief)] for records of any kind, in their order, less what the actor may not see; one query a kind."""
    seen, found = visible(records, actor), {}
    for key, rows in groupby(sorted(seen, key=lambda r: r.kind), key=lambda r: r.kind):
        if screens[key].brief:
            found |= screens[key].brief(list(rows), actor)
    return [(r, found.get(r.pk, Brief())) for r in seen]


LINKS = 60


def links_of(record):
    """The newest links of a record with both ends, read once for a page however many panels ask; rights are the caller's to ask."""
    known = record.__dict__.get("_links")
    if known is None or known[0] != record.version:
        rows = Link.objects.filter(Q(source=record.pk) | Q(target=record.pk)).select_related("source", "target").order_by("-id")[:LINKS]
        known = record.__dict__["_links"] = (record.version, list(rows))
    return known[1]


def reach(actor, *verbs):
    """A Q over records of every kind: those on which the actor holds `see` and these further permissions."""
    alike = {}  # kinds that are reached in the same way are asked for together: one clause is composed, planned and tested instead of one a kind
    for key in registry:
        if all(actor.has(f"{key}.{verb}") for verb in ("see", *verbs)):
            ways = repr([actor.clauses(f"{key}.{verb}") for verb in ("see", *verbs)])
            alike.setdefault(ways, []).append(key)
    found = Q(pk__in=())
    for kinds in alike.values():
        mine = Q(kind__in=kinds) if len(kinds) > 1 else Q(kind=kinds[0])
        for verb in ("see", *verbs):
            mine &= within(actor, f"{kinds[0]}.{verb}")
        found |= mine
    return found


@dataclass(frozen=True)
class Step:
    """Something that can be done with a record now: a move, a verb or an offer, with its address."""

    key: str
    label: str
    href: str
    what: Move | Action
    asks: bool  # opens a dialog

    def __getattr__(self, name):  # icon, tone, hotkey, quiet
        return getattr(self.what, name, "")


def possible(record, actor):
    """The one list of moves, actions and offers that this actor can make now; every interface uses it."""
    steps = []
    for move in record.type.lifecycle.moves_from(record.state):
        if (move := fitted(record, move)) and actor.may(move.needs, record) and not (move.guard and move.guard(record)) and not reason(record, move):
            steps.append(Step(move.name, move.label, f"/r/{record.number}/move/{move.name}", move, bool(move.ask)))
    for key, verb in record.type.verbs.items():
        if allows(verb, record, actor):
            steps.append(Step(key, verb.label, f"/r/{record.number}/do/{key}", verb, bool(verb.arguments)))
    return steps


def permitted(verb, record, actor):
    """Whether the actor holds what a verb needs; an offer is checked against the offering practice."""
    if verb.offered_by and verb.offered_by != "*":
        return actor.may(f"{record.kind}.see", record) and actor.may(verb.needs, record)
    return actor.may(verb.permission(record.kind), record)


def allows(verb, record, actor):
    if record.phase == Phase.FINAL and not verb.after_close:
        return False
    return permitted(verb, record, actor) and (not verb.when or bool(verb.when(record))) and (not verb.meant or bool(verb.meant(record, actor)))


def unseen(kind, actor, record=None):
    """Keys of the facts that the actor may not read: on this record, or on some record of the kind that it may see. What it costs is such a fact."""
    return {f.key for f in guarded(kind.key) if not _reads(f.see.replace("*", kind.key), kind, actor, record)}


def _reads(permission, kind, actor, record):
    if record is not None:
        return actor.may(permission, record)
    if not actor.has(permission):
        return False
    own, all_seen = actor.organisations(permission), actor.organisations(kind.permission("see"))
    return own is None or all_seen is not None and all_seen <= own


def columns(model):
    """The concrete columns of a kind by field name, its own and the shared ones, less the link between both tables."""
    return {f.name: f for f in model._meta.concrete_fields if not (f.remote_field and f.remote_field.parent_link)}


def base(record):
    """The shared part of a record, for a foreign key to Record."""
    return record if type(record) is Record else record.record_ptr
