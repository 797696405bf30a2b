"""Loads tables of approvals from packs: `{kind: approval, key: change-high, set: {label, kind, purpose, position, when, steps}}`."""

from praxis.kernel import content
from praxis.records import write

from .models import Policy


@content.loader("approval")
def policy(entry, by):
    if Policy.objects.filter(organisation=None, key=entry.key).exists():
        return "same"
    steps = [s | {"label": content.words(s["label"])} for s in entry.set["steps"]]
    write.save(Policy(), by, key=entry.key, label=content.words(entry.set["label"]), kind=entry.set["kind"], purpose=entry.set["purpose"],
               position=entry.set.get("position", 10), when=entry.set.get("when", {}), steps=steps)
    return "made"
