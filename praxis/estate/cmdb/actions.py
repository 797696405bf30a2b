"""What is done with an item beyond its moves."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.sources import store
from praxis.abilities.sources.models import Merge
from praxis.kernel.actors import Actor
from praxis.kernel.errors import Forbidden
from praxis.kernel.kinds import Ask
from praxis.records import write
from praxis.records.read import by_number

from . import merging
from .kind import ITEM
from .models import Item


@ITEM.action(label=_("Merge a duplicate into it"), needs="item.delete", icon="git-merge")
def merge(record: Item, by: Actor, other: Annotated[str, Ask(_("The duplicate"), hint=_("Its number, such as ITM-1042; it goes, this one stays. It can be undone."))]):
    """Everything that points at the duplicate points here afterwards."""
    found = by_number(other.strip().upper(), by)
    if found is None or found.kind != "item":
        raise ValidationError({"other": _t("There is no item of this number that you can see.")})
    if not by.may("item.delete", found):
        raise Forbidden("item.delete")
    merging.merge(record, found, by)
    return record


def _merges(record, actor):
    return [(str(m.pk), f"{m.gone.number} {m.gone.title}") for m in Merge.objects.filter(kept=record.pk, undone_at=None).select_related("gone").order_by("-pk")]


@ITEM.action(label=_("Undo a merge"), needs="item.delete", icon="undo-2", when=lambda record: Merge.objects.filter(kept=record.pk, undone_at=None).exists())
def unmerge(record: Item, by: Actor, which: Annotated[str, Ask(_("Which"), options=_merges)]):
    """The duplicate is an item of its own again, with everything that came from it."""
    found = Merge.objects.filter(kept=record.pk, pk=int(which) if which.isdecimal() else 0, undone_at=None).first()
    if found is None:
        raise ValidationError({"which": _t("Choose one of the list.")})
    merging.undo(found, by)
    return Item.objects.get(pk=record.pk)


def _locked(record, actor):
    return [(name, f"{Item._meta.get_field(name).verbose_name}: {value}") for name, value in store.locked(record)]


@ITEM.action(label=_("Let sources decide"), needs="item.change", icon="lock", when=lambda record: bool(store.locked(record)))
def release(record: Item, by: Actor, attribute: Annotated[str, Ask(_("Of what"), options=_locked)]):
    """What a person entered no longer holds against what the sources report."""
    if not store.release(record, attribute):
        raise ValidationError({"attribute": _t("Choose one of the list.")})
    wanted = {n: v for n, v in store.best(record).items() if n == attribute and getattr(record, n) != v}
    write.change(record, by, needs="item.change", event="item.discovered", data={"words": attribute}, **wanted)
    write.note(record, by, needs="item.change", event="item.released", data={"words": str(Item._meta.get_field(attribute).verbose_name)})
    return record


@ITEM.action(label=_("Restore"), needs="item.delete", icon="undo-2", after_close=True, when=lambda record: record.state == "deleted" and not Merge.objects.filter(gone=record.pk, undone_at=None).exists())
def restore(record: Item, by: Actor):
    """Back to what it was, with its relations."""
    return write.change(record, by, needs="item.delete", event="item.moved", data={"move": "restore"}, state=record.before or "live", before="", closed_at=None, removed_because="")
