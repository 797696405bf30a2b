"""Two items that are one: everything that points at one points at the other, and back again when it was a mistake (CMD-04)."""

from django.db.models import ForeignKey, Q
from django.utils.translation import gettext as _t

from praxis.abilities.sources import store
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.records import write
from praxis.records.models import Link, Record
from praxis.records.read import columns

from .models import ATTRIBUTES, Item

FILLED = (*ATTRIBUTES[1:], "site", "place", "people", "owner", "team")  # empty ones of the kept item are taken from the other


def _refs(item):
    """[(kind, row, column)] of every record that names the item in a column."""
    for kind in registry.values():
        for name, column in columns(kind.model).items():
            if isinstance(column, ForeignKey) and column.remote_field.model is Item:
                yield from ((kind, row, name) for row in kind.model.objects.filter(**{name: item.pk}))


@write.writing()
def merge(kept, gone, by):
    """Make `gone` part of `kept`; returns the Merge. Relations, records, marks and what `kept` does not know move over."""
    if kept.pk == gone.pk or kept.organisation_id != gone.organisation_id:
        raise NotPossible(_t("Choose another item of the same organisation."))
    if "final" in (kept.phase, gone.phase):
        raise NotPossible(_t("Only items in use are merged."))
    me = system(by.name, kept.organisation_id)
    moved = {"links": [], "refs": [], "marks": [], "values": {}}
    for link in list(Link.objects.filter(Q(source=gone.pk) | Q(target=gone.pk)).select_related("source", "target")):
        write.unlink(link.source, link.target, link.type, me)
        ends = [kept if end.pk == gone.pk else end for end in (link.source, link.target)]
        new = ends[0].pk != ends[1].pk and not Link.objects.filter(source=ends[0].pk, target=ends[1].pk, type=link.type).exists()
        if new:
            write.link(*ends, link.type, me)
        moved["links"].append([link.source_id, link.target_id, link.type, new])
    for kind, row, name in list(_refs(gone)):
        write.change(row, me, needs=kind.permission("change"), event=f"{kind.key}.changed", **{name: kept})
        moved["refs"].append([kind.key, row.pk, name])
    moved["marks"] = store.move_marks(gone, kept, ("mac",))
    kept.refresh_from_db()
    moved["values"] = {n: getattr(gone, columns(Item)[n].attname) for n in FILLED if getattr(kept, n) in (None, "") and getattr(gone, n) not in (None, "")}
    if moved["values"]:
        write.change(kept, me, needs="item.change", event="item.changed", **moved["values"])
    gone.refresh_from_db()
    write.change(gone, by, needs="item.change", event="item.moved", data={"move": "merge", "words": kept.number}, state="deleted", before=gone.state)
    write.link(gone, kept, "duplicate", me, needs="see")
    made = store.merged(kept, gone, moved, by)
    write.note(kept, by, needs="item.change", event="item.merged", data={"words": f"{gone.number} {gone.title}", "merge": made.pk})
    return made


@write.writing()
def undo(made, by):
    """Take a merge back: what moved moves back, as far as nobody moved it on since."""
    if made.undone_at:
        raise NotPossible(_t("This was undone already."))
    kept, gone = (Item.objects.get(pk=pk) for pk in (made.kept_id, made.gone_id))
    if gone.state != "deleted":
        raise NotPossible(_t("%s is no longer merged.") % gone.number)
    me = system(by.name, kept.organisation_id)
    write.change(gone, by, needs="item.change", event="item.moved", data={"move": "restore", "words": kept.number}, state=gone.before or "live", before="")
    write.unlink(gone, kept, "duplicate", me, needs="see")
    ends = {pk: r for r in _records(made.moved["links"]) for pk in (r.pk,)} | {gone.pk: gone, kept.pk: kept}
    for source, target, type, new in made.moved["links"]:
        if source not in ends or target not in ends:
            continue
        if new:
            write.unlink(*(kept if pk == gone.pk else ends[pk] for pk in (source, target)), type, me)
        write.link(ends[source], ends[target], type, me)
    for key, pk, name in made.moved["refs"]:
        row = registry[key].model.objects.filter(pk=pk, **{name: kept.pk}).first() if key in registry else None
        if row:
            write.change(row, me, needs=f"{key}.change", event=f"{key}.changed", **{name: gone})
    store.marks_back(kept, gone, made.moved["marks"])
    kept.refresh_from_db()
    back = {n: (None if columns(Item)[n].null else "") for n, v in made.moved["values"].items() if getattr(kept, columns(Item)[n].attname) == v}
    if back:
        write.change(kept, me, needs="item.change", event="item.changed", **back)
    store.parted(made)
    write.note(kept, by, needs="item.change", event="item.unmerged", data={"words": f"{gone.number} {gone.title}"})
    gone.refresh_from_db()
    return gone


def _records(links):
    return Record.objects.filter(pk__in={pk for source, target, *_more in links for pk in (source, target)})
