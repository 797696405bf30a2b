"""Loads categories from packs: `{kind: category, key: Network, set: {children: [LAN, Wi-Fi]}}`."""

from praxis.kernel import content
from praxis.records import write

from .models import Category


@content.loader("category")
def load(entry, by):
    if entry.state == "absent":
        return "removed" if Category.objects.filter(organisation=None, path=entry.key).delete()[0] else "same"
    made = _node(None, entry.key, by)
    parent = Category.objects.get(organisation=None, path=entry.key)
    for child in entry.set.get("children", []):
        made = _node(parent, content.words(child), by) or made
    return "made" if made else "same"


def _node(parent, name, by):
    if Category.objects.filter(organisation=None, parent=parent, name=name).exists():
        return False
    write.save(Category(), by, parent=parent, name=name)
    return True
