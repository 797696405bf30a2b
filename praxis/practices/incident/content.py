"""Loads templates of incidents from packs: `{kind: incident-template, key: printer, set: {label, title, description, category, impact, urgency, tasks}}`."""

from praxis.abilities.categories.models import Category
from praxis.abilities.tasks.models import TaskTemplate
from praxis.kernel import content
from praxis.records import write

from .models import IncidentTemplate


@content.loader("incident-template")
def template(entry, by):
    if IncidentTemplate.objects.filter(organisation=None, key=entry.key).exists():
        return "same"
    values = {name: content.words(entry.set[name]) for name in ("label", "title", "description", "impact", "urgency") if name in entry.set}
    values["category"] = Category.objects.filter(organisation=None, path=entry.set.get("category")).first()
    values["tasks"] = TaskTemplate.objects.filter(organisation=None, key=entry.set.get("tasks")).first()
    write.save(IncidentTemplate(), by, key=entry.key, **values)
    return "made"
