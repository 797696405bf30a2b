"""A missed promise can be excused: asked by one person, granted by another (SLM-10, SL10)."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.records import write
from praxis.records.models import Record

from . import engine
from .models import Clock, Excuse, Target

REASONS = Setting("clocks.excuse_reasons", dict, {"customer": "The customer delayed it", "supplier": "The supplier delayed it",
                  "force_majeure": "Beyond anybody's control", "wrong_priority": "The priority was wrong", "other": "Another reason"},
                  "Reasons for which a missed promise may be excused")


def _missed(record, actor):
    """[(key, label)] of the record's missed clocks."""
    names = dict(Target.METRICS)
    return [(f"{c.metric}:{c.spell}", f"{names[c.metric]}, {c.label}") for c in Clock.objects.filter(record=record.pk, state="missed")]


def _asked(record, actor):
    return [(str(e.pk), f"{e.clock.label}: {e.text}") for e in Excuse.objects.filter(clock__record=record.pk, state="asked").select_related("clock")]


@registry.offer("*", label=_("Excuse a missed promise"), needs="clocks.excuse", icon="scale", quiet=True, after_close=True, when=engine.has_clocks)
def excuse(record: Record, by: Actor, promise: Annotated[str, Ask(_("Promise"), options=_missed)],
           reason: Annotated[str, Ask(_("Reason"), options=lambda record, by: list(REASONS(record.organisation_id).items()))],
           text: Annotated[str, Ask(_("What happened"), lines=3)]):
    """Ask that a missed promise be excused; the raw result stays as it is."""
    metric, _sep, spell = promise.partition(":")
    clock = Clock.objects.filter(record=record.pk, metric=metric, spell=spell if spell.isdecimal() else -1, state="missed").first()
    if clock is None:
        raise ValidationError({"promise": _t("Choose a promise that was missed.")})
    if reason not in REASONS(record.organisation_id):
        raise ValidationError({"reason": _t("Choose one of the list.")})
    if Excuse.objects.filter(clock=clock).exclude(state="refused").exists():
        raise NotPossible(_t("This promise was excused, or somebody asks for it already."))
    if not by.id:
        raise NotPossible(_t("A person asks for an excuse."))
    write.save(Excuse(), by, clock=clock, organisation_id=record.organisation_id, reason=reason, text=text.strip()[:500], asked_by_id=by.id)
    write.note(record, by, needs=f"{record.kind}.see", event="clock.excused",
               data={"words": _t("asked: %(promise)s, %(text)s") % {"promise": clock.label, "text": text.strip()[:200]}})
    return record


@registry.offer("*", label=_("Decide on an excuse"), needs="clocks.grant", icon="scale", quiet=True, after_close=True, when=engine.has_clocks)
def decide_excuse(record: Record, by: Actor, excuse: Annotated[str, Ask(_("Excuse"), options=_asked)],
                  decision: Annotated[str, Ask(_("Decision"), options=lambda record, by: [("granted", _("Grant")), ("refused", _("Refuse"))])]):
    """Grant or refuse an excuse that somebody else asked for."""
    row = Excuse.objects.select_related("clock").filter(pk=excuse if excuse.isdecimal() else None, clock__record=record.pk, state="asked").first()
    if row is None or decision not in ("granted", "refused"):
        raise ValidationError({"excuse": _t("Choose one of the list.")})
    if row.asked_by_id == by.id:
        raise NotPossible(_t("You asked for this excuse: somebody else decides on it."))
    write.save(row, by, needs="clocks.grant", state=decision, decided_by_id=by.id, decided_at=now())
    write.note(record, by, needs=f"{record.kind}.see", event="clock.excused",
               data={"words": f"{row.get_state_display()}: {row.clock.label}", "tell": [row.asked_by_id]})
    return record
