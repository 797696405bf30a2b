from django.db.models import OuterRef, Subquery, Sum
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Field, Panel, contribute
from praxis.lib.spans import hours
from praxis.records.models import Record

from .models import Effort, Timer


def total(records, actor):
    """{record id: minutes} of records; one statement."""
    if not actor.has("effort.see"):
        return {}
    return dict(Effort.objects.filter(record__in=[r.pk for r in records]).order_by().values_list("record").annotate(n=Sum("minutes")))


def _spent(record, by):
    """The sum, and whether the reader's own clock runs here; one statement."""
    if not by.may("effort.see", record):
        return None
    minutes = Effort.objects.filter(record=OuterRef("pk")).order_by().values("record").annotate(n=Sum("minutes")).values("n")
    mine = Timer.objects.filter(record=OuterRef("pk"), person=by.id).values("started_at")
    row = Record.objects.filter(pk=record.pk).values_list(Subquery(minutes), Subquery(mine))[0]
    may = by.may("effort.log", record)
    if not row[0] and not may:
        return None
    return {"spent": row[0] and hours(row[0] * 60), "running": row[1], "may": may, "add": f"/r/{record.number}/do/log_time" if may else None}


def _people(record, by):
    """Every entry, newest first."""
    if not by.may("effort.see", record):
        return None
    rows = list(Effort.objects.filter(record=record.pk).select_related("person").order_by("-made_at", "-pk")[:200])
    return {"rows": [(e, hours(e.minutes * 60)) for e in rows], "note": _t("%s in all") % hours(sum(e.minutes for e in rows) * 60)}


contribute(
    "*",
    Field(key="effort", label=_("Minutes spent"), icon="clock", type="number", load=total, edit=False),
    Panel(key="effort.spent", title=_("Time spent"), slot="rail", template="effort/spent.j2", load=_spent, on=("effort.*",), order=58),
    Panel(key="effort.people", title=_("Time spent"), slot="", template="effort/people.j2", load=_people),
)
