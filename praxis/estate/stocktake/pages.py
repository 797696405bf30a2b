"""The page on which one counts: a field that a scanner types into, and what was seen."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_http_methods

from praxis.abilities.imports import tables
from praxis.estate.asset import counter
from praxis.kernel.errors import Forbidden
from praxis.records import write
from praxis.screens.draw import page
from praxis.screens.pages import page as route
from praxis.screens.views import record_of

from . import differences
from .actions import lines_of, seen
from .models import Count

SHOWN = 30


@route("stocktakes/<slug:number>/count", "stocktake_count", "stocktake.count")
@require_http_methods(["GET", "POST"])
def count(request, number):
    """One scan after another, or a table of tags at once."""
    record = record_of(request, number)
    if record.kind != "stocktake":
        raise Http404
    lines, error, status = [], "", 200
    if request.method == "POST":
        try:
            with write.writing():
                write.hold(record)
                if record.state != "counting":
                    raise ValidationError(_t("%s is no longer being counted.") % record.number)
                if not request.actor.may("stocktake.count", record):
                    raise Forbidden("stocktake.count")
                lines = seen(record, request.actor, _texts(request))
        except ValidationError as problem:
            error, status = " ".join(problem.messages), 422
    last = Count.objects.filter(stocktake=record.pk).select_related("asset", "person").order_by("-pk")[:SHOWN]
    return page(request, "stocktake/count.j2", status, section="stocktake", record=record, kind=record.type, lines=lines, error=error, last=last, diff=differences.of(record), shown=SHOWN,
                good=sum(line.done for line in lines))


def _texts(request):
    if (upload := request.FILES.get("file")) is None:
        return lines_of(request.POST.get("tags", ""))
    if upload.size > tables.MOST_BYTES:
        raise ValidationError(_t("This file is larger than %s MB. Cut it into several.") % (tables.MOST_BYTES // 2**20))
    heads, rows = tables.read(upload.name, upload.read())
    return lines_of("\n".join(r["tag"] for r in counter.table(heads, rows, {})))
