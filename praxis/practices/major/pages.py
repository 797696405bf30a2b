"""The room of a major incident and its review."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_GET, require_http_methods

from praxis.abilities.conversation.display import words as said
from praxis.abilities.tasks.models import Task
from praxis.kernel.display import fields
from praxis.kernel.errors import Refused
from praxis.kernel.now import now
from praxis.lib.spans import short
from praxis.records import write
from praxis.records.fields import colleagues
from praxis.records.models import Link
from praxis.records.read import briefs, links_of, visible
from praxis.screens.answers import SeeOther
from praxis.screens.draw import page
from praxis.screens.pages import page as route
from praxis.screens.views import record_of

from . import read, rules
from .models import Line, Major

VERBS = {"log": "major_log", "role": "major_role", "stage": "major_stage", "tell": "major_tell"}
MOST_LINES, MOST_WORDS = 200, 60


def _incident(request, number):
    record = record_of(request, number)
    if record.kind != "incident" or not request.actor.may("major.work", record):
        raise Http404
    return record


@route("incidents/<slug:number>/room", "major_room", "major.work")
@require_http_methods(["GET", "POST"])
def room(request, number):
    """Everything at once: roles, work, log, what is told. A post logs a line, gives a role, says the stage or tells everybody."""
    record, actor, error, typed = _incident(request, number), request.actor, "", {}
    major = read.of(record)
    if major is None or major.state == "proposed":
        raise Http404
    status = 200
    if request.method == "POST":
        what = VERBS.get(request.POST.get("what", ""))
        if what is None:
            raise Http404
        try:
            key = request.POST.get("once", "")[:80]
            write.once(key and f"{request.path}:{key}", actor, lambda: write.act(record, actor, what, **_values(request.POST, what)).number)
            return SeeOther(f"/incidents/{record.number}/room")
        except ValidationError as problem:
            error, status, typed = " ".join(problem.messages), 422, request.POST.dict()
        except Refused as problem:
            error, status, typed = str(problem), 409, request.POST.dict()
    return page(request, "major/room.j2", status, section="incident", error=error, typed=typed, **_room(record, major, actor))


def _values(post, verb):
    names = {"major_log": ("text", "sort"), "major_role": ("role", "person", "note"), "major_stage": ("stage",), "major_tell": ("text", "stage", "minutes", "status", "announce", "requesters")}[verb]
    found = {n: post[n] for n in names if post.get(n, "") != ""}
    for name in ("person", "minutes"):
        if name in found:
            found[name] = int(found[name]) if found[name].isdecimal() and len(found[name]) < 10 else 0
    return found | {n: True for n in ("status", "announce", "requesters") if n in found}


def _room(record, major, actor):
    hit = read.hit(major, record, actor)
    tasks = visible(Task.objects.filter(parent=record.pk).select_related("owner").order_by("position", "pk")[:40], actor)
    links = [x for x in links_of(record) if x.type in ("problem", "caused_by", "fixed_by", "outage_of")]
    linked = briefs([x.target if x.source_id == record.pk else x.source for x in links], actor)
    causes = {x.target_id for x in links if x.type == "caused_by" and x.source_id == record.pk}
    until = major.ended_at or now()
    stages = [(key, label, major.stages.get(key) and Major._meta.get_field("at").to_python(major.stages[key])) for key, label in Major.STAGES]
    here = [key for key, _l in Major.STAGES].index(major.stage)
    parts = read.parts(major)
    return {
        "record": record, "kind": record.type, "major": major, "hit": hit, "cost": read.cost(major, record, hit.people), "ran": short((until - major.at).total_seconds()),
        "left": major.next_at and short(abs((major.next_at - now()).total_seconds())), "stages": [(label, at, "done" if n < here else "now" if n == here else "") for n, (_k, label, at) in enumerate(stages)],
        "roles": [(role, rules.ROLES[role], parts.get(role)) for role in read.roles_of(major.organisation_id)], "tasks": tasks, "done": sum(not t.is_open for t in tasks),
        "lines": list(Line.objects.filter(major=major.pk).order_by("-at", "-pk")[:MOST_LINES]), "linked": linked, "causes": causes,
        "children": Link.objects.filter(target=record.pk, type="child_of").count(), "told": list(major.told.order_by("-at")[:8]), "sorts": Line.SORTS[:4], "public": Major.STAGES[:4], "most_words": MOST_WORDS,
        "people": colleagues(record.type, actor, None, "", 300), "may_tell": actor.may("major.tell", record) and major.running, "may_lead": actor.may("major.lead", record) and major.running,
        "may_work": major.running, "work": actor.has("task.work"),
    }


@route("incidents/<slug:number>/review", "major_review", "major.work")
@require_GET
def review(request, number):
    """The review of a major incident: overview, phases, timeline from events, findings, what follows. ?print=1 for paper."""
    record, actor = _incident(request, number), request.actor
    major = Major.objects.filter(incident=record.pk, state="stood_down").order_by("-pk").first()
    if major is None:
        raise Http404
    hit = read.hit(major, record, actor)
    facts = fields(record.kind)
    line = [(e, said(e, facts)) for e in read.line_of_events(major, record) if not e.name.startswith("incident.opened")]
    tasks = visible(Task.objects.filter(parent=record.pk).select_related("owner").order_by("pk")[:100], actor)
    names = {"acknowledge": _t("To see it"), "engage": _t("To engage"), "mitigate": _t("To mitigate"), "resolve": _t("To resolve"), "all": _t("In all")}
    return page(request, "major/review.j2", section="incident", record=record, kind=record.type, major=major, hit=hit, cost=read.cost(major, record, hit.people), line=line, tasks=tasks,
                phases=[(names[n], span and short(span.total_seconds())) for n, span in read.phases(major, record)], told=list(major.told.order_by("at")), parts=list(major.parts.select_related("person").order_by("since")),
                roles=rules.ROLES, may=actor.may("major.lead", record))
