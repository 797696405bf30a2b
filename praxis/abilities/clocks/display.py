"""The fuse: the same value in lists, rails and exports."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Field, Panel, contribute
from praxis.kernel.now import now
from praxis.lib.spans import short

from . import engine
from .models import Clock

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
    for clock in Clock.objects.filter(record__in=ids, stopped_at=None):
        best = found.get(clock.record_id)
        if best is None or clock.due_at and (best.due_at is None or clock.due_at < best.due_at):
            found[clock.record_id] = clock
    return {pk: fuse(clock, at) for pk, clock in found.items()}


def _time(record, by):
    """The promise that is due next leads, as in lists; the other one stands below it."""
    rows = {c.metric: c for c in Clock.objects.filter(record=record.pk)}
    if not rows:
        return None
    running = sorted((c for c in rows.values() if not c.stopped_at), key=lambda c: (c.due_at is None, c.due_at or c.started_at, c.metric))
    main = running[0] if running else None
    others = [c for m in ("resolve", "respond") if (c := rows.get(m)) and c is not main]
    return {"fuse": fuse(main, now()) if main else None, "main": main, "others": others, "record": record, "promise": BY}


def _explained(record, by):
    found = engine.explain(record)
    return {"clocks": found} if found else None


BY = {"respond": _("First response by %s"), "resolve": _("Resolve by %s")}
STALE = ("*.moved", "*.opened", "*.field.priority", "*.field.service", "*.field.state", "conversation.replied")
contribute(
    "*",
    Field(key="due", label=_("Time left"), draw="fuse", icon="clock", path="due_at", type="time", load=fuses, edit=False,
          ops=("before", "after", "empty", "not_empty")),
    Panel(key="clocks.time", title="", slot="rail", template="clocks/time.j2", load=_time, on=STALE, order=10),
    Panel(key="clocks.brief", title="", slot="preview", template="clocks/brief.j2", load=_time, on=STALE, order=10),
    Panel(key="clocks.explained", title=_("How the time was counted"), slot="", template="clocks/explained.j2", load=_explained),
)
