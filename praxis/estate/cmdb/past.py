"""Items, their relations and the graph as they were at a moment; baselines, and what differs between two moments (CMD-05)."""

from praxis.kernel.kinds import registry
from praxis.records.asof import by_numbers, columns_at, links_at
from praxis.records.relating import types

from .impact import DOWN, Facts, Graph, Node, carriers, judge
from .models import ItemClass

MOST = 400  # records in a graph of the past


def walk(record, actor, moment, way="up", depth=4):
    """The Graph around an item at a moment, as `impact.walk` gives it for now; None if the item did not exist. At most MOST records."""
    facts = columns_at([record.pk], moment)
    if record.pk not in facts:
        return None
    by_target, by_source = carriers()
    classes = ItemClass.objects.in_bulk()
    graph = Graph(record.pk, way, depth, {record.pk: Node(record, 0, _facts(record, facts[record.pk], classes), DOWN)})
    front, rows, links = {record.pk}, {record.pk: record}, {}
    for level in range(1, depth + 2):
        found = links_at(front, moment)
        links |= found
        numbers = {n for one in found.values() for _type, _way, n in one}
        near = {n: r for n, r in by_numbers(numbers).items() if r.kind in registry and actor.may(f"{r.kind}.see", r)}
        states = columns_at([r.pk for r in near.values() if r.pk not in rows], moment)
        for r in near.values():
            if r.pk not in rows and r.pk in states and not _is_final(r, states[r.pk]):
                rows[r.pk] = r
                facts[r.pk] = states[r.pk]
        reached = set()
        for at in front:
            for type, out, number in found[at]:
                other = near.get(number)
                if other is None or other.pk not in rows:
                    continue
                source, target = (at, other.pk) if out == "out" else (other.pk, at)
                pairs = ([(target, source)] if type in by_target else []) + ([(source, target)] if type in by_source else [])
                for failing, hit in pairs:
                    if (failing if way == "up" else hit) == at:
                        reached.add(hit if way == "up" else failing)
        front = reached - graph.nodes.keys()
        if not front or level > depth or len(rows) > MOST:
            break
        graph.nodes |= {pk: Node(rows[pk], level, _facts(rows[pk], facts[pk], classes)) for pk in front}
    graph.cut = bool(front)
    links |= links_at([pk for pk in graph.nodes if pk not in links], moment)
    numbers = {r.number: pk for pk, r in rows.items()}
    for pk in graph.nodes:
        for type, out, number in links[pk]:
            other = numbers.get(number)
            source, target = (pk, other) if out == "out" else (other, pk)
            if type in by_target and target in graph.nodes and source in graph.nodes:
                graph.edges.add((target, source, type))
            if type in by_source and target in graph.nodes and source in graph.nodes:
                graph.edges.add((source, target, type))
            if way == "up" and (type in by_target and out == "out" or type in by_source and out == "in"):
                graph.nodes[pk].of += bool(graph.nodes[pk].item and graph.nodes[pk].item.needed and pk != record.pk)
    for pk, node in graph.nodes.items():
        title = facts[pk].get("title") if pk in facts else None
        if title:
            node.record.title = title[0]
    if way == "up":
        judge(graph)
    return graph


def below_at(record, moment, depth):
    """Ids of a record and of what it depended on at a moment; it asks for no rights, as `impact.below`. Two statements a level."""
    by_target, by_source = carriers()
    found, front = {record.pk}, {record.pk}
    for _level in range(depth):
        ways = {way for one in links_at(front, moment).values() for way in one}
        numbers = {n for type, out, n in ways if out == "out" and type in by_target or out == "in" and type in by_source}
        front = {r.pk for r in by_numbers(numbers).values()} - found
        found |= front
        if not front or len(found) > MOST:
            break
    return found


def _is_final(record, facts):
    state = facts.get("state", (record.type.lifecycle.first.name, ""))[0]
    return record.type.lifecycle.states[state].phase == "final"


def _facts(record, facts, classes):
    if record.kind != "item":
        return None
    row, *more = (facts.get(name, (None, ""))[0] for name in ("item_class", "needed", "people", "site"))
    return Facts(classes.get(row), *more)


def relations_at(record, actor, moment):
    """{(words, number, title)} of the relations that an item had at a moment, to records that the actor may see."""
    known = types()
    rows = links_at([record.pk], moment)[record.pk]
    others = by_numbers({n for _t, _w, n in rows})
    then = columns_at([r.pk for r in others.values()], moment)
    found = set()
    for type, way, number in rows:
        other = others.get(number)
        if other is not None and type in known and actor.may(f"{other.kind}.see", other):
            title = then.get(other.pk, {}).get("title", (other.title, ""))[0]
            found.add((str(known[type].forward if way == "out" else known[type].reverse), number, title))
    return found


def difference(before, after):
    """[(column, words before, words after)] of what differs between two answers of columns_at for one record."""
    names = sorted({*before, *after})
    return [(n, before.get(n, (None, ""))[1], after.get(n, (None, ""))[1]) for n in names if before.get(n, (None, ""))[0] != after.get(n, (None, ""))[0]]


def compare(ids, first, second):
    """{item id: (columns that differ, relations that went, relations that came)} of items between two moments; only what differs. `None` columns: it was not there."""
    before, after = columns_at(ids, first), columns_at(ids, second)
    links_before, links_after = links_at(ids, first), links_at(ids, second)
    found = {}
    for pk in ids:
        fields = difference(before.get(pk, {}), after.get(pk, {}))
        gone, came = links_before[pk] - links_after[pk], links_after[pk] - links_before[pk]
        if fields or gone or came:
            found[pk] = (fields, gone, came)
    return found
