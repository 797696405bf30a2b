from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Field, Mark, Option, Panel, contribute

from . import read
from .models import Major

SORTS = [("running", _("running")), ("ended", _("stood down")), ("proposed", _("proposed")), ("unreviewed", _("without its review"))]
WHERE = {"running": Q(state="declared"), "ended": Q(state="stood_down"), "proposed": Q(state="proposed"), "unreviewed": Q(state="stood_down", reviewed_at=None)}


def _where(fact, test, actor, kind):
    wanted = Q(pk__in=())
    for value in test.values:
        wanted |= WHERE.get(value, Q(pk__in=()))
    rows = Q(pk__in=Major.objects.filter(wanted).values("incident")) if test.op in ("is", "is_not", "in") else Q(pk__in=Major.objects.exclude(state="rejected").values("incident"))
    return ~rows if test.op in ("is_not", "empty") else rows


def _states(records, actor):
    return {m.incident_id: m.get_state_display() for m in Major.objects.filter(incident__in=[r.pk for r in records]).exclude(state="rejected").order_by("pk")}


def _banner(record, by):
    """Above the conversation: the proposal to decide on, or the way into the room."""
    major = read.of(record)
    if major is None or major.state == "demoted":
        return None
    return {"major": major, "may": by.may("major.declare", record), "see": by.may("major.work", record), "unreviewed": major.state == "stood_down" and major.reviewed_at is None}


contribute(
    "incident",
    Mark("major", "major/marks.j2:major", ask=read.is_major, read=lambda r: getattr(r, "major_mark", None) if hasattr(r, "major_mark") else read.running(r) is not None),
    Field(key="major", label=_("Major incident"), icon="siren", type="choice", load=_states, where=_where, edit=False, ops=("is", "is_not", "empty", "not_empty"),
          options=lambda kind, actor, record, typed: [Option(k, str(v)) for k, v in SORTS]),
    Panel(key="major.banner", title=_("Major incident"), slot="rail", template="major/banner.j2", load=_banner, on=("major.*", "incident.moved"), order=1),
)
