from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.categories.options import options as categories
from praxis.abilities.tasks.models import Task
from praxis.estate.cmdb.options import items
from praxis.kernel.display import Brief, Column, Field, Mark, Option, Panel, Section, View, contribute, show
from praxis.kernel.now import now
from praxis.lib.conditions import Group, Test, every
from praxis.records.models import Link
from praxis.records.priorities import Level
from praxis.records.read import briefs, links_of, visible

from . import drawing, read, rules
from .kind import PROBLEM
from .models import Cause, Problem

SHOWN = 3
WAY = ("new", "assess", "analysis", "fix", "resolved")
OPEN = Test("state", "is_not", ("resolved", "closed", "cancelled"))
METHODS = (("whys", _("5 whys")), ("fish", _("Cause and effect")), ("tree", _("Fault tree")), ("time", _("Timeline")), ("is", _("Is and is not")))
TONES = {"proved": "green", "likely": "amber", "refuted": "grey"}


def _choices(choices):
    return lambda kind, actor, record, typed: [Option(str(v), str(label)) for v, label in choices]


def _steps(record):
    here = WAY.index(record.held_from or record.state) if (record.held_from or record.state) in WAY else len(WAY)
    return [(PROBLEM.lifecycle.states[s].label, "done" if n < here else "now" if n == here else "") for n, s in enumerate(WAY)]


def _briefs(records, actor):
    known = dict(Problem.objects.filter(pk__in=[r.pk for r in records]).values_list("pk", "known_at"))
    return {r.pk: Brief(note=_t("Known error") if known.get(r.pk) else str(r.stage.label)) for r in records}


def causes_of(problem):
    return list(Cause.objects.filter(problem=problem.pk).select_related("shown").order_by("pk"))


def whys(causes):
    """The causes in the order of the whys, each below what it explains: [(depth, cause, open checks below it)]."""
    below, out = {}, []
    for cause in causes:
        below.setdefault(cause.parent_id, []).append(cause)

    def walk(pk, depth):
        for cause in below.get(pk, ()):
            waiting = sum(c.sure in ("open", "likely") for c in below.get(cause.pk, ()))
            out.append((depth, cause, waiting))
            walk(cause.pk, depth + 1)

    walk(None, 0)
    return out


def seen(causes, by):
    """Evidence names other records only to those who may see them."""
    for cause in causes:
        if cause.shown_id and not by.may(f"{cause.shown.kind}.see", cause.shown):
            cause.shown = None
    return causes


def _analysis(record, by):
    """The whys, with their evidence, and how to look at them otherwise."""
    causes = seen(causes_of(record), by)
    may = by.may("problem.change", record) and record.is_open
    if not causes and not may:
        return None
    return {"whys": whys(causes), "ways": METHODS, "method": "whys", "may": may, "tones": TONES, "page": f"/problems/{record.number}/analysis"}


def _fish(record, by):
    causes = causes_of(record)
    if not causes:
        return None
    sure = sum(c.sure == "proved" for c in causes)
    branches = len({c.branch for c in causes})
    return {"drawn": drawing.fishbone(record.title, causes), "note": _t("%(branches)s of 6 branches, %(proved)s proved") % {"branches": branches, "proved": sure}}


def _known(record, by):
    """What is published, how often it worked, and whom it reaches."""
    if not record.workaround:
        return None
    good, back = read.worked(record)
    waiting = sum(1 for i in read.incidents(record).open()[:200] if by.may("incident.reply", i))
    return {"good": good, "tried": good + back, "waiting": waiting, "may": by.may("problem.publish", record) and record.is_open}


def _incidents(record, by):
    """Incidents a week with the changes that came just before, the newest, and what they cost."""
    rows = visible(list(read.incidents(record)[: read.MOST]), by)
    may = by.may("problem.link", record)
    if not rows and not may:
        return None
    blamed = Link.objects.filter(source__in=[r.pk for r in rows], type="caused_by").select_related("target") if rows else ()
    marks = {(link.target.opened_at - timedelta(days=link.target.opened_at.weekday())).date(): link.target.number for link in visible_targets(blamed, by)}
    cost = read.cost(record, rows) if rows else None
    day = rules.pays_back(record.fix_cost, cost.monthly, now()) if cost else None
    return {"weeks": drawing.bars(read.per_week(rows), marks) if rows else "", "things": briefs(rows[:SHOWN], by), "all": f"/k/incident?all=1&problem.is={record.number}", "count": len(rows),
            "note": _t("%s linked") % len(rows), "cost": cost, "day": day, "add": f"/r/{record.number}/do/gather" if may else None}


def visible_targets(links, by):
    return [x for x in links if by.may(f"{x.target.kind}.see", x.target)]


def _actions(record, by):
    rows = visible(Task.objects.filter(parent=record.pk).select_related("owner").order_by("position", "pk")[:60], by)
    may = by.has("task.open") and record.phase != "final"
    return {"tasks": rows, "add": f"/r/{record.number}/do/add_task" if may else None, "work": by.has("task.work") and record.phase != "final"} if rows or may else None


def _facts(record, by):
    parts = [(label, getattr(record, name)) for name, label in (("root_cause", _("Root cause")), ("solution", _("Permanent solution")), ("accepted_why", _("Why the risk is accepted")),
                                                               ("effect", _("Effect")), ("review", _("Review"))) if getattr(record, name)]
    return {"parts": parts} if parts else None


def _on_incident(record, by):
    """On an incident: its problem, with the workaround that is known (PM3); an offer to raise one where a workaround alone solved it (INC-14)."""
    found = next((x.target for x in links_of(record) if x.source_id == record.pk and x.type == "problem" and by.may("problem.see", x.target)), None)
    if found is None:
        helped = record.close_code == "workaround" and record.phase in ("done", "final") and by.has("problem.open")
        return {"problem": None} if helped else None
    return {"problem": Problem.objects.get(pk=found.pk), "may": by.may("incident.work", record) and record.is_open}


def _fitting(record, by):
    """On an open incident without a problem: the known errors that fit its item or its words (INC-08)."""
    if not by.has("problem.see") or not record.is_open or any(x.type == "problem" and x.source_id == record.pk for x in links_of(record)):
        return None
    found = read.known_for(record, by)
    return {"fitting": found, "may": by.may("incident.work", record)} if found else None


show(
    PROBLEM,
    columns=(Column("priority", "p", quiet=True, draw="prio"), Column("number", "i"), Column("title", "m"), Column("state"), Column("incident_count"), Column("team"),
             Column("owner", "o", quiet=True, draw="face"), Column("updated")),
    sorts=("updated", "opened", "priority"),
    filters=("state", "priority", "known", "owner", "team", "service", "item", "category", "cause_code", "close_code", "how", "major", "opened", "resolved", "updated", "title"),
    views=(View("open", _("Open"), every(OPEN), "updated", count=True), View("assess", _("To be assessed"), every(Test("state", "is", ("new", "assess"))), "updated", count=True),
           View("mine", _("Mine"), every(OPEN, Test("owner", "me")), "updated"), View("known", _("Known errors"), every(Test("known", "not_empty")), "updated"),
           View("all", _("All"), Group("all"), "updated")),
    fields=(
        Field(key="impact", label=_("Impact"), path="impact", type="choice_number", icon="users", read=lambda r: r.get_impact_display(), options=_choices(Level.choices)),
        Field(key="urgency", label=_("Urgency"), path="urgency", type="choice_number", icon="flame", read=lambda r: r.get_urgency_display(), options=_choices(Level.choices)),
        Field(key="item", label=_("Item"), draw="service", path="item", type="record", join="item", icon="network", options=items, ops=("is", "is_not", "empty"), empty=_("Which item is at fault")),
        Field(key="category", label=_("Category"), path="category", type="record", join="category", icon="list-tree", options=categories, ops=("is", "is_not", "empty"), empty=_("Choose a category")),
        Field(key="known", label=_("Known error since"), path="known_at", type="time", draw="when", icon="book-marked", read=lambda r: r.known_at, edit=False, ops=("before", "after", "empty", "not_empty")),
        Field(key="cause_code", label=_("Cause code"), path="cause_code", type="choice", icon="wrench", read=lambda r: r.get_cause_code_display(), options=_choices(Problem.CAUSES), empty=_("Unknown")),
        Field(key="close_code", label=_("Closure code"), path="close_code", type="choice", icon="archive", read=lambda r: r.get_close_code_display(), options=_choices(Problem.CODES), edit=False,
              ops=("is", "is_not", "empty")),
        Field(key="how", label=_("How it was found"), path="how", type="choice", icon="search", read=lambda r: r.get_how_display(), options=_choices(Problem.HOWS)),
        Field(key="error_code", label=_("Error code"), path="error_code", icon="code", ops=("is", "contains"), empty=_("None")),
        Field(key="major", label=_("Major"), path="major", type="yes", icon="siren", read=lambda r: _("Yes") if r.major else _("No"), options=_choices([("True", _("Yes")), ("False", _("No"))]), ops=("is",)),
        Field(key="review_on", label=_("Review by"), path="review_on", type="date", icon="calendar-days", read=lambda r: r.review_on and str(r.review_on), ops=("before", "after", "empty"), empty=_("Set a day")),
        Field(key="fix_cost", label=_("What the fix costs"), path="fix_cost", type="number", icon="coins", ops=("gt", "lt", "empty"), empty=_("Unknown")),
        Field(key="symptoms", label=_("Symptoms"), path="symptoms", icon="eye", ops=("contains",), empty=_("Describe them")),
        Field(key="workaround", label=_("Workaround"), path="workaround", icon="wrench", edit=False, ops=("contains", "empty", "not_empty")),
        Field(key="root_cause", label=_("Root cause"), path="root_cause", icon="list-tree", edit=False, ops=("contains", "empty", "not_empty")),
        Field(key="solution", label=_("Permanent solution"), path="solution", icon="check", edit=False, ops=("contains",)),
        Field(key="incident_count", label=_("Incidents"), icon="t-incident", type="number", edit=False,
              load=lambda records, actor: _counts(records)),
    ),
    properties=("owner", "team", "impact", "urgency", "service", "item", "category", "cause_code", "error_code", "how", "review_on", "fix_cost", "major"),
    short=("state", "owner", "priority", "service", "item", "known"),
    exported=("known", "workaround", "root_cause", "solution", "cause_code", "close_code", "error_code", "resolved"),
    form=(Section(_("What happens, and what it does"), "title", "description", "symptoms"), Section(_("Where"), "service", "item", "category"),
          Section(_("How bad, and who looks at it"), "impact", "urgency", "how", "team", "owner")),
    buttons=("raise_change", "assess", "analyse", "resolve", "confirm"), signs=("known",), head=("prio_words", "age", "known", "steps"),
    panels=("problem.analysis", "problem.fish", "problem.facts", "links.follows", "problem.known", "problem.incidents", "problem.actions", "cmdb.recent", "screens.properties"),
    places=(("conversation.thread", "main"), ("conversation.composer", "dock"), ("tasks.tasks", "")),
    brief=_briefs, layout="sheet",
)


def _counts(records):
    found = {}
    for (pk,) in Link.objects.filter(target__in=[r.pk for r in records], type="problem", source__kind="incident").values_list("target"):
        found[pk] = found.get(pk, 0) + 1
    return {r.pk: found.get(r.pk, 0) for r in records}


contribute(
    "problem",
    Mark("known", "problem/marks.j2:known", read=lambda r: r.is_known),
    Mark("prio_words", "problem/marks.j2:who", read=lambda r: r),
    Mark("age", "problem/marks.j2:age", read=lambda r: ((now() if r.is_open else r.resolved_at or r.closed_at or now()) - r.opened_at).days or None),
    Mark("steps", "problem/marks.j2:steps", read=lambda r: _steps(r)),
    Panel(key="problem.analysis", title="", slot="main", template="problem/whys.j2", load=_analysis, on=("problem.*",), order=5),
    Panel(key="problem.fish", title=_("Cause and effect"), slot="main", template="problem/fish.j2", load=_fish, on=("problem.*",), order=10),
    Panel(key="problem.facts", title=_("What is known"), slot="main", template="problem/facts.j2", load=_facts, on=("problem.*",), order=15),
    Panel(key="problem.known", title="", slot="rail", template="problem/known.j2", load=_known, on=("problem.*",), order=4),
    Panel(key="problem.incidents", title=_("Incidents per week"), slot="rail", template="problem/incidents.j2", load=_incidents, on=("record.*", "problem.*"), order=10),
    Panel(key="problem.actions", title=_("Actions"), slot="rail", template="problem/actions.j2", load=_actions, on=("tasks.*",), order=15),
)
contribute("incident", Panel(key="problem.behind", title=_("Problem"), slot="rail", template="problem/behind.j2", load=_on_incident, on=("record.linked", "incident.explained"), order=34),
           Panel(key="problem.fitting", title=_("Known errors"), slot="rail", template="problem/fitting.j2", load=_fitting, on=("record.linked", "incident.field.item"), order=33, lazy=True))


def _problems(records, actor):
    """{incident id: numbers of its problems} that the reader may see."""
    found = {}
    for link in Link.objects.filter(source__in=[r.pk for r in records], type="problem").select_related("target").order_by("id"):
        if actor.may("problem.see", link.target):
            found.setdefault(link.source_id, []).append(link.target.number)
    return {pk: ", ".join(numbers) for pk, numbers in found.items()}


def _of_problem(fact, test, actor, kind):
    """Incidents by the problem behind them, named by its number; problems that the reader may not see have none."""
    rows = Link.objects.filter(type="problem", source__kind="incident", target__in=Problem.objects.visible_to(actor, "problem.see"))
    if test.op in ("empty", "not_empty"):
        return Q(pk__in=rows.values("source")) if test.op == "not_empty" else ~Q(pk__in=rows.values("source"))
    mine = Q(pk__in=rows.filter(target__number__in=[v.upper() for v in test.values]).values("source"))
    return ~mine if test.op == "is_not" else mine


contribute("incident", Field(key="problem", label=_("Problem"), icon="t-problem", load=_problems, where=_of_problem, edit=False, ops=("is", "is_not", "empty", "not_empty")))
