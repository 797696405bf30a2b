"""The fuse: the same value in lists, rails and exports."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Field, Option, Panel, Rows, administer, contribute
from praxis.kernel.now import now
from praxis.lib.conditions import BadCondition
from praxis.lib.spans import short
from praxis.people.models import Team

from . import engine
from .models import Calendar, Clock, Excuse, Target, TargetSet

WARN = 25  # percent left from which a fuse is amber


@dataclass(frozen=True)
class Fuse:
    """Time left in words and percent; `tone` is "", amber, red or grey."""

    words: str
    share: int
    tone: str
    due_at: datetime | None = None

    def __str__(self):
        return self.words


def fuse(clock, at):
    """The Fuse of one unfinished clock."""
    if clock.due_at is None and clock.state == "running":
        return Fuse(_t("No end in sight"), 100, "grey")
    if clock.due_at is None:
        left = 100 - min(100, round(100 * clock.elapsed_s / clock.target_s)) if clock.target_s else 0
        return Fuse(_t("Paused"), left, "grey")
    left = (clock.due_at - at).total_seconds()
    if left < 0:
        return Fuse(_t("%s over") % short(left).split(" ")[0], 100, "red", clock.due_at)
    whole = (clock.due_at - clock.started_at).total_seconds() or 1
    share = max(1, min(100, round(100 * left / whole)))
    return Fuse(short(left), share, "amber" if share < WARN else "", clock.due_at)


def fuses(records, actor):
    """{record id: Fuse} of what is due next: the first of the running clocks, else the one that stands."""
    found, at = {}, now()
    ids = [r.pk for r in records if r.is_open]
    for clock in Clock.objects.filter(record__in=ids, stopped_at=None).exclude(metric__in=engine.INNER):
        best = found.get(clock.record_id)
        if best is None or clock.due_at and (best.due_at is None or clock.due_at < best.due_at):
            found[clock.record_id] = clock
    return {pk: fuse(clock, at) for pk, clock in found.items()}


def _time(record, by):
    """The promise that is due next leads, as in lists; the others stand below it, those between groups last."""
    clocks = list(Clock.objects.filter(record=record.pk).order_by("spell"))
    if not clocks:
        return None
    rows = {c.metric: c for c in clocks if c.stopped_at is None or c.metric not in ("update", *engine.INNER)}
    running = sorted((c for c in rows.values() if not c.stopped_at and c.metric not in engine.INNER),
                     key=lambda c: (c.due_at is None, c.due_at or c.started_at, c.metric))
    main = running[0] if running else None
    others = [c for m in BY if (c := rows.get(m)) and c is not main]
    return {"fuse": fuse(main, now()) if main else None, "main": main, "others": others, "record": record, "promise": BY, "done": DONE,
            "missed": any(c.state == "missed" for c in clocks)}


def _explained(record, by):
    found = engine.explain(record)
    if not found:
        return None
    names = dict(Target.METRICS)
    clocks = {(c.metric, c.spell): c for c in Clock.objects.filter(record=record.pk)}
    excuses = {e.clock_id: e for e in Excuse.objects.filter(clock__record=record.pk).select_related("asked_by", "decided_by").order_by("pk")}
    teams = {t.pk: t.name for t in Team.objects.filter(pk__in={r.value for r, _s in found if r.target.each == "team"})}
    rows = []
    for reading, parts in found:
        clock = clocks.get((reading.target.metric, reading.spell))
        rows.append({"reading": reading, "spans": parts, "name": names[reading.target.metric], "was": clock and clock.was,
                     "excuse": excuses.get(clock.pk) if clock else None, "team": teams.get(reading.value) if reading.target.each == "team" else ""})
    return {"clocks": [r for r in rows if not r["reading"].target.each], "turns": [r for r in rows if r["reading"].target.each],
            "shares": _shares(record), "missed": any(r["reading"].state == "missed" for r in rows),
            "asked": any(r["excuse"] and r["excuse"].state == "asked" for r in rows),
            "may_ask": by.has("clocks.excuse"), "may_decide": by.has("clocks.grant")}


def _shares(record):
    """[(group, from, to, seconds, percent)]: whose turn it was how long, less the pauses; the times sum to the whole."""
    turns = engine.turns_of(record)
    names = {t.pk: t.name for t in Team.objects.filter(pk__in={t for t, *_rest in turns if t})}
    whole = sum(spent.total_seconds() for *_x, spent in turns) or 1
    return [(names.get(t, _t("Nobody")), start, end, spent.total_seconds(), round(100 * spent.total_seconds() / whole)) for t, start, end, spent in turns]


def _spell(metric):
    """A filter by what the clock of one promise says: kept, missed, running, paused."""
    def where(fact, test, actor, kind):
        if test.op not in ("is", "in", "is_not") or set(test.values) - set(STATES):
            raise BadCondition(f"{fact.label}: use is or is_not with {', '.join(STATES)}.")
        told = Q(Exists(Clock.objects.filter(record=OuterRef("pk"), metric=metric, spell=0, state__in=test.values)))
        return ~told if test.op == "is_not" else told

    return where


def _words_of(metric):
    def load(records, actor):
        rows = Clock.objects.filter(record__in=[r.pk for r in records], metric=metric, spell=0).values_list("record", "state")
        return {record: STATES[state] for record, state in rows}

    return load


def _told(kind, actor, record, typed):
    return [Option(state, str(words)) for state, words in STATES.items()]


STATES = {"met": _("Kept"), "missed": _("Missed"), "running": _("Running"), "paused": _("Paused")}
BY = {"respond": _("First response by %s"), "assign": _("Assign by %s"), "update": _("Next update by %s"), "resolve": _("Resolve by %s"),
      "accept": _("Group accepts by %s"), "work": _("Group finishes by %s")}
DONE = {"respond": (_("First response met in %s"), _("First response missed in %s")), "assign": (_("Assigned in %s"), _("Assigned late in %s")),
        "resolve": (_("Resolved in %s"), _("Resolved late in %s"))}
STALE = ("*.moved", "*.opened", "*.field.priority", "*.field.service", "*.field.state", "*.field.owner", "*.field.team", "conversation.replied", "clock.*")
contribute(
    "*",
    Field(key="due", label=_("Time left"), draw="fuse", icon="clock", path="due_at", type="time", load=fuses, edit=False,
          ops=("before", "after", "empty", "not_empty")),
    Field(key="resolution", label=_("Resolution in time"), icon="clock", type="choice", where=_spell("resolve"), load=_words_of("resolve"), options=_told,
          edit=False),
    Field(key="response", label=_("Response in time"), icon="clock", type="choice", where=_spell("respond"), load=_words_of("respond"), options=_told,
          edit=False),
    Panel(key="clocks.time", title="", slot="rail", template="clocks/time.j2", load=_time, on=STALE, order=10),
    Panel(key="clocks.brief", title="", slot="preview", template="clocks/brief.j2", load=_time, on=STALE, order=10),
    Panel(key="clocks.explained", title=_("How the time was counted"), slot="", template="clocks/explained.j2", load=_explained),
)
administer(
    Rows(key="calendars", label=_("Calendars"), one=_("Calendar"), place="desk", model=Calendar, columns=("label", "key", "organisation", "zone", "holidays"),
         form=("label", "key", "organisation", "zone", "week", "exceptions", "holidays", "valid_from"), natural=("organisation", "key", "valid_from"),
         find=("label", "key"), order=("label", "valid_from"), joins=("organisation",), picture="clocks/hours.j2",
         about=_("Working hours. A version with a date counts from then on; what was counted before stays."),
         hints={"zone": _("Empty: the zone of the customer."), "week": _("A line a day, such as mon: [\"08:00-12:00\", \"13:00-17:00\"]"),
                "exceptions": _("A line a date, such as 2026-12-24: [\"08:00-12:00\"]; closed all day: 2026-12-31: []"),
                "holidays": _("Closed on the public holidays of DE, or DE-HH")}),
    Rows(key="promises", label=_("Sets of promises"), one=_("Set of promises"), place="desk", model=TargetSet, home="", columns=("label", "key"),
         form=("label", "key", "levels"), natural=("key",), find=("label",), order=("label",), links=((_("Its promises"), "/admin/targets?set={pk}"),),
         hints={"levels": _("Who is told when, such as 75: [owner, lead]; empty: as for everybody")}),
    Rows(key="targets", label=_("Promises"), one=_("Promise"), place="desk", model=Target, home="",
         columns=("set", "kind", "metric", "priority", "length", "calendar"), joins=("set",), filters=("set",),
         form=("set", "kind", "metric", "priority", "length", "calendar", "pauses", "restart", "valid_from"),
         natural=("set", "kind", "metric", "priority", "valid_from"), find=("set__label", "kind"), order=("set__label", "kind", "metric", "priority"),
         about=_("How fast you promise to answer and to solve. What if counts a change before it is saved."),
         links=((_("What if"), "/levels/what-if"),),
         hints={"length": _("15m, 4h, 2d (working days), next 1 16:00, until due_on"), "calendar": _("The key of a calendar, or service: the service's own hours"),
                "pauses": _("The condition under which the clock stands")}),
)
