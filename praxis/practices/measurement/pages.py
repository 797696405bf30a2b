"""Reports: the tiles of the desk, and the health of the service desk as its lead reads it."""

import csv
from datetime import timedelta
from io import StringIO
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from praxis.abilities.measures import days, read
from praxis.abilities.measures.kind import KEPT
from praxis.abilities.measures.library import readable
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib.text import whole
from praxis.records.fields import services, teams
from praxis.screens import charts, pages
from praxis.screens.draw import page
from praxis.screens.exports import cell
from praxis.screens.pages import page as route

from . import health as figures
from .health import Health

PERIODS = (4, 12, 26, 52)
PRIORITIES = ((1, _("priority 1")), (2, _("priority 2")), (3, _("priority 3")), (4, _("priority 4")), (0, _("all priorities")))
pages.menu.append(pages.Entry("Steer", "reports", _("Reports"), "chart-spline", "/reports/health", "measures.see"))


def _asked(request):
    """(the Health that the address asks for, its chips)."""
    get, actor, kind = request.GET, request.actor, registry[figures.KIND]
    groups, offers = {o.value: o.label for o in teams(kind, actor, None, "")}, {o.value: o.label for o in services(kind, actor, None, "")}
    weeks = whole(get.get("weeks", "")) or 12
    health = Health(actor, request.person.organisation.zone, weeks if weeks in PERIODS else 12,
                    whole(get.get("team", "")) if get.get("team") in groups else None,
                    whole(get.get("service", "")) if get.get("service") in offers else None,
                    whole(get.get("priority", "2")) if get.get("priority", "2") in [str(p) for p, _l in PRIORITIES] else 2)
    chosen = {"weeks": str(health.weeks), "team": str(health.team or ""), "service": str(health.service or ""), "priority": str(health.priority)}

    def choices(name, options):
        return [(label, f"?{urlencode({k: v for k, v in (chosen | {name: value}).items() if v})}", value == chosen[name]) for value, label in options]

    chips = [("calendar-days", _t("Period"), choices("weeks", [(str(n), _t("Last %s weeks") % n) for n in PERIODS])),
             ("users", _t("Group"), choices("team", [("", _t("All groups")), *groups.items()])),
             ("gem", _t("Service"), choices("service", [("", _t("All services")), *offers.items()]))]
    return health, chips, choices("priority", [(str(p), label) for p, label in PRIORITIES]), urlencode({k: v for k, v in chosen.items() if v})


@route("reports", "reports", "measures.see")
@require_GET
def desk(request):
    """Every measure that the reader may have, as tiles that lead to their records."""
    health, chips, _priorities, query = _asked(request)
    groups = {}
    for one in sorted(readable(request.actor), key=lambda one: one.kind != figures.KIND):  # the desk's own first
        tests = health.tests if one.kind == figures.KIND else ()
        groups.setdefault(one.group, []).append(read.value(one, request.actor, tests, health.period()))
    return page(request, "measurement/desk.j2", groups=groups, chips=chips, query=query, section="reports", weeks=health.weeks)


@route("reports/health", "reports_health", "measures.see")
@require_GET
def health(request):
    health, chips, priorities, query = _asked(request)
    table, rows = health.history()
    weeks = health.weeks
    flow, chart, times = figures.flow(health, table), figures.control(health, rows, table), figures.resolve_times(health, table)
    by_service, services_in_all = figures.by_service(health, health.comparable(table))
    more = figures.growing(health, rows)
    return page(
        request, "measurement/health.j2", section="reports", chips=chips, query=query, priorities=priorities, weeks=weeks, at=now(),
        tiles=figures.tiles(health, table), flow=flow, chart=chart, times=times, by_service=by_service, services_in_all=services_in_all,
        more=more and (next((s.label for s in services(registry[figures.KIND], request.actor, None, "") if s.value == str(more[0])), None), more[1]),
        target=KEPT(request.actor.organisation), ages=figures.ages(health), hops=figures.hops(health), told=figures.TOLD,
        counted=sum(len(d) for _w, _l, d in table), week_name=week_name, listed=_listed(health), spark=charts.spark, drawn=_drawn(flow, chart, times) if table else {})


def _drawn(flow, chart, times):
    """The three charts as SVG."""
    names = [week_name(w) for w in flow["weeks"]]
    signals = ", ".join(week_name(chart["weeks"][i]) for i in chart["signals"])
    limits = chart["chart"]
    return {
        "flow": charts.flow(flow["came"], flow["went"], flow["stock"], names, "{:g}".format, _t("Backlog flow by week: created, resolved, still open")),
        "control": charts.control(
            chart["values"], [week_name(w) for w in chart["weeks"]], limits, chart["signals"], "{:g}h".format,
            _t("Control chart of the median time to resolve by week, mean %(mean)s hours, upper limit %(upper)s, signals: %(signals)s") % {
                "mean": round(limits.mean, 1), "upper": round(limits.upper, 1), "signals": signals or _t("none")} if limits
            else _t("Control chart of the median time to resolve by week, without limits yet")),
        "times": charts.lines([(f"p90 {_told(times, 2)}", [t[2] for t in times], "s3"), (f"p50 {_told(times, 1)}", [t[1] for t in times], "area")],
                              names, "{:g} h".format, _t("Median and 90th percentile of the time to resolve by week")),
    }


def _told(times, place):
    value = next((t[place] for t in reversed(times) if t[place] is not None), None)
    return "" if value is None else f"{value:g} h"


def week_name(monday):
    return _t("Wk %s") % monday.isocalendar().week


def _listed(health):
    """(measure, Monday, more) -> the address of the records of that week, as they are now."""
    def address(key, monday):
        start, end = days.bounds(monday, health.zone)[0], days.bounds(monday + timedelta(days=6), health.zone)[1]
        return health.asked(key, period=(start, end)).address()

    return address


@route("reports/health.csv", "reports_csv", "measures.see")
@require_GET
def table(request):
    """The weeks of the report as a table, for whoever goes on in a spreadsheet."""
    health, *_rest = _asked(request)
    lines, _rows = health.history()
    flow, times = figures.flow(health, lines), figures.resolve_times(health, lines)
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([cell(_t(h)) for h in ("Week from", "Created", "Resolved", "Open at its end", "Kept in time", "Missed", "Reopened", "Re-assigned",
                                           "Median hours to resolve", "90th percentile of hours")])
    for n, (week, line, _d) in enumerate(lines[-health.weeks :]):
        counts = [read.flow(line, f"{figures.KIND}.{k}") for k in ("kept", "late", "reopened", "hopped")]
        writer.writerow([cell("" if v is None else v) for v in (week, flow["came"][n], flow["went"][n], flow["stock"][n], *counts, *times[n][1:])])
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="desk-health-{timezone.localtime(now()):%Y-%m-%d}.csv"'
    return answer
