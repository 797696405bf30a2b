"""A change of what was approved makes the approval void, in the same transaction; the record itself is taken back by a job (CM11)."""

from django.utils.translation import gettext as _t

from praxis.kernel import listen
from praxis.kernel.display import fields
from praxis.kernel.kinds import registry
from praxis.kernel.lifecycle import Phase
from praxis.records import overlays

from . import engine


@listen.on("*")
def changed(event):
    if not event.subject or event.version == 1 or event.kind not in registry:
        return
    rules = engine.kinds.get(event.kind)
    kept = {m for m, r in overlays.rules(event.kind, event.organisation).items() if r.approval} if "state" in event.changes else ()
    if kept and event.data.get("move") in kept:
        engine.used(event.subject, event.data["move"])
    if (rules or kept) and "state" in event.changes and registry[event.kind].lifecycle.states[event.changes["state"][1]].phase == Phase.FINAL:
        engine.withdraw(event.subject)
        return
    if rules is None:
        return
    if event.name in ("record.linked", "record.unlinked"):
        names = [f"{event.data.get('words', '')} {event.data.get('title', '')}"] if event.data.get("type") in rules.links and event.data.get("way") == "out" else []
    else:
        names = [_label(event.kind, n) for n in event.changes if n in rules.watched]
    why = _t("%(who)s changed: %(what)s") % {"who": event.actor_name, "what": ", ".join(names)}
    if names and engine.void(event.subject, why) and rules.voided:
        rules.voided.enqueue(event.subject)


def _label(kind, name):
    known = fields(kind).get(name)
    return str(known.label if known else registry[kind].model._meta.get_field(name).verbose_name)


