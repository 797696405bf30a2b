"""Answering, and asking where a rule of the lifecycle wants approval. Nothing here is done by reading a page (CM6)."""

from typing import Annotated

from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import Ask, registry
from praxis.records import overlays
from praxis.records.models import Record

from . import engine
from .models import Policy, Status

SAYS = {"needs": "*.see", "when": engine.has_approvals, "meant": engine.is_asked}


@registry.offer("*", label=_("Approve"), icon="check", hotkey="Y", **SAYS)
def approve(record: Record, by: Actor):
    """Say yes to what you are asked."""
    engine.answer(record, by, True)
    return record


@registry.offer("*", label=_("Approve with a comment"), icon="message-square", **SAYS)
def approve_with(record: Record, by: Actor, comment: Annotated[str, Ask(_("Comment"), lines=3)]):
    """Say yes, and what should be remembered with it."""
    engine.answer(record, by, True, comment)
    return record


@registry.offer("*", label=_("Reject"), icon="x", tone="red", **SAYS)
def reject(record: Record, by: Actor, comment: Annotated[str, Ask(_("Why not, and what would have to change"), lines=3)]):
    """Say no; who planned it reads why."""
    engine.answer(record, by, False, comment)
    return record


def _guarded(record):
    """{move name: rule} of the moves from here that a rule keeps for approval."""
    rules = overlays.rules(record.kind, record.organisation_id)
    return {m.name: r for m in record.type.lifecycle.moves_from(record.state) if (r := rules.get(m.name)) and r.approval}


def _moves(record, actor):
    return [(name, str(rule.label or record.type.lifecycle.moves[name].label)) for name, rule in _guarded(record).items()]


@registry.offer("*", label=_("Ask for approval"), needs="*.change", icon="shield", when=lambda record: bool(_guarded(record)))
def ask_approval(record: Record, by: Actor, step: Annotated[str, Ask(_("For"), options=_moves)]):
    """Ask the people whom a rule names before this step."""
    rule = _guarded(record).get(step)
    if rule is None:
        raise NotPossible(_t("This step needs no approval."))
    homes = Q(organisation=None) | Q(organisation=record.organisation_id)
    policy = Policy.objects.filter(homes, key=rule.approval, kind=record.kind, is_active=True).order_by(F("organisation").asc(nulls_first=True)).last()
    if policy is None:
        raise NotPossible(_t("The rule names the approval “%s”, which does not exist. Tell your administrator.") % rule.approval)
    if (found := engine.latest(record, step)) and found.status in (Status.REQUESTED, Status.APPROVED):
        raise NotPossible(_t("Approval for this is asked already."))
    engine.start(record, step, by, policy.steps, policy.label)
    return record


@overlays.guards
def approved_first(record, move, rule):
    """A move that a rule keeps for approval waits for the yes."""
    if not rule.approval or engine.valid(record, move.name):
        return ""
    return _t("“%s” needs approval first.") % (rule.label or move.label)


