"""/evidence: the criteria with what shows them, as a page and for an auditor as CSV and JSON."""

import csv
from datetime import timedelta
from io import StringIO

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from praxis.kernel.now import now
from praxis.lib.text import whole
from praxis.screens.draw import page
from praxis.screens.exports import cell
from praxis.screens.pages import Entry, menu
from praxis.screens.pages import page as route

from . import library
from .criteria import GAP, GOOD, PRACTICES, UNKNOWN, Reading
from .kind import SEE

DAYS = (30, 90, 365)
WORDS = {GOOD: _("shown"), GAP: _("gap"), UNKNOWN: _("unknown")}
HEADS = ("criterion", "practice", "text", "status", "records", "hold", "shown by", "missing on", "screen", "help", "test", "read at", "read by", "days")
menu.append(Entry("Steer", "evidence", _("Evidence"), "shield-check", "/evidence", SEE))


def _asked(request):
    """(days, practice or "", [(Criterion, Proof)]) of the address."""
    days, chosen = whole(request.GET.get("days", "")) or 90, request.GET.get("practice", "")
    days, chosen = days if days in DAYS else 90, chosen if chosen in PRACTICES else ""
    reading = Reading(request.actor, now() - timedelta(days=days))
    return days, chosen, [(c, c.prove(reading)) for c in library.criteria() if chosen in ("", c.practice)]


@route("evidence", "evidence", SEE)
@require_GET
def evidence(request):
    days, chosen, lines = _asked(request)
    groups = [(key, label, [(c, p) for c, p in lines if c.practice == key]) for key, label in PRACTICES.items() if chosen in ("", key)]
    counted = {key: {s: sum(p.status == s for _c, p in rows) for s in WORDS} for key, _label, rows in groups}
    return page(request, "evidence/page.j2", section="evidence", days=days, periods=DAYS, chosen=chosen, practices=PRACTICES, groups=groups, counted=counted, words=WORDS,
                total={s: sum(c[s] for c in counted.values()) for s in WORDS})


def _line(criterion, proof, request, days, at):
    return (criterion.key, str(PRACTICES[criterion.practice]), str(criterion.text), proof.status, proof.population, proof.hits, " ".join(r.number for r in proof.good) or proof.where,
            " ".join(r.number for r in proof.bad), criterion.screen, f"/help/{criterion.help}", criterion.test, at, request.actor.name, days)


def _lines(request):
    days, _chosen, lines = _asked(request)
    at = now().isoformat(timespec="seconds")
    return [_line(c, p, request, days, at) for c, p in lines]


@route("evidence.csv", "evidence_csv", SEE)
@require_GET
def as_csv(request):
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows([[cell(v) for v in line] for line in _lines(request)])
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="evidence.csv"'})


@route("evidence.json", "evidence_json", SEE)
@require_GET
def as_json(request):
    return JsonResponse({"aligned_with": "ITIL", "criteria": [dict(zip((h.replace(" ", "_") for h in HEADS), line, strict=True)) for line in _lines(request)]})
