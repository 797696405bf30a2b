"""The conversation on a page: the event log is the timeline, entries are the bodies of some of its lines."""

from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Panel, Rows, administer, contribute
from praxis.kernel.kinds import registry
from praxis.records.read import possible

from .models import GAPS, Answer, Entry
from .read import TALK, sees_notes, timeline

SILENT = {"resolved_at", "closed_at", "closed_how", "hops", "previous_team", "reopened", "last_reopened_by", "priority_reason",
          "organisation", "subtype", "opened_at", "held_at", "nudges", "merged_to", "absorbed", "affected_count"}
HISTORY = 200


@dataclass(frozen=True)
class Said:
    """A fact in words: who did it stands before, `changes` are (label, new value in words)."""

    icon: str
    text: str
    changes: tuple = ()
    object: str = ""
    plain: bool = False  # "set owner Mara" rather than "took it: owner Mara"


def words(event, facts):
    """The words of an event, from whoever declared its type; changed fields by their own labels."""
    known = registry.event_types.get(event.name)
    opened = event.name.endswith(".opened")
    changes = () if opened else tuple(
        (str(facts[f].label) if f in facts else f.removeprefix("custom.").replace("_", " "), c[3] or _t("none")) for f, c in event.changes.items()
        if f not in SILENT
    )
    thing = str(known.object(event) or "") if known and known.object else ""
    changes = tuple(c for c in changes if c[1] != thing)  # what the event says itself is not said twice
    text = str(known.text) if known else event.name
    plain = bool(changes) and event.name.endswith((".changed", ".moved"))
    text = _t("set") if plain else text
    return Said(known.icon if known else "workflow", text, changes, thing, plain)


def _thread(record, by):
    lines, older = timeline(record, by)
    return {"words": words, "lines": [line for line in lines if not line.event.name.endswith(".opened") or not record.description],
            "older": older, "only": False, "opener": next((line.event.actor_name for line in lines if line.event.name.endswith(".opened")), "")}


def _pinned(record, by):
    rows = Entry.objects.filter(record=record.pk, pinned_at__isnull=False).select_related("author").order_by("-pinned_at")[:5]
    shown = [e for e in rows if not e.internal or sees_notes(record, by)]
    return {"pinned": shown} if shown else None


def _talk(record, by):
    lines, older = timeline(record, by, names=TALK)
    return {"words": words, "lines": lines, "older": older, "only": True}


def _history(record, by):
    lines, _older = timeline(record, by, HISTORY)
    return {"words": words, "lines": [line for line in lines if not line.body]}


def _latest(record, by):
    lines, _older = timeline(record, by, 2, TALK)
    return {"words": words, "lines": lines[::-1]} if lines else None


def _composer(record, by):
    if not by.may(f"{record.kind}.reply", record):
        return None
    then = [s for s in possible(record, by) if hasattr(s.what, "to") and (not s.asks or s.what.with_reply)]
    return {"to": [record.requester] if record.requester else [], "then": then, "notes": sees_notes(record, by)}


def _quick(record, by):
    if not record.requester or not by.may(f"{record.kind}.reply", record):
        return None
    return {"notes": sees_notes(record, by)}


contribute(
    "*",
    Panel(key="conversation.thread", title="", slot="main", template="conversation/thread.j2", load=_thread, on=("*",)),
    Panel(key="conversation.pinned", title=_("Pinned"), slot="rail", template="conversation/pinned.j2", load=_pinned,
          on=("conversation.pinned", "conversation.unpinned"), order=30),
    Panel(key="conversation.talk", title=_("Messages"), slot="", template="conversation/thread.j2", load=_talk),
    Panel(key="conversation.history", title=_("History"), slot="", template="conversation/history.j2", load=_history),
    Panel(key="conversation.composer", title="", slot="dock", template="conversation/composer.j2", load=_composer,
          on=("conversation.*", "*.moved", "*.field.requester", "*.taken")),
    Panel(key="conversation.latest", title=_("Latest"), slot="preview", template="conversation/latest.j2", load=_latest,
          on=("conversation.*",), order=80),
    Panel(key="conversation.quick", title="", slot="preview", template="conversation/quick.j2", load=_quick,
          on=("conversation.*",), order=90),
)

administer(
    Rows(key="answers", label=_("Saved answers"), one=_("Saved answer"), place="desk", model=Answer, needs="answers.write",
         columns=("name", "folder", "shortcut", "team", "uses", "organisation", "is_active"),
         form=("name", "folder", "shortcut", "text", "team", "organisation", "is_active"), natural=("organisation", "shortcut"),
         find=("name", "folder", "shortcut", "text"), order=("folder", "name"), joins=("organisation", "team"),
         about=_("Texts for what is said again and again. In a message, write / on an empty line, or :: anywhere, to choose one."),
         hints={"text": format_lazy("{} {}", _("Gaps that the record fills:"), " ".join("{{ " + g + " }}" for g in GAPS)), "shortcut": _("One word, such as need-info"),
                "team": _("Empty: for everybody"), "organisation": _("Empty: for all")}),
)
