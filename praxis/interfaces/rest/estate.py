"""What breaks if a record of the estate stops, and what it needs: the same walk as the page's."""

from typing import Annotated, Literal

from ninja import Schema
from ninja.errors import HttpError
from pydantic import Field

from praxis.estate.cmdb import drawing, impact
from praxis.records.read import by_number

from .api import NOT_THERE, answer, api, refused

FATES = {impact.DOWN: "down", impact.RISK: "at_risk", impact.FINE: "fine"}


class Hit(Schema):
    """A record that is reached, how far away it is, and, going up, what happens to it."""

    number: str
    kind: str
    title: str
    level: int
    fate: Literal["down", "at_risk", "fine"]
    people: int | None
    now: list[str]


class Relation(Schema):
    """`failing` hits `hit`, by a relation of this type."""

    failing: str
    hit: str
    type: str


class Impact(Schema):
    """The graph around a record; `cut` says that there is more beyond the depth."""

    number: str
    way: Literal["up", "down"]
    levels: int
    cut: bool
    sentence: str
    nodes: list[Hit]
    relations: list[Relation]


def _impact(kind):
    @api.get(f"/{kind}/{{number}}/impact", tags=["Impact"], summary="What breaks if it stops, or what it needs", operation_id=f"{kind}_impact",
             response={200: Impact} | refused(404, 422))
    def impact_of(request, number: str, way: Literal["up", "down"] = "up", levels: Annotated[int, Field(ge=1, le=impact.DEEPEST)] = 4):
        record = by_number(number, request.actor)
        if record is None or record.kind != kind:
            raise HttpError(404, NOT_THERE)
        graph = impact.walk(record, request.actor, way, levels)
        nodes = sorted((n for pk, n in graph.nodes.items() if pk != record.pk), key=lambda n: (n.level, n.record.number))
        numbers = {pk: n.record.number for pk, n in graph.nodes.items()}
        return answer({
            "number": record.number, "way": way, "levels": graph.depth, "cut": graph.cut, "sentence": drawing.sentence(graph),
            "nodes": [{"number": n.record.number, "kind": n.record.kind, "title": n.record.title, "level": n.level, "fate": FATES[n.status],
                       "people": n.item.people if n.item else None, "now": list(n.now)} for n in nodes],
            "relations": sorted(({"failing": numbers[a], "hit": numbers[b], "type": type} for a, b, type in graph.edges), key=lambda r: tuple(r.values()))})


for key in ("item", "service"):
    _impact(key)
