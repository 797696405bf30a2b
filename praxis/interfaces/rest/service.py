"""Events that monitoring counts for a service, and what its availability is: the same answers as the page's."""

from datetime import datetime

from ninja import Schema
from ninja.errors import HttpError
from pydantic import Field

from praxis.kernel.errors import Forbidden
from praxis.practices.availability import read
from praxis.practices.availability.models import Reading
from praxis.records import write
from praxis.records.read import by_number

from .api import NOT_THERE, ONCE, answer, api, once, refused

MOST = 1000
FIRST, LAST = 1990, 2200  # years


class Counted(Schema):
    """Good and bad events in the minutes up to `at`."""

    at: datetime
    good: int = Field(ge=0, le=10**15)
    bad: int = Field(ge=0, le=10**15)


class Taken(Schema):
    taken: int


class Month(Schema):
    """`percent` and what follows are null where they are unknown: no objective, or no failure."""

    number: str
    start: datetime
    end: datetime
    target: float | None
    percent: float | None
    down_seconds: float | None
    failures: int | None
    mtrs_seconds: float | None
    mtbf_seconds: float | None
    mtbsi_seconds: float | None
    lost_user_minutes: int
    budget_used: float | None
    alarm: str | None


def _service(request, number):
    record = by_number(number, request.actor)
    if record is None or record.kind != "service":
        raise HttpError(404, NOT_THERE)
    return record


@api.post("/service/{number}/readings", tags=["Availability"], summary="Report good and bad events", operation_id="service_readings",
          response={200: Taken} | refused(403, 404, 422), openapi_extra={"parameters": [ONCE]})
def readings(request, number: str, body: list[Counted]):
    """At most 1,000 at a time; a moment that is there already stays as it was told first."""
    record = _service(request, number)
    if not request.actor.may("availability.report", record):
        raise Forbidden("availability.report")
    if len(body) > MOST:
        raise HttpError(422, f"At most {MOST} readings at a time.")
    moments = {one.at: one for one in body if one.at.tzinfo}
    if len({one.at for one in body}) != len(moments):
        raise HttpError(422, "Every time needs its zone, such as 2026-11-30T22:00:00Z.")
    if any(not FIRST <= at.year <= LAST for at in moments):  # at the ends of the calendar a change of zone has no answer
        raise HttpError(422, f"Times lie between {FIRST} and {LAST}.")

    def keep():
        there = set(Reading.objects.filter(service=record.pk, at__in=moments).values_list("at", flat=True))
        rows = [Reading(service_id=record.pk, at=at, good=one.good, bad=one.bad) for at, one in moments.items() if at not in there]
        write.save_many(rows, request.actor)
        return {"taken": len(rows)}

    return answer(once(request, keep))


@api.get("/service/{number}/availability", tags=["Availability"], summary="A month of availability", operation_id="service_availability",
         response={200: Month} | refused(403, 404, 422))
def month(request, number: str, year: int | None = None, month: int | None = None):
    """This month, or the one that is asked for, in the zone of the service's organisation."""
    record = _service(request, number)
    if not request.actor.has("outage.see"):
        raise Forbidden("outage.see")
    zone = read.zone_of(record)
    today = read.now().astimezone(read.ZoneInfo(zone)).date()
    year, month = year or today.year, month or today.month
    if not (FIRST <= year <= LAST and 1 <= month <= 12):
        raise HttpError(422, f"Write a year from {FIRST} to {LAST} and a month from 1 to 12.")
    start, end = read.month_of(today.replace(year=year, month=month, day=1), zone)
    found, budget = read.told(record, start, end), read.budget_of(record)
    one = found.found

    def seconds(span):
        return span.total_seconds() if span is not None else None

    return answer({"number": record.number, "start": start, "end": end, "target": float(found.objective.target) if found.objective else None, "percent": found.percent,
                   "down_seconds": seconds(one and one.down), "failures": one and one.failures, "mtrs_seconds": seconds(one and one.mtrs), "mtbf_seconds": seconds(one and one.mtbf),
                   "mtbsi_seconds": seconds(one and one.mtbsi), "lost_user_minutes": found.lost, "budget_used": budget.used if budget else None, "alarm": budget.alarm if budget else None})
