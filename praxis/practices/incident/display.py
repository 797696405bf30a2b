from dataclasses import replace

from django.db.models import Count, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from praxis.abilities.categories.options import options as categories
from praxis.estate.cmdb import impact
from praxis.estate.cmdb.drawing import sentence
from praxis.estate.cmdb.options import items
from praxis.kernel.display import (
    Brief,
    Column,
    Field,
    Mark,
    Option,
    Panel,
    Rows,
    Section,
    View,
    administer,
    contribute,
    fields,
    show,
)
from praxis.kernel.lifecycle import Phase
from praxis.lib.conditions import Group, Test, every
from praxis.records.fields import people, sites
from praxis.records.models import Link
from praxis.records.priorities import Level
from praxis.records.read import briefs, links_of, visible

from . import alike, merging
from .kind import INCIDENT
from .models import CAUSES, CLOSE_CODES, Channel, HoldReason, Incident, IncidentTemplate

MOST = 8
OPEN = Test("state", "is_not", ("resolved", "closed", "cancelled"))


def _choices(choices):
    return lambda kind, actor, record, typed: [Option(str(v), str(label)) for v, label in choices]


def _codes(setting):
    def options(kind, actor, record, typed):
        return [Option(k, v) for k, v in setting(record and record.organisation_id).items()]

    return options


def _stage(incident):
    """The state, with on hold told by its reason, as a desk reads it."""
    stage = incident.stage
    if stage.phase == Phase.PAUSED and incident.hold_reason:
        return type(stage)(HoldReason(incident.hold_reason).label, stage.phase, stage.sign, stage.portal, stage.name)
    return stage


def _briefs(records, actor):
    return {r.pk: Brief(note=str(r.stage.label)) for r in records}


contribute("incident", Mark("vip", "incident/marks.j2:vip", read=lambda r: r.requester and r.requester.vip))
show(
    INCIDENT,
    columns=(Column("priority", "p", quiet=True, draw="prio"), Column("number", "i"), Column("title", "m"), Column("state"),
             Column("owner", "o", quiet=True, draw="face"), Column("due", "s")),
    sorts=("due", "updated", "opened"),
    filters=("state", "team", "owner", "priority", "service", "item", "requester", "category", "site", "impact", "channel", "updated",
             "opened", "due", "resolved", "resolution", "response", "close_code", "cause", "reopened", "major", "problem", "title"),
    views=(
        View("group", _("Open, my group"), every(OPEN, Test("team", "my_teams")), icon="radio-tower", count=True),
        View("unassigned", _("Unassigned"), every(OPEN, Test("owner", "empty")), count=True),
        View("today", _("Due within a day"), every(OPEN, Test("due", "before", ("24h",))), count=True),
        View("mine", _("Mine"), every(OPEN, Test("owner", "me"))),
        View("hold", _("On hold"), every(Test("state", "is", ("on_hold",))), "updated"),
        View("all", _("All"), Group("all"), "updated"),
    ),
    fields=(
        replace(fields("*")["state"], read=_stage),
        Field(key="impact", label=_("Impact"), path="impact", type="choice_number", icon="users", read=lambda r: r.get_impact_display(),
              options=_choices(Level.choices), ops=("is", "is_not")),
        Field(key="urgency", label=_("Urgency"), path="urgency", type="choice_number", icon="flame",
              read=lambda r: r.get_urgency_display(), options=_choices(Level.choices), ops=("is", "is_not")),
        Field(key="priority_words", label=_("Priority"), draw="incident/marks.j2:priority", dialog="override_priority",
              icon="flag", read=lambda r: r, edit=True, needs="*.override"),
        Field(key="group", label=_("Group"), icon="users", read=lambda r: r.team, join="team", dialog="reassign",
              needs="*.assign", empty=_("Choose a group")),
        Field(key="channel", label=_("Channel"), path="channel", type="choice", icon="phone", options=_choices(Channel.choices),
              read=lambda r: r.get_channel_display()),
        Field(key="opened_for", label=_("On behalf of"), draw="person", path="opened_for", type="person", join="opened_for",
              icon="user", options=people, empty=_("Nobody else")),
        Field(key="site", label=_("Site"), path="site", type="record", join="site", icon="map-pin", options=sites,
              ops=("is", "is_not", "empty"), empty=_("Choose a site")),
        Field(key="item", label=_("Item"), draw="service", path="item", type="record", join="item", icon="network", options=items,
              ops=("is", "is_not", "empty"), empty=_("Which item is affected")),
        Field(key="category", label=_("Category"), path="category", type="record", join="category", icon="list-tree",
              options=categories, ops=("is", "is_not", "empty"), empty=_("Choose a category")),
        Field(key="closing_category", label=_("Closing category"), path="closing_category", type="record", join="closing_category",
              icon="list-tree", options=categories, empty=_("Same as reported")),
        Field(key="cause", label=_("Cause"), path="cause", type="choice", icon="wrench", options=_codes(CAUSES),
              read=lambda r: r.cause_words() if r.cause else "", empty=_("Add a cause"), ops=("is", "is_not", "empty")),
        Field(key="close_code", label=_("Closure code"), path="close_code", type="choice", icon="archive",
              options=_codes(CLOSE_CODES), read=lambda r: r.close_code_words() if r.close_code else "", edit=False,
              ops=("is", "is_not", "empty")),
        Field(key="hold_reason", label=_("Waiting for"), path="hold_reason", type="choice", icon="pause", edit=False,
              options=_choices(HoldReason.choices), read=lambda r: r.get_hold_reason_display(), ops=("is", "is_not")),
        Field(key="hops", label=_("Re-assignments"), path="hops", type="number", icon="repeat", edit=False, ops=("gt", "lt")),
        Field(key="reopened", label=_("Reopened"), path="reopened", type="number", icon="undo-2", edit=False, ops=("gt", "lt")),
        Field(key="priority_reason", label=_("Reason of the priority"), path="priority_reason", icon="flag", edit=False, ops=("empty", "not_empty")),
        Field(key="affected_count", label=_("People affected"), path="affected_count", type="number", icon="users", edit=False, ops=("gt", "lt")),
        Field(key="public_words", label=_("What everybody may read"), path="public_words", icon="megaphone", edit=False, ops=("contains", "empty", "not_empty")),
        Field(key="solution", label=_("Solution"), path="solution", draw="text", icon="check", edit=False),
    ),
    properties=("state", "owner", "group", "priority_words", "impact", "urgency", "requester", "opened_for", "service", "item", "site", "category", "cause",
                "channel", "hops"),
    short=("state", "owner", "group", "priority_words", "service", "category"),
    exported=("resolved", "resolution", "response", "reopened", "close_code", "closing_category", "solution"),
    signs=("major", "vip", "blocked", "unplaced"), head=("major", "vip", "blocked_by", "unplaced"),
    form=(Section(_("What happened"), "title", "description"), Section(_("Who and where"), "requester", "service", "site", "channel"),
          Section(_("How bad"), "impact", "urgency", "category")),
    buttons=("take", "resume", "reopen", "resolve"),
    brief=_briefs,
    new="/incidents/new",
)


def _by_parent(fact, test, actor, kind):
    """Incidents by the incident that they are children of, named by its number; parents that the reader may not see have none."""
    rows = Link.objects.filter(type="child_of", source__kind="incident", target__in=Incident.objects.visible_to(actor, "incident.see"))
    if test.op not in ("empty", "not_empty"):
        rows = rows.filter(target__number__in=[v.upper() for v in test.values])
    found = Q(pk__in=rows.values("source"))
    return ~found if test.op in ("is_not", "empty") else found


def _parents(records, actor):
    rows = Link.objects.filter(source__in=[r.pk for r in records], type="child_of").select_related("target")
    return {x.source_id: x.target.number for x in rows if actor.may("incident.see", x.target)}


contribute("incident", Field(key="parent", label=_("Child of"), icon="list-tree", load=_parents, where=_by_parent, edit=False, ops=("is", "is_not", "empty", "not_empty")))


def _on_item(record, by):
    """The open incidents of an item, for its own page."""
    there = list(Incident._base_manager.filter(item=record.pk).order_by().values_list("pk", flat=True))
    rows = visible(Incident.objects.filter(pk__in=there).open().order_by("priority", "-updated_at")[:MOST], by) if there else ()
    return {"things": briefs(rows, by)} if rows else None


def _estate(record, by):
    """What the affected item's failure means, from the graph: services, people, what is at risk."""
    if not record.item_id or not by.may("item.see", record.item):
        return None
    graph = impact.walk(record.item, by)
    return {"said": sentence(graph), "services": [n for n in graph.hit() if n.record.kind == "service"], "page": f"/items/{record.item.number}/impact", "down": impact.DOWN}


@impact.overlay
def _open_on(items, actor):
    """How many incidents that the reader may see are open on each item."""
    there = list(Incident._base_manager.filter(item__in=items).order_by().values_list("pk", flat=True))  # first by the item: few, where those that are open are many
    rows = Incident.objects.visible_to(actor, "incident.see").open().filter(pk__in=there) if there else Incident.objects.none()
    counts = dict(rows.order_by().values_list("item").annotate(Count("pk")))
    return {pk: ngettext("%d open incident", "%d open incidents", n) % n for pk, n in counts.items()}


def _alike(record, by):
    """Open ones that may be the same, solved ones whose fix may fit."""
    if not by.may("incident.see", record) or not record.is_open:
        return None
    same, solved = alike.of(record, by)
    return {"same": same, "solved": solved, "may": by.may("incident.link", record), "work": by.may("incident.work", record)} if same or solved else None


def _family(record, by):
    """Parent, children, what was merged, and who else is affected."""
    links = [x for x in reversed(links_of(record)) if x.type == "child_of"]
    up = briefs([x.target for x in links if x.source_id == record.pk], by)
    down = briefs([x.source for x in links if x.target_id == record.pk], by)
    merged = [m for m in merging.undoable(record) if by.may("incident.see", m.gone) and by.may("incident.see", m.kept)] if record.absorbed or record.merged_to_id else []
    may = by.may("incident.link", record)
    if not (up or down or merged or record.affected_count or record.public_words):
        return None
    return {"up": up, "down": down, "merged": merged, "may": may, "note": _t("%s affected") % (record.affected_count + 1) if record.affected_count else ""}


contribute("incident", Panel(key="incident.alike", title=_("Similar"), slot="rail", template="incident/alike.j2", load=_alike, on=("incident.field.title", "incident.field.item"), order=45, lazy=True),
           Panel(key="incident.family", title=_("Belongs together"), slot="rail", template="incident/family.j2", load=_family, on=("incident.*", "record.*"), order=30))
contribute("item", Panel(key="incident.on_item", title=_("Open on it"), slot="rail", template="incident/on_item.j2", load=_on_item, on=("incident.*",), order=40))
contribute("incident", Panel(key="incident.estate", title=_("What depends on it"), slot="rail", template="incident/estate.j2", load=_estate,
                             on=("incident.field.item", "record.linked"), order=35, lazy=True))
administer(
    Rows(key="incident-templates", label=_("Templates of incidents"), one=_("Template of incidents"), place="practices", model=IncidentTemplate, needs="incident.templates",
         columns=("label", "title", "category", "team", "organisation", "is_active"),
         form=("label", "key", "title", "description", "category", "team", "impact", "urgency", "tasks", "organisation", "is_active"), natural=("organisation", "key"),
         find=("label", "title"), order=("label",), joins=("organisation", "category", "team"),
         about=_("What the desk opens again and again: offered above the form of a new incident, filled in as far as it is always the same."),
         hints={"tasks": _("Made together with the incident"), "key": _("One word, such as printer"), "organisation": _("Empty: for all")}),
)
