"""Loads sequences of asset tags from packs: `{kind: tag-sequence, key: all, set: {prefix, digits}}`."""

from praxis.kernel import content
from praxis.records import write

from .models import TagSequence


@content.loader("tag-sequence")
def tag_sequence(entry, by):
    if TagSequence.objects.filter(organisation=None, item_class=None).exists():
        return "same"
    write.save(TagSequence(), by, prefix=entry.set["prefix"], digits=entry.set["digits"])
    return "made"
