"""The numbers of the page *Service desk health*: counts of now and of the period, history from the daily snapshots."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import mean, median

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.measures import days, read
from praxis.abilities.measures.kind import KEPT
from praxis.abilities.measures.library import measures
from praxis.kernel.actors import Actor
from praxis.lib import spc
from praxis.lib.conditions import Test
from praxis.records.models import Record

KIND, SIGNALS, MOST_SERVICES = "incident", (1, 2, 3), 12
TOLD = {1: _("lies beyond the limits"), 2: _("ends nine in a row on one side of the mean"), 3: _("ends six in a row that only rise or only fall")}
AGES = (("24h", _("Up to a day")), ("3d", _("Up to 3 days")), ("7d", _("Up to a week")), ("30d", _("Up to 30 days")), (None, _("Older")))


@dataclass(frozen=True)
class Health:
    """What a reader asked for: `weeks` back, of a group and a service or of all, the control chart of one priority (0: all)."""

    actor: Actor
    zone: str
    weeks: int = 12
    team: int | None = None
    service: int | None = None
    priority: int = 2

    @property
    def tests(self):
        """The chips as tests of a list."""
        return tuple(Test(n, "is", (str(v),)) for n, v in (("team", self.team), ("service", self.service)) if v)

    def days(self):
        """(first day of the period, today): whole weeks from Monday, the present one among them."""
        today = days.today_of(self.zone)
        return today - timedelta(days=today.weekday() + 7 * (self.weeks - 1)), today

    def period(self, back=0):
        """(start, end) of the period, or of the one `back` periods before."""
        return read.last_weeks(self.weeks, self.zone, back)

    def value(self, key, back=0):
        return read.value(measures[f"{KIND}.{key}"], self.actor, self.tests, self.period(back))

    def comparable(self, table):
        """Whether at least half of the period before was counted: fewer weeks would not be a fair comparison."""
        return 2 * len(table[: -self.weeks]) >= self.weeks

    def asked(self, key, *tests, period=None):
        """The records behind a number, as a question whose address a link may hold."""
        return read.asked(measures[f"{KIND}.{key}"], self.actor, (*self.tests, *tests), period or self.period())

    def history(self):
        """[(Monday, line, days counted)] of this period and the one before, less the weeks before anything was counted."""
        first, last = self.days()
        start = first - timedelta(weeks=self.weeks)
        rows = read.cells(self.actor, KIND, start, last)

        def keep(team, service, priority):
            return self.team in (None, team) and self.service in (None, service)

        table = read.weeks(rows, start, last, keep)
        while table and not table[0][2]:
            table.pop(0)
        return table, [r for r in rows if keep(*r[1:4])]


def tiles(health, table):
    """The row of key figures: {title, value, unit, delta, tone, words, spark values, href}."""
    recent = table[-health.weeks :]
    fair = health.comparable(table)
    kept, first, back = (_figure(health, key, fair) for key in ("kept", "first_group", "reopened"))
    kept["spark"] = [_share(line, "kept", ("kept", "late")) for _w, line, _d in recent]
    first["spark"] = [_share(line, "first_group", ("resolved",)) for _w, line, _d in recent]
    back["spark"] = [_share(line, "reopened", ("resolved",)) for _w, line, _d in recent]
    return [kept, _time(health, table, fair), first, _backlog(health, recent), back]


def _share(line, key, of):
    whole = sum(read.flow(line, f"{KIND}.{k}") for k in of)
    return 100 * read.flow(line, f"{KIND}.{key}") / whole if whole else None


def _figure(health, key, fair):
    now, before = health.value(key), health.value(key, 1).number if fair else None
    one = measures[f"{KIND}.{key}"]
    return {"key": key, "title": one.label, "about": one.about, "value": now.number, "unit": "%", "href": now.asked.address(), "count": now.count,
            "whole": now.whole, **_compared(now.number, before, one.better, _t("points"), (_t("better"), _t("worse")))}


def _compared(now, before, better, unit, words):
    """The change against the period before, in words and tone; unknown where either is."""
    if now is None or before is None:
        return {"delta": "", "words": _t("no figure before"), "tone": "grey"}
    change = round(now - before, 1)
    if not change:
        return {"delta": "", "words": _t("no change"), "tone": "grey"}
    good = (change > 0) == (better == "up")
    sign = "+" if change > 0 else "−"
    return {"delta": f"{sign}{abs(change):g}{f' {unit}' if unit else ''}", "words": words[0] if good else words[1], "tone": "green" if good else "red"}


def _seconds(table):
    return [s for _w, line, _d in table for s in read.flow(line, f"{KIND}.time") or ()]


def _hours(seconds):
    return round(median(seconds) / 3600, 1) if seconds else None


def _time(health, table, fair):
    recent, earlier = table[-health.weeks :], table[: -health.weeks]
    now, before = _hours(_seconds(recent)), _hours(_seconds(earlier)) if fair else None
    asked = health.asked("time")
    return {"key": "time", "title": _t("Median time to resolve"), "about": measures[f"{KIND}.time"].about, "value": now, "unit": "h", "href": asked.address(),
            "count": read.counted(asked), "whole": None, "spark": [_hours(_seconds([w])) for w in recent],
            **_compared(now, before, "down", _t("h"), (_t("faster"), _t("slower")))}


def _backlog(health, recent):
    now = health.value("open")
    line = [read.stock(line, f"{KIND}.open", counted) for _w, line, counted in recent]
    then = next((n for n in line if n is not None), None)
    return {"key": "open", "title": _t("Open backlog"), "about": "", "value": now.number, "unit": "", "href": now.asked.address(), "count": now.count,
            "whole": None, "spark": line, **_compared(now.number, then, "down", "", (_t("shrinking"), _t("growing")))}


def flow(health, table):
    """Backlog flow by week, and what it means: {weeks, rows, came, went, stock, gap a week, over so many whole weeks}."""
    recent = table[-health.weeks :]
    came = [read.flow(line, f"{KIND}.opened") for _w, line, _d in recent]
    went = [read.flow(line, f"{KIND}.resolved") for _w, line, _d in recent]
    stock = [read.stock(line, f"{KIND}.open", counted) for _w, line, counted in recent]
    whole = [(c, w) for c, w, (_m, _l, counted) in zip(came, went, recent) if len(counted) == 7][-4:]
    gap = round(mean(c - w for c, w in whole)) if whole else None
    weeks = [w for w, _l, _d in recent]
    return {"weeks": weeks, "rows": list(zip(weeks, came, went, stock)), "came": came, "went": went, "stock": stock, "gap": gap, "over": len(whole)}


def growing(health, rows):
    """(service id, more came than went a week) of the service whose backlog grows most in the last four weeks, or None."""
    _first, today = health.days()
    since, gaps = today - timedelta(days=28), {}
    for day, _team, service, _priority, values in rows:
        if since <= day < today:
            gaps[service] = gaps.get(service, 0) + values.get(f"{KIND}.opened", 0) - values.get(f"{KIND}.resolved", 0)
    service, gap = max(gaps.items(), key=lambda g: g[1], default=(None, 0))
    return (service, round(gap / 4)) if service and gap >= 4 else None


def resolve_times(health, table):
    """[(Monday, median, 90th percentile)] of the period, in hours; None where nothing was solved."""
    found = []
    for week, line, _d in table[-health.weeks :]:
        seconds = read.flow(line, f"{KIND}.time") or []
        p90 = spc.percentile(seconds, 90)
        found.append((week, _hours(seconds), None if p90 is None else round(p90 / 3600, 1)))
    return found


def control(health, rows, table):
    """The control chart of the median time to resolve by week: {weeks, values, rows, chart, signals, known, enough}."""
    first = table[0][0] if table else None
    chosen = read.weeks([r for r in rows if health.priority in (0, r[3])], first, health.days()[1]) if first else []
    weeks = [w for w, _l, _d in chosen]
    seconds = [read.flow(line, f"{KIND}.time") or [] for _w, line, _d in chosen]
    values = [_hours(s) for s in seconds]
    known = [(i, v) for i, v in enumerate(values) if v is not None]
    chart = spc.xmr([v for _i, v in known])
    signals = spc.nelson([v for _i, v in known], chart.mean, chart.sigma, SIGNALS) if chart else {}
    signals = {known[i][0]: rules for i, rules in signals.items()}
    rows = [(w, len(s), v, signals.get(i)) for i, (w, s, v) in enumerate(zip(weeks, seconds, values))]
    return {"weeks": weeks, "values": values, "rows": rows, "chart": chart, "enough": len(known) >= spc.ENOUGH, "known": len(known), "signals": signals}


def by_service(health, fair):
    """[{service, kept %, before %, missed, href, tone}] of services with promises that ended in the period, most missed first."""
    kept, late = (read.by(health.asked(key), "service") for key in ("kept", "late"))
    kept_before, late_before = ({}, {}) if not fair else (read.by(health.asked(key, period=health.period(1)), "service") for key in ("kept", "late"))
    names = dict(Record.objects.filter(pk__in=[s for s in {*kept, *late} if s]).values_list("pk", "title"))
    target, found = KEPT(health.actor.organisation), []
    for service in {*kept, *late}:
        met, missed = kept.get(service, 0), late.get(service, 0)
        whole = kept_before.get(service, 0) + late_before.get(service, 0)
        percent = round(100 * met / (met + missed), 1)
        test = Test("service", "is", (str(service),)) if service else Test("service", "empty")
        found.append({"name": names.get(service, _t("Without a service")), "percent": percent, "missed": missed, "kept": met,
                      "before": round(100 * kept_before.get(service, 0) / whole, 1) if whole else None, "href": health.asked("late", test).address(),
                      "tone": "red" if percent < target - 5 else "amber" if percent < target else ""})
    found.sort(key=lambda r: (-r["missed"], r["name"]))
    return found[:MOST_SERVICES], len(found)


def ages(health):
    """[(label, count, href)] of the open work by age."""
    found, younger = [], None
    for span, label in AGES:
        tests = [Test("opened", "before", (f"-{younger}",))] if younger else []
        tests += [Test("opened", "after", (f"-{span}",))] if span else []
        asked, younger = health.asked("open", *tests), span
        found.append((label, read.counted(asked), asked.address()))
    return found


def hops(health):
    """[(label, count, href)] of what was solved in the period by how often the group changed."""
    found = []
    for label, test in ((_t("Not re-assigned"), Test("hops", "is", ("0",))), (_t("Once"), Test("hops", "is", ("1",))), (_t("Twice"), Test("hops", "is", ("2",))),
                        (_t("Three times or more"), Test("hops", "gt", ("2",)))):
        asked = health.asked("resolved", test)
        found.append((label, read.counted(asked), asked.address()))
    return found
