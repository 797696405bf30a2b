"""Pages of the problem practice: the analysis looked at in other ways, its export, words to the open incidents, and clusters of incidents that are alike."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from praxis.kernel.errors import Refused
from praxis.kernel.kinds import registry
from praxis.lib.text import whole
from praxis.records import write
from praxis.records.read import visible
from praxis.screens.answers import SeeOther
from praxis.screens.asked import show
from praxis.screens.draw import page
from praxis.screens.heads import head
from praxis.screens.pages import Entry, menu
from praxis.screens.pages import page as route
from praxis.screens.views import record_of

from . import drawing, read
from .display import METHODS, TONES, causes_of, seen, whys
from .kind import PROBLEM
from .models import Cluster, Contrast

menu.append(Entry("Steer", "clusters", _("Alike incidents"), "square-stack", "/problems/clusters", "problem.open"))
MOST = 500


def _problem(request, number):
    record = record_of(request, number)
    if record.kind != "problem":
        raise Http404
    return record


@route("problems/<slug:number>/analysis", "problem_analysis", "desk.work")
@require_GET
def analysis(request, number):
    """The same causes in another way: ?as=fish, tree, time or is; ?print=1 is all of it on one sheet."""
    record = _problem(request, number)
    causes, way = seen(causes_of(record), request.actor), request.GET.get("as", "fish")
    way = way if way in dict(METHODS) else "fish"
    printed = "print" in request.GET
    shown = [key for key, _label in METHODS] if printed else [way]
    parts = {"fish": drawing.fishbone(record.title, causes) if "fish" in shown else "", "tree": drawing.tree(record.title, causes) if "tree" in shown else ""}
    line = sorted((c for c in causes if c.at), key=lambda c: c.at)
    contrasts = {label: [c for c in record.contrasts.order_by("pk") if c.aspect == key] for key, label in Contrast.ASPECTS}
    return page(request, "problem/analysis.j2", record=record, kind=record.type, section="problem", ways=METHODS, way=way, shown=shown, parts=parts, line=line, contrasts=contrasts,
                whys=whys(causes), tones=TONES, printed=printed, may=request.actor.may("problem.change", record) and record.is_open, undated=sum(c.at is None for c in causes),
                **{k: v for k, v in head(record, request.actor).items() if k in ("marks", "stage")})


@route("problems/<slug:number>/analysis.json", "problem_analysis_json", "desk.work")
@require_GET
def exported(request, number):
    """The analysis as JSON: what an auditor or another tool reads (PM5)."""
    record = _problem(request, number)
    causes = seen(causes_of(record), request.actor)
    return JsonResponse(told(record, causes), json_dumps_params={"indent": 1, "ensure_ascii": False})


def told(record, causes):
    """A problem's analysis as plain values."""
    return {
        "problem": record.number, "title": record.title, "state": record.state, "symptoms": record.symptoms, "workaround": record.workaround, "root_cause": record.root_cause,
        "solution": record.solution, "cause_code": record.cause_code, "incidents": sorted(read.incidents(record).values_list("number", flat=True)),
        "causes": [{"id": c.pk, "explains": c.parent_id, "question": c.question, "text": c.text, "branch": c.branch, "confidence": c.sure, "gate": c.gate, "evidence": c.evidence,
                    "shown_by": c.shown.number if c.shown else None, "at": c.at and c.at.isoformat(), "version": c.version} for c in causes],
        "is_and_is_not": [{"aspect": c.aspect, "is": c.yes, "is_not": c.no, "difference": c.difference, "changed": c.changed} for c in record.contrasts.order_by("pk")],
    }


@route("problems/<slug:number>/tell", "problem_tell", "problem.publish")
@require_http_methods(["GET", "POST"])
def tell(request, number):
    """The workaround to all linked open incidents: who they are stands below, before anything is sent."""
    record, actor = _problem(request, number), request.actor
    if not actor.may("problem.publish", record):
        raise Http404
    rows = [i for i in read.incidents(record).open().select_related("requester")[:MOST] if actor.may("incident.see", i)]
    made = {"text": forms.CharField(label=_("What they are told"), widget=forms.Textarea(attrs={"rows": 6})), "callers": forms.BooleanField(label=_("To their callers too"), required=False)}
    form = type("Tell", (forms.Form,), made)(request.POST or None, initial={"text": record.workaround, "callers": True})
    form.use_required_attribute, status = False, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                key = request.POST.get("once", "")[:80]
                return SeeOther(f"/r/{write.once(key and f'{request.path}:{key}', actor, lambda: write.act(record, actor, 'communicate', **form.cleaned_data).number)}")
            except ValidationError as problem:
                show(form, problem)
            except Refused as problem:
                form.add_error(None, str(problem))
    return page(request, "problem/tell.j2", status, record=record, kind=record.type, section="problem", form=form, rows=rows)


@route("problems/clusters", "problem_clusters", "problem.open")
@require_http_methods(["GET", "POST"])
def clusters(request):
    """Incidents that are alike and have no problem yet, as the last night's look found them; one click makes a problem of all (PRB-08)."""
    actor = request.actor
    reach = actor.organisations("problem.open")
    rows = Cluster.objects.filter(problem=None, aside="").select_related("item", "category", "organisation")
    rows = rows if reach is None else rows.filter(organisation__in=reach)
    if request.method == "POST":
        chosen = rows.filter(pk=whole(request.POST.get("cluster", "")) or 0).first()
        if chosen is None:
            raise Http404
        if "aside" in request.POST:
            write.save(chosen, actor, aside=request.POST["aside"].strip()[:200] or _t("Not one problem"))
            return SeeOther("/problems/clusters")
        return SeeOther(f"/r/{write.once(request.POST.get('once', '')[:80], actor, lambda: _raise(chosen, actor))}")
    found = [(c, visible(list(registry["incident"].model.objects.filter(pk__in=c.incidents[:MOST]).order_by("-opened_at")[:5]), actor)) for c in rows.order_by("-size", "pk")[:40]]
    shown = [(c, some) for c, some in found if some]
    return page(request, "problem/clusters.j2", section="clusters", clusters=shown, kind=PROBLEM, total=sum(c.minutes for c, _s in shown))


def _raise(cluster, actor):
    """A problem with all incidents of a cluster that the actor may see."""
    rows = visible(list(registry["incident"].model.objects.filter(pk__in=cluster.incidents)), actor)
    if not rows:
        raise ValidationError(_t("None of its incidents can be seen any more."))
    values = {"item": cluster.item, "category": cluster.category, "service": next((r.service for r in rows if r.service_id and actor.may("service.see", r.service)), None)}
    with write.writing():
        made = write.open_record(PROBLEM, actor, title=cluster.words[:1].upper() + cluster.words[1:], how="trend", organisation=cluster.organisation_id,
                                 impact=min(r.impact for r in rows), **{k: v for k, v in values.items() if v})
        write.link_many([(r, made, "problem") for r in rows], actor, needs="see")
        write.save(cluster, actor, problem=made)
    return made.number
