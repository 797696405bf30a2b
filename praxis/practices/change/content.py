"""Loads models of changes and freezes from packs: `{kind: change-model, key: normal, set: {label, type, …}}`, `{kind: change-window, key: …}`."""

from praxis.abilities.tasks.models import TaskTemplate
from praxis.kernel import content
from praxis.records import write

from .models import ChangeModel, Window

WORDS = ("label", "about", "title", "plan", "test_plan", "backout")


@content.loader("change-model")
def change_model(entry, by):
    if ChangeModel.objects.filter(organisation=None, key=entry.key).exists():
        return "same"
    values = {k: content.words(v) if k in WORDS else v for k, v in entry.set.items() if k != "tasks"}
    write.save(ChangeModel(), by, key=entry.key, tasks=TaskTemplate.objects.filter(organisation=None, key=entry.set.get("tasks")).first(), **values)
    return "made"


@content.loader("change-window")
def change_window(entry, by):
    label = content.words(entry.set["label"])
    if Window.objects.filter(organisation=None, label=label).exists():
        return "same"
    write.save(Window(), by, **(entry.set | {"label": label}))
    return "made"
