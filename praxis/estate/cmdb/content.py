"""Loads classes and types of relations from packs: `{kind: item-class, key: switch, set: {label, layer, icon, parent}}`."""

from praxis.kernel import content
from praxis.records import write

from .models import ItemClass, RelationType


@content.loader("item-class")
def item_class(entry, by):
    if ItemClass.objects.filter(organisation=None, key=entry.key).exists():
        return "same"
    parent = entry.set.get("parent")
    if parent is not None:
        parent = ItemClass.objects.get(organisation=None, key=parent)
    write.save(ItemClass(), by, key=entry.key, label=content.words(entry.set["label"]), layer=entry.set["layer"], icon=entry.set["icon"], parent=parent)
    return "made"


@content.loader("relation-type")
def relation_type(entry, by):
    if RelationType.objects.filter(key=entry.key).exists():
        return "same"
    write.save(RelationType(), by, key=entry.key, forward=content.words(entry.set["forward"]), reverse=content.words(entry.set["reverse"]),
               impact=entry.set["impact"])
    return "made"
