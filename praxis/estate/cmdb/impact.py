"""What breaks if something stops, and what it needs: the graph of relations, walked level by level (CMD-03).

One recursive query finds what is near, one reads the relations among it; levels and fates are worked out from these, so the cost
follows the size of the answer. A record that the reader may not see is not in the answer, and nothing is reached through it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from time import monotonic

from django.db import connection
from django.db.models import Q

from praxis.kernel.kinds import registry
from praxis.records.models import Link, Record
from praxis.records.read import reach

from .models import Item, ItemClass, RelationType

FINE, RISK, DOWN = 0, 1, 2
DEEPEST, MOST, KEEP = 1_000, 2_000, 5
SHOWN = ("kind", "number", "title", "state", "phase")
WITH_LEVELS = 12  # a walk less deep than this carries its levels, so that a large estate is not read for its nearest part
_cache = {}
_overlays = []


def overlay(run):
    """Decorator: `run(item ids, actor) -> {id: words}` of what is going on there now, such as open incidents, from whoever knows."""
    _overlays.append(run)
    return run


def forget():
    _cache.clear()


def carriers():
    """(types whose source is hit by its target, types whose target is hit by its source)."""
    at, found = _cache.get("all", (0, None))
    if found is None or monotonic() - at > KEEP:
        rows = dict(RelationType.objects.filter(is_active=True).values_list("key", "impact"))
        found = ([k for k, i in rows.items() if i in ("source", "both")], [k for k, i in rows.items() if i in ("target", "both")])
        _cache["all"] = monotonic(), found
    return found


def classes():
    """{id: ItemClass}, read again when it is older than a moment: every picture needs them and they hardly ever change."""
    at, found = _cache.get("classes", (0, None))
    if found is None or monotonic() - at > KEEP:
        found = ItemClass.objects.in_bulk()
        _cache["classes"] = monotonic(), found
    return found


@dataclass(frozen=True)
class Facts:
    """What an impact asks of an item; making a thousand whole items cost more than walking to them."""

    item_class: ItemClass
    needed: int | None
    people: int | None
    site_id: int | None


@dataclass
class Node:
    """A record in the answer: how far away it is and what happens to it."""

    record: Record
    level: int
    item: Facts | None = None
    status: int = FINE
    now: tuple[str, ...] = ()  # what is going on there, in words
    of: int = 0  # how many it depends on, where only some of them have to work


@dataclass
class Graph:
    """`nodes` by record id; `edges` are (what fails, what it hits, type of the relation)."""

    start: int
    way: str
    depth: int
    nodes: dict[int, Node] = field(default_factory=dict)
    edges: set[tuple[int, int, str]] = field(default_factory=set)
    cut: bool = False  # there is more beyond the depth or the most that is shown

    def hit(self, *statuses):
        return [n for pk, n in self.nodes.items() if pk != self.start and n.status in (statuses or (RISK, DOWN))]


def _paths(way):
    """[(end of a link that is reached, end from which it is, types)] of a walk in this direction."""
    by_target, by_source = carriers()
    up = way == "up"
    return [("source_id", "target_id", by_target if up else by_source), ("target_id", "source_id", by_source if up else by_target)]


def _cte(starts, way, depth):
    """(the recursive query `near` as SQL, its values, whether it carries levels) of a walk from these records; (None, …) where no type of relation carries anything."""
    levels, parts, values = depth < WITH_LEVELS, [], []
    # BETWEEN says the same as =, for which SQLite would first read the whole table into a filter: 42 ms instead of 0.4 at 300,000 relations
    for to, at, types in _paths(way):
        if types:
            parts.append(f"SELECT l.{to}{', level + 1' if levels else ''} FROM near JOIN records_link l ON l.{at} BETWEEN near.id AND near.id "
                         f"WHERE l.type IN ({', '.join(['%s'] * len(types))}){' AND level < %s' if levels else ''}")
            values += [*types, depth] if levels else types
    if not parts:
        return None, [], levels
    if connection.vendor == "postgresql":  # it takes one recursive part, so the two ways of a relation stand side by side within it
        inner = " UNION ALL ".join(f"SELECT {to} AS id FROM records_link WHERE {at} = near.id AND type IN ({', '.join(['%s'] * len(types))})"
                                   for to, at, types in _paths(way) if types)
        parts = [f"SELECT l.id{', level + 1' if levels else ''} FROM near CROSS JOIN LATERAL ({inner}) l{' WHERE level < %s' if levels else ''}"]
        values = [t for _to, _at, types in _paths(way) for t in types] + ([depth] if levels else [])
    first = ", ".join(["(CAST(%s AS bigint), 0)" if levels else "(CAST(%s AS bigint))"] * len(starts))
    head = "near(id, level)" if levels else "near(id)"
    return f"WITH RECURSIVE {head} AS (VALUES {first} UNION {' UNION '.join(parts)})", [*starts, *values], levels


def _near(start, way, depth, most):
    """{record id: level} of what a recursive query reaches from one record or from several, nearest first; it ends at `most` rows, also where relations go in a circle."""
    starts = list(start) if isinstance(start, (list, set, tuple)) else [start]
    cte, values, levels = _cte(starts, way, depth)
    if cte is None:
        return dict.fromkeys(starts, 0)
    with connection.cursor() as cursor:
        cursor.execute(f"{cte} SELECT * FROM near LIMIT %s", [*values, most * (WITH_LEVELS if levels else 1)])
        found = {}
        for row in cursor.fetchall():
            found.setdefault(row[0], row[-1] if levels else 0)
    return found


def hit_by(items, depth):
    """([(people, site id)] of the items, [ids of services]) that a failure of these items reaches, themselves among them. Two statements; thousands of ids never leave the database."""
    cte, values, levels = _cte(list(items), "up", depth) if items else (None, [], False)
    if cte is None:
        rows = Item._base_manager.filter(pk__in=items, people__gt=0).values_list("people", "site")
        return list(rows), []
    near = "SELECT id FROM near LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(f"{cte} SELECT people, site_id FROM cmdb_item WHERE people > 0 AND record_ptr_id IN ({near})", [*values, MOST * (WITH_LEVELS if levels else 1)])
        people = cursor.fetchall()
        cursor.execute(f"{cte} SELECT id FROM records_record WHERE kind = 'service' AND id IN ({near})", [*values, MOST * (WITH_LEVELS if levels else 1)])
        return people, [pk for (pk,) in cursor.fetchall()]


def _edges(ids):
    """{(what fails, what it hits, type)} of the relations among these records."""
    by_target, by_source = carriers()
    found = set()
    for source, target, type in Link.objects.filter(source__in=ids, target__in=ids, type__in={*by_target, *by_source}).values_list("source", "target", "type"):
        if type in by_target:
            found.add((target, source, type))
        if type in by_source:
            found.add((source, target, type))
    return found


def walk(record, actor, way="up", depth=4, most=MOST):
    """The Graph around a record: way "up" is what breaks if it stops, "down" what it needs. At most `most` records."""
    depth = max(1, min(DEEPEST, depth))
    graph = Graph(record.pk, way, depth, {record.pk: Node(record, 0, None, DOWN)})
    near = _near(record.pk, way, depth + 1, most + 1)  # one level further than shown, to know whether there is more
    rows = {r.pk: r for r in Record.objects.filter(reach(actor), pk__in=[*near][: most + 1]).exclude(phase="final").only(*SHOWN) if r.kind in registry}
    rows[record.pk] = record
    edges = _edges(rows)
    beyond = defaultdict(set)
    for failing, hit, _type in edges:
        beyond[failing if way == "up" else hit].add(hit if way == "up" else failing)
    front = {record.pk}
    for level in range(1, depth + 2):
        front = {pk for one in front for pk in beyond[one]} - graph.nodes.keys()
        if not front or level > depth:
            break
        graph.nodes |= {pk: Node(rows[pk], level) for pk in front}
    graph.cut = bool(front) or len(near) > most
    graph.edges = {e for e in edges if e[0] in graph.nodes and e[1] in graph.nodes}
    known = classes()
    for pk, of, *facts in Item._base_manager.filter(pk__in=[pk for pk, n in graph.nodes.items() if n.record.kind == "item"]).values_list(
            "pk", "item_class", "needed", "people", "site"):
        graph.nodes[pk].item = Facts(known.get(of) or ItemClass.objects.get(pk=of), *facts)
    items = [pk for pk, n in graph.nodes.items() if n.item]
    for run in _overlays if items else ():
        for pk, words in run(items, actor).items():
            graph.nodes[pk].now += (str(words),)
    if way == "up":
        some = [pk for pk, n in graph.nodes.items() if pk != graph.start and n.item and n.item.needed]
        for _to, at, types in _paths("down") if some else ():
            for (hit,) in Link.objects.filter(**{f"{at}__in": some}, type__in=types).values_list(at):
                graph.nodes[hit].of += 1
        judge(graph)
    return graph


def judge(graph):
    """Down, at risk or fine: what needs all it depends on goes down with one of them; what needs k of n is at risk while k still work."""
    below = defaultdict(set)
    for failing, hit, _type in graph.edges:
        below[hit].add(failing)
    changed = True
    while changed:  # a status only rises, so this ends, also where relations go in a circle
        changed = False
        for pk, node in graph.nodes.items():
            if pk == graph.start:
                continue
            lost = sum(graph.nodes[p].status == DOWN for p in below[pk])
            doubtful = lost or any(graph.nodes[p].status == RISK for p in below[pk])
            needed = node.item.needed if node.item else None
            fails = lost and (needed is None or node.of - lost < needed)
            status = DOWN if fails else RISK if doubtful else FINE
            if status > node.status:
                node.status, changed = status, True


def told(graph):
    """{"services", "items", "people", "down", "risk", "sites"} of what is hit: the figures of the sentence below the picture."""
    hit = graph.hit()
    people = sum(n.item.people or 0 for n in hit if n.item)
    return {"services": [n.record for n in hit if n.record.kind == "service"], "items": sum(n.record.kind == "item" for n in hit), "people": people,
            "down": sum(n.status == DOWN for n in hit), "risk": sum(n.status == RISK for n in hit),
            "sites": len({n.item.site_id for n in hit if n.item and n.item.site_id and n.item.people})}


def around(items, depth):
    """{item id: how many relations away} of everything within reach of these items, in either direction of what a failure follows.

    For questions such as "does another change work on what this one depends on": it asks for no rights, so only numbers and never titles of what is found
    here may be shown to a person who is not allowed to see them.
    """
    by_target, by_source = carriers()
    types = {*by_target, *by_source}
    found, front = dict.fromkeys(items, 0), set(items)
    for level in range(1, depth + 1):
        if not front or len(found) > MOST:
            break
        rows = Link.objects.filter(Q(source__in=front) | Q(target__in=front), type__in=types).values_list("source", "target")
        front = {pk for pair in rows for pk in pair} - found.keys()
        found |= dict.fromkeys(front, level)
    return found


def reached(items, depth):
    """Ids of every record that a failure of these items reaches within so many relations, without them; it asks for no rights, as `around`. One statement."""
    return {pk for pk, level in _near(items, "up", depth, MOST).items() if level} - set(items) if items else set()


def below(items, depth):
    """{item id: how many relations away} of these items and of what they depend on; it asks for no rights, as `around`. One statement."""
    found = _near(items, "down", depth, MOST) if items else {}
    return {pk: level for pk, level in found.items() if level <= depth} | dict.fromkeys(items, 0)
