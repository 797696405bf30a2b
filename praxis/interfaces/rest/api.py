"""The API itself: read, list, open, change, moves, verbs, events and files of every kind."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from typing import Annotated

import msgspec
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as BadBody
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import Field

from praxis import __version__
from praxis.abilities.conversation.read import timeline
from praxis.abilities.measures import read
from praxis.abilities.measures.library import readable
from praxis.abilities.search.query import search as find
from praxis.kernel.errors import Conflict, Forbidden, NotPossible, takes_no_writes
from praxis.kernel.kinds import registry
from praxis.lib.conditions import BadCondition, from_query, to_query
from praxis.lib.text import whole
from praxis.people.actors import actor_of
from praxis.people.signin import token_of
from praxis.records import extras, where, write
from praxis.records.models import NEWEST
from praxis.records.question import Question
from praxis.records.read import by_number, possible, unseen

from . import shapes

MOST, USUAL = 200, 50
NOT_THERE = "There is no such record that you can see."
PROBLEM = "application/problem+json"
ONCE = {"in": "header", "name": "Idempotency-Key", "required": False, "schema": {"type": "string"},
        "description": "The same key and body again give the first answer and do nothing."}
SEEN = {"in": "header", "name": "If-Match", "required": True, "schema": {"type": "string", "pattern": r'^(W/)?"?[0-9]{1,9}"?$'},
        "description": "The version that you read, as in its ETag."}


class Bearer(HttpBearer):
    """`Authorization: Bearer px_...`; the token narrows what its owner may do."""

    def authenticate(self, request, token):
        row = token_of(token)
        if row is None:
            return None
        request.person = row.person
        request.actor = actor_of(row.person, None if "*" in row.scopes else row.scopes)
        timezone.activate(request.actor.zone)
        return request.actor


class Json(Parser):
    """JSON by the letter: no NaN and no halves of letters, which nothing could store or give back."""

    def parse_body(self, request):
        return msgspec.json.decode(request.body)


class Api(NinjaAPI):
    def get_openapi_schema(self, **how):
        """What ninja describes, with the media type that refusals really have."""
        schema = super().get_openapi_schema(**how)
        for told in (t for ops in schema["paths"].values() for op in ops.values() for s, t in op["responses"].items() if s >= 400):
            told["content"] = {PROBLEM: told["content"].pop("application/json")}
        return schema


api = Api(title="Praxis", version=__version__, urls_namespace="api", auth=Bearer(), docs_url=None, openapi_url="/openapi.json",
          parser=Json(), description="Every kind of record, with the same rights and the same writes as the pages.")


def answer(value, status=200, **headers):
    return HttpResponse(msgspec.json.encode(value), status=status, content_type="application/json", headers=headers)


def problem(status, title, detail="", **more):
    """application/problem+json (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return HttpResponse(msgspec.json.encode(body), status=status, content_type=PROBLEM)


def refused(*statuses):
    """The problems that an operation may answer with, besides those of all."""
    return dict.fromkeys((400, 401, *statuses), shapes.ProblemDetails)


def _problems():
    @api.exception_handler(AuthenticationError)
    def unknown(request, error):
        return problem(401, "Sign in with a token", "Send Authorization: Bearer and a live token.")

    @api.exception_handler(Forbidden)
    def forbidden(request, error):
        return problem(403, "Not permitted", str(error))

    @api.exception_handler(Conflict)
    def conflict(request, error):
        return problem(409, "Changed by somebody else", str(error), field=error.field)

    @api.exception_handler(NotPossible)
    def not_possible(request, error):
        return problem(409, "Not possible now", str(error))

    @api.exception_handler(ValidationError)
    def invalid(request, error):
        fields = {k: list(v) for k, v in error.message_dict.items()} if hasattr(error, "error_dict") else {"": list(error.messages)}
        return problem(422, "Not valid", " ".join(error.messages), errors=fields)

    @api.exception_handler(BadBody)
    def unreadable(request, error):
        fields = {".".join(str(p) for p in e["loc"][2:] or e["loc"][1:]): [e["msg"]] for e in error.errors}
        return problem(422, "Not valid", "; ".join(f"{k}: {v[0]}" for k, v in fields.items()), errors=fields)

    @api.exception_handler(BadCondition)
    def bad_filter(request, error):
        return problem(400, "This filter cannot be read", str(error))

    @api.exception_handler(DatabaseError)
    def shut(request, error):
        if not takes_no_writes(error):
            raise error
        return problem(503, "Nothing can be saved just now", "The database takes no writes. Try again later with the same Idempotency-Key.")

    @api.exception_handler(HttpError)
    def other(request, error):
        return problem(error.status_code, str(error))


_problems()


def record_of(request, kind, number):
    record = by_number(number, request.actor)
    if record is None or record.kind != kind.key:
        raise HttpError(404, NOT_THERE)
    return record


def seen_by(request, record):
    """The version that If-Match names: writes without it are refused (T-H2)."""
    match = re.fullmatch(r'(?:W/)?"?(\d{1,9})"?', request.headers.get("If-Match", ""))
    if not match:
        raise HttpError(428, "Send If-Match with the version that you read, such as If-Match: \"3\".")
    return int(match[1])


def cursor_of(text):
    """The id of a cursor; HttpError 400 for anything that we did not make."""
    try:
        pk = whole(urlsafe_b64decode(text.encode() + b"==").decode())
    except ValueError:
        pk = None
    if pk is None:
        raise HttpError(400, "This cursor is not one of ours. Start without it.")
    return pk


def cursor(pk):
    return urlsafe_b64encode(str(pk).encode()).decode().rstrip("=")


def once(request, run):
    """The answer of `run`, once for an Idempotency-Key."""
    key = request.headers.get("Idempotency-Key", "")[:100]
    asked = f"{request.method} {request.path}\n{request.body.decode(errors='replace')}"
    return write.once(key and f"api:{key}", request.actor, run, asked)


def one_of(request, kind, number):
    """(values, version) of the record of this number if the actor may see it, else None. One statement."""
    if registry.by_number(number) is not kind or not request.actor.has(kind.permission("see")):
        return None
    rows = kind.model.objects.visible_to(request.actor, kind.permission("see")).filter(number=number)
    return next(iter(_told(kind, request.actor, shapes.shown(_plan(kind), rows))), None)


def _told(kind, actor, rows):
    """The rows with the added fields that this reader may meet, and nothing in place of facts that it may not read."""
    if not actor.has(kind.permission("notes")):
        known = {e.key for e in extras.reached(kind.key, actor).values()}
        for row in rows:
            row["custom"] = {k: v for k, v in row["custom"].items() if k in known}
    for name in unseen(kind, actor):
        for row in rows:
            row[name] = None
    return rows


def written(request, kind, number, status=200):
    values = one_of(request, kind, number)
    if values is None:
        return answer({"number": number}, status)
    return answer(values, status, ETag=f'"{values["version"]}"')


def add(kind):
    """The operations of one kind."""
    planned = _plan(kind)
    out, opened, changed = shapes.out_schema(kind), shapes.in_schema(kind, True), shapes.in_schema(kind, False)
    tag, base = [str(kind.plural)], f"/{kind.key}"

    @api.get(base, tags=tag, summary=f"{kind.plural}: list", operation_id=f"{kind.key}_list",
             response={200: shapes.page_schema(kind, out)} | refused(403, 422))
    def listed(request, limit: int = USUAL, after: str = "", total: bool = False):
        """Filters as in the address of a list, such as ?state.is=new&team.is=3. Follow `next` until it is null."""
        if not request.actor.has(kind.permission("see")):
            raise Forbidden(kind.permission("see"))
        catalogue = {k: f for k, f in where.catalogue(kind, request.actor).items() if f.path or f.where}
        condition = from_query([(k, v) for k, v in request.GET.items() if "." in k], catalogue)
        rows = Question(kind, request.actor, condition).rows()
        size = max(1, min(limit, MOST))
        page = rows.extra(where=["records_record.id < %s"], params=[cursor_of(after)]) if after else rows
        items = _told(kind, request.actor, shapes.shown(planned, page.order_by(NEWEST)[: size + 1]))
        body = {"items": items[:size], "next": cursor(items[size - 1]["id"]) if len(items) > size else None}
        if total:
            body["total"] = rows.count()
        return answer(body)

    @api.post(base, tags=tag, summary=f"{kind.label}: open", operation_id=f"{kind.key}_open",
              response={201: out | shapes.Unseen} | refused(403, 409, 422), openapi_extra={"parameters": [ONCE]})
    def opened_(request, body: opened):
        values = {k: v for k, v in shapes.given(body).items() if v is not None}
        return written(request, kind, once(request, lambda: write.open_record(kind, request.actor, **values).number), 201)

    @api.get(base + "/{number}", tags=tag, summary=f"{kind.label}: read", operation_id=f"{kind.key}_read",
             response={200: out} | refused(404))
    def read(request, number: str):
        values = one_of(request, kind, number)
        if values is None:
            raise HttpError(404, NOT_THERE)
        return answer(values, ETag=f'"{values["version"]}"')

    @api.patch(base + "/{number}", tags=tag, summary=f"{kind.label}: change", operation_id=f"{kind.key}_change",
               response={200: out | shapes.Unseen} | refused(403, 404, 409, 422, 428), openapi_extra={"parameters": [SEEN, ONCE]})
    def change(request, number: str, body: changed):
        record = record_of(request, kind, number)
        seen, values = seen_by(request, record), shapes.given(body)
        return written(request, kind, once(request, lambda: write.change(record, request.actor, seen=seen, **values).number))

    @api.get(base + "/{number}/events", tags=tag, summary="The history that you may see", operation_id=f"{kind.key}_events",
             response={200: shapes.History} | refused(404, 422))
    def events(request, number: str, before: int | None = None):
        record = record_of(request, kind, number)
        lines, older = timeline(record, request.actor, USUAL, before=before)
        rows = [{"id": e.event.pk, "at": e.event.at, "name": e.event.name, "actor": e.event.actor_name, "changes": e.event.changes,
                 "text": e.body.text if e.body else None, "internal": e.body.internal if e.body else False} for e in lines]
        return answer({"items": rows, "next": older})

    @api.get(base + "/{number}/steps", tags=tag, summary="What can be done with it now", operation_id=f"{kind.key}_steps",
             response={200: list[shapes.Step]} | refused(404))
    def steps(request, number: str):
        record = record_of(request, kind, number)
        return answer([{"key": s.key, "label": str(s.label), "move": hasattr(s.what, "to")} for s in possible(record, request.actor)])

    for move in kind.lifecycle.moves.values():
        _step(kind, move.name, f"{base}/{{number}}/moves/{move.name}", move, tag, out, write.move)
    for key, verb in kind.verbs.items():
        _step(kind, key, f"{base}/{{number}}/actions/{key}", verb, tag, out, write.act)


def _step(kind, key, route, step, tag, out, doing):
    schema = shapes.step_schema(kind, step)
    needed = any(f.is_required() for f in schema.model_fields.values())

    @api.post(route, tags=tag, summary=str(step.label), operation_id=f"{kind.key}_{doing.__name__}_{key}",
              response={200: out | shapes.Unseen} | refused(403, 404, 409, 422), openapi_extra={"parameters": [ONCE]})
    def run(request, number: str, body: schema = ... if needed else None):
        record = record_of(request, kind, number)
        values = {k: v for k, v in body.dict(exclude_unset=True).items() if v is not None} if body else {}
        return written(request, kind, once(request, lambda: doing(record, request.actor, key, **values).number))


@cache
def _plan(kind):
    return shapes.plan(kind)


@api.get("/search", tags=["Search"], summary="Find records by words", operation_id="search", response={200: list[shapes.Hit]} | refused(422))
def search(request, q: str):
    hits = find(q, request.actor)
    return answer([{"number": h.record.number, "kind": h.record.kind, "title": h.record.title, "snippet": h.snippet} for h in hits])


@api.get("/measures", tags=["Measures"], summary="The numbers of the reports", operation_id="measures", response={200: list[shapes.Measured]} | refused(422))
def measures(request, weeks: Annotated[int, Field(ge=1, le=104)] = 12):
    """Each figure that you may read, of now or of the last whole weeks and this one, with the filters of the records that it counts."""
    period = read.last_weeks(weeks, request.person.organisation.zone)
    found = [read.value(one, request.actor, period=period) for one in readable(request.actor)]
    return answer([{"key": v.measure.key, "label": str(v.measure.label), "group": str(v.measure.group), "kind": v.measure.kind, "unit": v.measure.unit,
                    "value": v.number, "count": v.count, "of": v.whole, "filters": dict(to_query(v.asked.condition))} for v in found])


for one in registry.values():
    add(one)
