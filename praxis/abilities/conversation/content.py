"""Loads saved answers from packs: `{kind: answer, key: its shortcut, set: {name, folder, text}}`."""

from praxis.kernel import content
from praxis.records import write

from .models import Answer


@content.loader("answer")
def answer(entry, by):
    if Answer.objects.filter(organisation=None, shortcut=entry.key).exists():
        return "same"
    values = {name: content.words(entry.set[name]) for name in ("name", "folder", "text")}
    write.save(Answer(), by, shortcut=entry.key, **values)
    return "made"
