"""Loads sources from packs: `{kind: source, key: agent, set: {label, rank, stale_days, creates}}`."""

from praxis.kernel import content
from praxis.records import write

from .models import Source


@content.loader("source")
def source(entry, by):
    if Source.objects.filter(organisation=None, key=entry.key).exists():
        return "same"
    write.save(Source(), by, key=entry.key, **(entry.set | {"label": content.words(entry.set["label"])}))
    return "made"
