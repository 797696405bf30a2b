from praxis.kernel import content
from praxis.records import write

from .models import CustomField


@content.loader("field")
def load(entry, by):
    """`{kind: field, key: incident.asset_tag, set: {label: Asset tag, type: text}}`"""
    kind, _, key = entry.key.partition(".")
    if CustomField.objects.filter(kind=kind, key=key, organisation=None).exists():
        return "same"
    write.save(CustomField(), by, kind=kind, key=key, label=content.words(entry.set["label"]), type=entry.set.get("type", "text"))
    return "made"
