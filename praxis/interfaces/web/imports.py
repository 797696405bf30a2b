"""The pages of an import: choose a file, map its columns, try, import, see what became of each row, undo."""

import csv

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from praxis.abilities.imports import engine, jobs, tables, targets
from praxis.abilities.imports.models import Import
from praxis.screens import rows
from praxis.screens.access import access
from praxis.screens.answers import SeeOther
from praxis.screens.exports import cell

from .admin import draw

SHOWN = 200
rows.extra.append(("platform", gettext_lazy("Import a table"), "/import", "imports.run"))


def mine(request, pk):
    """The import of this id if it is this person's own, else 404."""
    found = Import.objects.filter(pk=pk, person=request.actor.id).first()
    if found is None or targets.of(found.target, request.actor) is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@access("imports.run")
def start(request):
    """Choose what to import and the file; the last imports below."""
    known, error, status = targets.all_for(request.actor), "", 200
    if request.method == "POST":
        target, upload = request.POST.get("target", ""), request.FILES.get("file")
        try:
            if target not in known or upload is None:
                raise ValidationError(_("Choose what the table holds, and its file."))
            if upload.size > tables.MOST_BYTES:
                raise ValidationError(_("This file is larger than %s MB. Cut it into several.") % (tables.MOST_BYTES // 2**20))
            heads, found = tables.read(upload.name, upload.read())
            one = Import.objects.create(person_id=request.actor.id, organisation_id=request.actor.organisation, target=target,
                                        name=upload.name[:200], heads=heads, rows=found, mapping=_mapping(request.actor, target, heads))
            return SeeOther(f"/import/{one.pk}")
        except ValidationError as problem:
            error, status = " ".join(problem.messages), 422
    last = Import.objects.filter(person=request.actor.id).defer("rows", "results").order_by("-at")[:20]
    return draw(request, "imports/start.j2", "/import", status, targets=known, error=error, last=last, chosen=request.POST.get("target", ""))


def _mapping(actor, target, heads):
    """As it was for the last file with these headings, else by the words of the headings."""
    last = Import.objects.filter(organisation=actor.organisation, target=target, heads=heads).exclude(state="mapping").order_by("-at").first()
    return last.mapping if last else targets.of(target, actor).guess(heads)


@require_http_methods(["GET", "POST"])
@access("imports.run")
def one(request, pk):
    """The mapping while it can be changed, the progress while it runs, the results when it is done."""
    found = mine(request, pk)
    target = targets.of(found.target, request.actor)
    what = request.POST.get("what", "")
    if request.method == "POST":
        if what in ("try", "run") and found.state in ("mapping", "tried", "refused"):
            mapping = {h: c for n, h in enumerate(found.heads) if (c := request.POST.get(f"c{n}", "")) in target.columns}
            if len(set(mapping.values())) < len(mapping) or not mapping:
                return _draw(request, found, target, 422, _("Each column of the table goes to another field, and at least one goes somewhere."))
            state = "trying" if what == "try" else "running"
            Import.objects.filter(pk=pk).update(mapping=mapping, whole="whole" in request.POST, state=state, done=0, results=[])
            jobs.run_import.enqueue(found.pk, what == "try")
        elif what == "undo" and found.state == "done":
            Import.objects.filter(pk=pk).update(state="undoing")
            jobs.undo_import.enqueue(found.pk)
        return SeeOther(f"/import/{pk}")
    return _draw(request, found, target)


def _draw(request, found, target, status=200, error=""):
    results = found.results
    bad = [r for r in results if r[1] == "bad" or r[1] in ("made", "changed") and r[3]]
    answer = draw(request, "imports/one.j2", "/import", status, one=found, columns=target.columns, error=error, counts=engine.counts(results) if results else None,
                  bad=bad[:SHOWN], more=max(0, len(bad) - SHOWN), good=[r for r in results if r[1] != "bad"][:SHOWN], samples=found.rows[:3],
                  records=found.target.startswith("kind:"), total=len(found.rows))
    if found.state in ("trying", "running", "undoing"):
        answer["Refresh"] = "2"
    return answer


@require_GET
@access("imports.run")
def bad(request, pk):
    """The rows that were not imported as CSV, with the reason in a last column: mend it and import it again."""
    found = mine(request, pk)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="not-imported.csv"'
    out = csv.writer(answer)
    out.writerow([*map(cell, found.heads), _("Why not")])
    out.writerows([*map(cell, found.rows[r[0] - 2]), cell(r[3])] for r in found.results if r[1] == "bad" and r[0] >= 2)
    return answer
