"""Loads templates of tasks from packs: `set: {label, kind, steps}`."""

from praxis.kernel import content
from praxis.records import write

from .models import TaskTemplate


@content.loader("tasks")
def template(entry, by):
    if TaskTemplate.objects.filter(organisation=None, key=entry.key).exists():
        return "same"
    write.save(TaskTemplate(), by, key=entry.key, label=content.words(entry.set["label"]), kind=entry.set.get("kind", ""), steps=entry.set["steps"])
    return "made"
