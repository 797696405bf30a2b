"""What stands in the way of a change's window, and the next windows that are free: the same answers as the page's."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from ninja.errors import HttpError

from praxis.practices.change import conflicts
from praxis.records.read import by_number

from .api import NOT_THERE, answer, api, refused


class Conflict(Schema):
    """One thing in the way. `stops`: the change does not start until somebody accepts it; `accepted`: somebody did."""

    sort: Literal["item", "near", "freeze", "window", "person", "lead"]
    words: str
    stops: bool
    accepted: bool
    start: datetime | None
    end: datetime | None
    change: str | None


class Free(Schema):
    start: datetime
    end: datetime


class Conflicts(Schema):
    """The conflicts of the planned window, the hardest first, and free windows as long as it."""

    number: str
    conflicts: list[Conflict]
    free: list[Free]


@api.get("/change/{number}/conflicts", response={200: Conflicts} | refused(404), tags=["Conflicts"], summary="Conflicts of a change", operation_id="change_conflicts")
def change_conflicts(request, number: str):
    """Found anew, as when the window is set and when the change starts."""
    record = by_number(number, request.actor)
    if record is None or record.kind != "change":
        raise HttpError(404, NOT_THERE)
    rows = [{"sort": c.sort, "words": c.words, "stops": c.stops, "accepted": c.key in record.accepted, "start": c.start, "end": c.end, "change": c.change and c.change.number}
            for c in conflicts.find(record)]
    return answer({"number": record.number, "conflicts": rows, "free": [{"start": a, "end": b} for a, b in conflicts.free(record)]})
