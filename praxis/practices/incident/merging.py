"""Two incidents that are one: the merged one closes and its story shows in the other; taken apart again within thirty days when it was a mistake (INC-09, L1-6).

Nothing that was said is moved: an entry stays where it was written, and the kept incident's timeline tells both. So nothing can be lost or doubled.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _t

from praxis.abilities.conversation.actions import hand_on
from praxis.abilities.conversation.models import Entry, File
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.now import now
from praxis.records import joined, write
from praxis.records.models import Link, Record
from praxis.records.write.values import plain

from .models import Affected, Incident, Merge

UNDO = timedelta(days=30)
KEPT = ("state", "close_code", "solution", "resolved_at", "closed_at", "closed_how", "hold_reason", "hold_until", "held_at", "nudges")
MERGED = "duplicate"


@joined.joins
def parts(record):
    """The incidents that were merged into this one, and those that had been merged into them."""
    found, front = set(), [record.pk] if getattr(record, "absorbed", 0) else []
    while front:
        front = [pk for pk in Incident.objects.filter(merged_to__in=front).values_list("pk", flat=True) if pk not in found]
        found |= set(front)
    return found


@joined.heirs
def goes_on(record):
    """The incident that goes on in place of a merged one: the last of a chain."""
    pk, seen = getattr(record, "merged_to_id", None), set()
    while pk and pk not in seen:
        seen.add(pk)
        further = Incident.objects.filter(pk=pk).values_list("merged_to", flat=True).first()
        if not further:
            return pk
        pk = further
    return pk


@write.writing()
def merge(gone, kept, by):
    """Make `gone` part of `kept`; returns the Merge. Both ends are checked (T-B5), and held, so that two merges at once know of each other."""
    for one in sorted((gone, kept), key=lambda r: r.pk):
        write.hold(one)
        if not by.may("incident.link", one):
            raise Forbidden("incident.link")
    if gone.pk == kept.pk or gone.organisation_id != kept.organisation_id:
        raise ValidationError({"into": _t("Choose another incident of the same organisation.")})
    if gone.merged_to_id or kept.merged_to_id or kept.phase == "final":
        raise NotPossible(_t("Only incidents that go on are merged, into one that is not closed."))
    if why := write.why_not_closed(gone):
        raise NotPossible(why)
    if gone.restricted and not kept.restricted:
        raise NotPossible(_t("A restricted incident is not merged into one that everybody sees."))
    me = system(by.name, kept.organisation_id)
    before = {n: plain(getattr(gone, n)) for n in KEPT}
    links = _links(gone, kept, me)
    people = _people(gone, kept, me)
    at = now()
    write.change(gone, by, needs="incident.link", event="incident.merged", data={"words": kept.number}, state="closed", close_code=MERGED, solution=f"{kept.number} {kept.title}"[:2000],
                 resolved_at=gone.resolved_at or at, closed_at=at, closed_how="agent", hold_reason="", hold_until=None, held_at=None, nudges=0, merged_to=kept)
    write.change(kept, by, needs="incident.link", event="incident.merged", data={"words": gone.number}, absorbed=kept.absorbed + 1)
    write.link(gone, kept, "duplicate", me, needs="see")
    return write.save(Merge(gone=gone, kept=kept), by, before=before, links=links, people=people, at=at)


def _links(gone, kept, me):
    """What the merged one was related to, the kept one is related to as well; what it got by that is remembered."""
    made = []
    for link in Link.objects.filter(Q(source=gone.pk) | Q(target=gone.pk)).exclude(type="duplicate").select_related("source", "target"):
        other, out = (link.target, True) if link.source_id == gone.pk else (link.source, False)
        ends = (kept, other) if out else (other, kept)
        if other.pk == kept.pk or link.type == "child_of" and _tangled(*ends, gone) or Link.objects.filter(source=ends[0].pk, target=ends[1].pk, type=link.type).exists():
            continue
        write.link(*ends, link.type, me, needs="see")
        made.append([other.pk, "out" if out else "in", link.type])
    return made


def _tangled(child, parent, gone):
    """Whether this relation would give an incident a second parent beside the merged one, or make it stand above itself."""
    if Link.objects.filter(source=child.pk, type="child_of").exclude(target=gone.pk).exists():
        return True
    up, seen = parent.pk, set()
    while up and up not in seen:
        if up == child.pk:
            return True
        seen.add(up)
        up = Link.objects.filter(source=up, type="child_of").values_list("target", flat=True).first()
    return False


def _people(gone, kept, me):
    """Requester and people affected of the merged one are affected by the kept one."""
    wanted = {gone.requester_id, gone.opened_for_id, *Affected.objects.filter(incident=gone.pk).values_list("person", flat=True)} - {None, kept.requester_id, kept.opened_for_id}
    there = set(Affected.objects.filter(incident=kept.pk, person__in=wanted).values_list("person", flat=True))
    new = sorted(wanted - there)
    for pk in new:
        write.save(Affected(incident=kept, person_id=pk), me)
    if new:
        count(kept, me, _t("%s from a merged incident") % len(new))
    return new


def count(incident, by, words):
    """Bring the number of people affected in line with who they are; it lifts the impact."""
    n = Affected.objects.filter(incident=incident.pk).count()
    if n != incident.affected_count:
        write.change(incident, by, event="incident.joined", needs="incident.see", affected_count=n, data={"words": words})


@write.writing()
def undo(made, by):
    """Take a merge back: state, links and people are as before it; what was said since stays where it was written, on the number that it was said to."""
    gone, kept = Incident.objects.get(pk=made.gone_id), Incident.objects.get(pk=made.kept_id)
    for one in sorted((gone, kept), key=lambda r: r.pk):
        write.hold(one)
        if not by.may("incident.link", one):
            raise Forbidden("incident.link")
    if made.undone_at or gone.merged_to_id != kept.pk:
        raise NotPossible(_t("This was taken apart already."))
    if now() - made.at > UNDO:
        raise NotPossible(_t("A merge can be undone for %s days.") % UNDO.days)
    me = system(by.name, kept.organisation_id)
    columns = {f.name: f for f in Incident._meta.concrete_fields}
    before = {n: columns[n].to_python(v) if v is not None else None for n, v in made.before.items()}
    write.change(gone, by, needs="incident.link", event="incident.unmerged", data={"words": kept.number}, merged_to=None, **before)
    write.change(kept, by, needs="incident.link", event="incident.unmerged", data={"words": gone.number}, absorbed=max(0, kept.absorbed - 1))
    write.unlink(gone, kept, "duplicate", me, needs="see")
    others = {r.pk: r for r in Record.objects.filter(pk__in={pk for pk, _way, _type in made.links})}
    for pk, way, type in made.links:
        if pk in others:
            write.unlink(*((kept, others[pk]) if way == "out" else (others[pk], kept)), type, me, needs="see")
    for row in Affected.objects.filter(incident=kept.pk, person__in=made.people):
        write.remove(row, me)
    count(kept, me, _t("taken apart again"))
    write.save(made, by, undone_at=now())
    return gone


def undoable(incident):
    """The merges of an incident, into it or of it, that can still be undone."""
    rows = Merge.objects.filter(Q(gone=incident.pk) | Q(kept=incident.pk), undone_at=None, at__gte=now() - UNDO).select_related("gone", "kept")
    return list(rows.order_by("-at")[:20])


def split(incident, entry, title, by, kind):
    """A new incident made of one thing that was said, linked to where it came from, with its files; the entry stays where it was said."""
    said = Entry.objects.select_related("author", "record").filter(record__in=[incident.pk, *parts(incident)], pk=entry).first()
    if said is None or said.internal and not by.may("incident.notes", incident):
        raise ValidationError({"entry": _t("There is no such entry.")})
    who = said.author if said.author and said.author.organisation_id == incident.organisation_id and not said.internal else incident.requester
    copied = {n: getattr(incident, n) for n in ("service", "site", "category", "item", "impact", "urgency", "team") if getattr(incident, n)}
    if incident.service_id and not by.may("service.see", incident.service):
        copied.pop("service", None)
    made = write.open_record(kind, by, title=title.strip()[:200] or (said.text.strip().splitlines() or [incident.title])[0][:120], description="" if said.internal else said.text, requester=who,
                             restricted=incident.restricted, channel=incident.channel, **({} if who else {"organisation": incident.organisation_id}), **copied)
    if said.internal or File.objects.filter(entry=said.pk).exists():
        hand_on(said, made, by)
    write.note(incident, by, needs="incident.see", event="incident.split", data={"words": made.number})
    write.link(made, incident, "follow_up", by, needs="see")
    return made
