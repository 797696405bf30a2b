"""Several incidents that belong together, and several people in one: merge, split, copy, parent and children, who else is affected, what everybody may read."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.conversation.models import Entry
from praxis.abilities.links.cascades import Cascade, cascade
from praxis.kernel.actors import Actor, system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import Ask
from praxis.lib.text import whole
from praxis.people.models import Person
from praxis.records import write
from praxis.records.models import Link
from praxis.records.read import by_number

from . import merging
from .kind import INCIDENT
from .models import Affected, Incident

MOST, DEEP = 500, 5


def incident_of(number, by, name):
    """The incident of a number that the actor may see; ValidationError beside `name` for anything else."""
    found = by_number(str(number).strip().upper(), by)
    if found is None or found.kind != "incident":
        raise ValidationError({name: _t("There is no incident of this number that you can see.")})
    return found


# -- one of two


@INCIDENT.action(label=_("Merge into another"), needs="incident.link", icon="git-merge", hotkey="M", many=True, when=lambda record: record.merged_to_id is None and record.phase != "final")
def merge(record: Incident, by: Actor, into: Annotated[str, Ask(_("Into"), hint=_("The number of the incident that goes on; this one closes as its duplicate, and its story shows there"))]):
    """Make this incident part of another one. It can be undone for thirty days."""
    kept = incident_of(into, by, "into")
    merging.merge(record, kept, by)
    return kept


@INCIDENT.action(label=_("Take apart again"), needs="incident.link", icon="undo-2", after_close=True, when=lambda record: bool(record.merged_to_id or record.absorbed))
def unmerge(record: Incident, by: Actor, merge: Annotated[str, Ask(_("Which merge"), options=lambda record, actor: [(str(m.pk), str(m)) for m in merging.undoable(record)])]):
    """Undo a merge: state, links and people are as before; what was said since stays on the number that it was said to."""
    made = next((m for m in merging.undoable(record) if m.pk == whole(str(merge))), None)
    if made is None:
        raise ValidationError({"merge": _t("Choose a merge of the last thirty days.")})
    merging.undo(made, by)
    record.refresh_from_db()
    return record


def _entries(record, actor):
    rows = Entry.objects.filter(record=record.pk).select_related("author").order_by("-pk")[:50]
    return [(str(e.pk), f"{e.author or ''}: {e.text[:80]}") for e in rows if not e.internal or actor.may("incident.notes", record)]


@INCIDENT.action(label=_("Make an incident of a message"), needs="incident.link", icon="split", after_close=True)
def split(record: Incident, by: Actor, entry: Annotated[int, Ask(_("Message"), options=_entries)], title: Annotated[str, Ask(_("What it is about"))] = ""):
    """One message becomes a new, linked incident; it stays here as well, since it was said here."""
    return merging.split(record, whole(str(entry)), title, by, INCIDENT)


@INCIDENT.action(label=_("Copy"), needs="incident.link", icon="copy", after_close=True, side=True, first=lambda record, actor: {"title": record.title, "talk": True})
def copy(record: Incident, by: Actor, title: Annotated[str, Ask(_("Subject"))] = "", child: Annotated[bool, Ask(_("As a child: it follows this one"))] = False,
         talk: Annotated[bool, Ask(_("With the description"))] = True):
    """A new incident with the facts of this one (INC-10)."""
    copied = {n: getattr(record, n) for n in ("requester", "opened_for", "service", "site", "category", "item", "impact", "urgency", "team", "channel") if getattr(record, n)}
    if record.service_id and not by.may("service.see", record.service):
        copied.pop("service", None)
    made = write.open_record(INCIDENT, by, title=title.strip()[:200] or record.title, description=record.description if talk else "", restricted=record.restricted,
                             **({} if record.requester_id else {"organisation": record.organisation_id}), **copied)
    write.link(made, record, "child_of" if child else "related", by, needs="see")
    return made


# -- parent and children (INC-06)


@INCIDENT.action(label=_("Make it a child"), needs="incident.link", icon="list-tree", many=True, when=lambda record: record.is_open)
def make_child(record: Incident, by: Actor, parent: Annotated[str, Ask(_("Of"), hint=_("The number of the incident that it follows"))]):
    """It follows its parent: on hold, back to work, resolved, each after a look at who follows."""
    above = incident_of(parent, by, "parent")
    up, seen = above.pk, {record.pk}
    while up:
        if up in seen or len(seen) > DEEP:
            raise ValidationError({"parent": _t("An incident does not stand above itself, and there are at most %s levels.") % DEEP})
        seen.add(up)
        up = Link.objects.filter(source=up, type="child_of").values_list("target", flat=True).first()
    if Link.objects.filter(source=record.pk, type="child_of").exists():
        raise NotPossible(_t("It has a parent already. Take that link away first."))
    write.link(record, above, "child_of", by, needs="see")
    return record


def _resolved(parent, child):
    return "resolve", {"close_code": parent.close_code or "solved", "solution": parent.solution or _t("As %s.") % parent.number}


def _held(parent, child):
    return "hold", {"hold_reason": parent.hold_reason, "hold_until": parent.hold_until}


def _done(record):
    return record.state in ("resolved", "closed")


def _going_on(parent, child):
    return ("resume", {}) if child.hold_reason != "caller" else None


cascade(
    Cascade(kind="incident", type="child_of", label=_("Resolve its children"), when=_done, step=_resolved),
    Cascade(kind="incident", type="duplicate", label=_("Resolve its duplicates"), when=_done,
            step=lambda record, other: ("resolve", {"close_code": "duplicate", "solution": record.solution or _t("As %s.") % record.number})),
    Cascade(kind="incident", type="child_of", label=_("Put its children on hold"), when=lambda r: r.state == "on_hold" and r.hold_reason != "caller", step=_held),
    Cascade(kind="incident", type="child_of", label=_("Resume its children"), when=lambda r: r.state == "in_progress", step=_going_on),
)


# -- who else is affected (INC-17)


@INCIDENT.action(label=_("Add people who are affected"), needs="incident.work", icon="user-plus", when=lambda record: record.is_open)
def add_affected(record: Incident, by: Actor, people: Annotated[str, Ask(_("Who"), lines=3, hint=_("Names or e-mail addresses, one a line or with commas; more than ten lift the impact, more than a hundred once more"))]):
    """Others whom it hits: they are told what everybody is told, and their number drives the impact."""
    wanted = list(dict.fromkeys(w.strip() for w in people.replace("\n", ",").split(",") if w.strip()))
    if len(wanted) > MOST:
        raise ValidationError({"people": _t("At most %s at a time.") % MOST})
    rows, unknown = [], []
    for word in wanted:
        found = Person.objects.filter(organisation=record.organisation_id, is_active=True, **({"email__iexact": word} if "@" in word else {"name__iexact": word}))[:2]
        rows, unknown = (rows + [found[0]], unknown) if len(found) == 1 else (rows, [*unknown, word])
    if unknown:
        raise ValidationError({"people": _t("Nobody, or more than one, is called %s. Write the e-mail address.") % ", ".join(unknown[:10])})
    join(record, rows, by)
    return record


def join(incident, people, by):
    """Note these people as affected, each once; returns how many are new. The impact follows their number."""
    there = set(Affected.objects.filter(incident=incident.pk, person__in=[p.pk for p in people]).values_list("person", flat=True)) | {incident.requester_id}
    new = [p for p in people if p.pk not in there]
    me = system(by.name, incident.organisation_id)
    for person in new:
        write.save(Affected(incident=incident, person=person), me)
    if new:
        merging.count(incident, by if by.has("incident.work") else me, ", ".join(p.name for p in new[:5]) + (f" + {len(new) - 5}" if len(new) > 5 else ""))
    return len(new)


@INCIDENT.action(label=_("Tell everybody"), needs="incident.assign", icon="megaphone", when=lambda record: record.is_open and not record.restricted)
def share(record: Incident, by: Actor, public_words: Annotated[str, Ask(_("What everybody may read"), lines=2, hint=_("Plain words, no names. Shown in the portal: who has it too adds themselves with one click. Empty: to nobody any more"))] = ""):
    """Show it in the portal, so that others do not report it again but say that it affects them too (INC-07)."""
    return write.change(record, by, needs="incident.assign", event="incident.shared", public_words=public_words.strip()[:200], data={"words": public_words.strip()[:200]})
