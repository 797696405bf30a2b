"""Loads environments from packs: `{kind: environment, key: production, set: {label, production}}`."""

from praxis.kernel import content
from praxis.records import write

from .models import Environment


@content.loader("environment")
def environment(entry, by):
    if Environment.objects.filter(organisation=None, key=entry.key).exists():
        return "same"
    write.save(Environment(), by, key=entry.key, label=content.words(entry.set["label"]), production=bool(entry.set.get("production")))
    return "made"
