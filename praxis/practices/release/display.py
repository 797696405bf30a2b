from datetime import timedelta

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Brief, Column, Field, Mark, Option, Panel, Section, View, contribute, show
from praxis.kernel.now import now
from praxis.lib.conditions import Group, Test, every
from praxis.records.models import Link
from praxis.records.read import briefs, visible

from . import gates
from .actions import early_incidents
from .kind import RELEASE
from .models import Release

WAY = ("submission", "planning", "build", "test", "uat", "deployment", "review")
OPEN = Test("state", "is_not", ("review", "closed", "cancelled"))
SHOWN, CARE = 8, timedelta(days=120)


def _choices(choices):
    return lambda kind, actor, record, typed: [Option(str(v), str(label)) for v, label in choices]


def _steps(record):
    way = [*WAY[:6], "training", "review"] if record.training else WAY
    here = way.index(record.state) if record.state in way else len(way)
    return [(RELEASE.lifecycle.states[s].label, "done" if n < here else "now" if n == here else "") for n, s in enumerate(way)]


def _gates(record, by):
    """Every gate with what shows it, and how many are passed."""
    found = gates.judged(record)
    may = by.may("release.judge", record) and record.is_open
    if not found and not (by.may("release.change", record) and record.is_open):
        return None
    passed, every_one = gates.score(found)
    shown = [(j, j.gate.shown if j.gate.shown and by.may(f"{j.gate.shown.kind}.see", j.gate.shown) else None) for j in found]
    states = RELEASE.lifecycle.states
    return {"gates": [(j, record_, states[j.gate.stage].label) for j, record_ in shown], "may": may, "note": _t("ready %(a)s of %(b)s") % {"a": passed, "b": every_one} if every_one else "",
            "add": f"/r/{record.number}/do/add_gate" if by.may("release.change", record) and record.is_open else None, "usual": not found and record.is_open}


def _members(record, by):
    rows = visible(list(gates.members(record).order_by("kind", "pk")[:60]), by)
    items = visible([x.target for x in Link.objects.filter(source=record.pk, type__in=("affects", "deployed_by")).select_related("target").order_by("pk")[:60]], by)
    add = f"/r/{record.number}/do/bundle" if by.may("release.change", record) and record.is_open else None
    return {"things": briefs(rows, by), "items": briefs(items, by), "add": add, "note": _t("%s bundled") % len(rows) if rows else ""} if rows or items or add else None


def _words(record, by):
    parts = [(label, getattr(record, name)) for name, label in (("plan", _("Plan")), ("test_plan", _("Test plan")), ("backout", _("Back-out plan")), ("review", _("Review"))) if getattr(record, name)]
    return {"parts": parts} if parts or record.notes_text else None


def _care(record, by):
    """Early-life support: until when, what came in, and who signed that it is over."""
    if not record.care_until or not record.deployed_at:
        return None
    rows = early_incidents(record, by)
    return {"things": briefs(rows[:SHOWN], by), "count": len(rows), "may": by.may("release.close", record) and not record.care_exit}


def _early(records, actor):
    """Of incidents, those on an item that was released lately and is still cared for."""
    items = {r.item_id for r in records if getattr(r, "item_id", None)}
    rows = Release.objects.filter(deployed_at__gte=now() - CARE, care_until__isnull=False, care_exit="", links_out__type="affects", links_out__target__in=items) if items else ()
    found = {}
    for number, target, deployed in rows.values_list("number", "links_out__target", "deployed_at") if items else ():
        found[target] = (number, deployed)
    return {r.pk: found[r.item_id][0] for r in records if getattr(r, "item_id", None) in found and r.opened_at >= found[r.item_id][1]}


def _briefs(records, actor):
    return {r.pk: Brief(note=str(r.stage.label)) for r in records}


show(
    RELEASE,
    columns=(Column("number", "i"), Column("title", "m"), Column("type_of"), Column("release_version"), Column("state"), Column("planned_on"), Column("owner", "o", quiet=True, draw="face")),
    sorts=("planned_on", "updated"),
    filters=("state", "type_of", "service", "owner", "team", "planned_on", "title"),
    views=(View("open", _("Open"), every(OPEN), "planned_on", count=True), View("review", _("To be reviewed"), every(Test("state", "is", ("review",))), "updated", count=True),
           View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="type_of", label=_("Type"), path="type_of", type="choice", icon="package", read=lambda r: r.get_type_of_display(), options=_choices(Release.TYPES)),
        Field(key="release_version", label=_("Version"), path="release_version", icon="code", ops=("is", "contains"), empty=_("Which version")),
        Field(key="planned_on", label=_("Planned for"), path="planned_on", type="date", icon="calendar-days", read=lambda r: r.planned_on and str(r.planned_on), ops=("before", "after", "empty"), empty=_("Set a day")),
        Field(key="deployed", label=_("Deployed"), path="deployed_at", type="time", draw="when", icon="move-up-right", read=lambda r: r.deployed_at, edit=False, ops=("before", "after", "empty")),
        Field(key="care_until", label=_("Early-life support until"), path="care_until", type="date", icon="shield", read=lambda r: r.care_until and str(r.care_until), ops=("before", "after", "empty"), empty=_("None")),
        Field(key="training", label=_("Needs training"), path="training", type="yes", icon="presentation", read=lambda r: _("Yes") if r.training else _("No"), options=_choices([("True", _("Yes")), ("False", _("No"))]), ops=("is",)),
        Field(key="plan", label=_("Plan"), path="plan", icon="list-checks"), Field(key="test_plan", label=_("Test plan"), path="test_plan", icon="flask-conical"),
        Field(key="backout", label=_("Back-out plan"), path="backout", icon="undo-2"),
    ),
    properties=("type_of", "release_version", "owner", "team", "service", "planned_on", "deployed", "care_until", "training"),
    short=("state", "type_of", "release_version", "owner", "planned_on"),
    exported=("deployed", "care_until", "plan", "test_plan", "backout"),
    form=(Section(_("What comes"), "title", "type_of", "release_version", "description", "service"), Section(_("When and by whom"), "planned_on", "owner", "team", "training", "care_until"),
          Section(_("How"), "plan", "test_plan", "backout")),
    buttons=("plan_it", "build", "test", "accept", "train", "finish", "trained", "close", "deploy"), head=("steps",), brief=_briefs, layout="sheet",
    panels=("release.gates", "release.words", "release.members", "release.care", "screens.properties"),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock")),
)
contribute(
    "release",
    Mark("steps", "release/marks.j2:steps", read=lambda r: _steps(r)),
    Panel(key="release.gates", title=_("Gates"), slot="main", template="release/gates.j2", load=_gates, on=("release.*", "record.linked"), order=5),
    Panel(key="release.words", title=_("Plans and notes"), slot="main", template="release/words.j2", load=_words, on=("release.*",), order=15),
    Panel(key="release.members", title=_("What it bundles"), slot="rail", template="release/members.j2", load=_members, on=("record.linked", "release.*"), order=5),
    Panel(key="release.care", title=_("Early-life support"), slot="rail", template="release/care.j2", load=_care, on=("release.*",), order=10),
)
contribute("incident", Field(key="early_life", label=_("Early-life support of"), icon="shield", load=_early, edit=False))
