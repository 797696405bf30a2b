"""What breaks if something stops, and what it needs: the graph of relations, walked level by level (CMD-03).

The walk asks one query a level, so its cost follows the size of the answer and not of the estate. A record that the reader
may not see is not in the answer, and nothing is reached through it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from time import monotonic

from django.db.models import Q

from praxis.kernel.kinds import registry
from praxis.records.models import Link, Record
from praxis.records.read import reach

from .models import Item, RelationType

FINE, RISK, DOWN = 0, 1, 2
DEEPEST, MOST, KEEP = 10, 2_000, 5
_cache = {}


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


@dataclass
class Node:
    """A record in the answer: how far away it is and what happens to it."""

    record: Record
    level: int
    item: Item | None = None
    status: int = FINE
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


def _edges(ids, way):
    """{(what fails, what it hits, type)} of the relations that lead up (what is hit) or down (what is needed) from these."""
    by_target, by_source = carriers()
    near, far = ("target", "source") if way == "up" else ("source", "target")
    rows = Link.objects.filter(Q(**{f"{near}__in": ids}, type__in=by_target) | Q(**{f"{far}__in": ids}, type__in=by_source))
    found = set()
    for source, target, type in rows.values_list("source", "target", "type"):
        if type in by_target and (target if way == "up" else source) in ids:
            found.add((target, source, type))
        if type in by_source and (source if way == "up" else target) in ids:
            found.add((source, target, type))
    return found


def walk(record, actor, way="up", depth=4, most=MOST):
    """The Graph around a record: way "up" is what breaks if it stops, "down" what it needs. At most `most` records."""
    depth = max(1, min(DEEPEST, depth))
    graph = Graph(record.pk, way, depth, {record.pk: Node(record, 0, record if isinstance(record, Item) else None, DOWN)})
    front = {record.pk}
    for level in range(1, depth + 2):  # one level further than shown, to know whether there is more
        edges = _edges(front, way)
        ends = {(hit if way == "up" else failing) for failing, hit, _type in edges}
        new = _seen(ends - graph.nodes.keys(), actor)
        if level > depth or len(graph.nodes) + len(new) > most:
            graph.cut = bool(new)
            graph.edges |= {e for e in edges if e[0] in graph.nodes and e[1] in graph.nodes}
            break
        graph.nodes |= {pk: Node(r, level) for pk, r in new.items()}
        graph.edges |= {e for e in edges if e[0] in graph.nodes and e[1] in graph.nodes}
        front = set(new)
        if not front:
            break
    for pk, item in Item.objects.select_related("item_class").in_bulk([pk for pk, n in graph.nodes.items() if n.record.kind == "item"]).items():
        graph.nodes[pk].item = item
    if way == "up":
        _judge(graph)
    return graph


def _seen(ids, actor):
    rows = Record.objects.filter(reach(actor), pk__in=ids).exclude(phase="final") if ids else []
    return {r.pk: r for r in rows if r.kind in registry}


def _judge(graph):
    """Down, at risk or fine: what needs all it depends on goes down with one of them; what needs k of n is at risk while k still work."""
    some = [pk for pk, n in graph.nodes.items() if pk != graph.start and n.item and n.item.needed]
    for _failing, hit, _type in _edges(set(some), "down") if some else ():
        graph.nodes[hit].of += 1
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
