from dataclasses import dataclass

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Panel, Rows, administer, contribute
from praxis.kernel.now import now

from . import engine
from .models import Ask, Delegation, Policy, Round, Status

TONES = {Status.APPROVED: "green", Status.REJECTED: "red", Status.REQUESTED: "amber", Status.EXPIRED: "red", Status.VOID: "red"}
SHOWN = 3  # rounds, newest first


@dataclass(frozen=True)
class Told:
    """A round as the page tells it: its steps with [(ask, whether it is the reader's, tone)]."""

    round: Round
    steps: list
    tone: str


def status_of(records, actor):
    """{record id: words of the newest round} of records; one statement."""
    rows = Round.objects.filter(record__in=[r.pk for r in records]).order_by("pk").only("record", "status")
    return {r.record_id: str(r.get_status_display()) for r in rows}


def rounds_of(record, by):
    """The newest rounds with everybody who was asked; four statements, none where nothing is approved."""
    if not engine.has_approvals(record):
        return None
    rounds = list(Round.objects.filter(record=record.pk).order_by("-pk").prefetch_related("steps")[:SHOWN])
    if not rounds:
        return None
    asks = {}
    for ask in Ask.objects.filter(step__round__in=rounds).select_related("person", "answered_by").order_by("pk"):
        if not (ask.status == Status.NOT_NEEDED and ask.escalated):
            asks.setdefault(ask.step_id, []).append(ask)
    first = [a for s in rounds[0].steps.all() for a in asks.get(s.pk, ()) if a.status != Status.NOT_NEEDED]
    told = [Told(r, [(s, [(a, TONES.get(a.status, "")) for a in asks.get(s.pk, [])]) for s in sorted(r.steps.all(), key=lambda s: (s.position, s.pk))], TONES.get(r.status, "")) for r in rounds]
    return {"rounds": told, "note": _t("%(yes)s of %(asked)s answered yes") % {"yes": sum(a.status == Status.APPROVED for a in first), "asked": len(first)}, "may": engine.is_asked(record, by)}


def waiting_for(actor, most=50):
    """[(ask, record)] of everything that this actor is asked now, for itself or for somebody it stands for; oldest first."""
    if actor.id is None:
        return []
    whom = {actor.id, *engine.stands_for(actor.id, now())}
    asks = Ask.objects.filter(person__in=whom, status=Status.REQUESTED).select_related("step__round__record__owner", "person").order_by("asked_at")[:most]
    return [(a, a.step.round.record) for a in asks if actor.may(f"{a.step.round.record.kind}.see", a.step.round.record)]


contribute(
    "*",
    Panel(key="approvals.rounds", title=_("Approvals"), slot="rail", template="approvals/rounds.j2", load=rounds_of, on=("approvals.*", "*.moved", "*.changed"), order=15),
)
administer(
    Rows(key="approval-policies", label=_("Who has to approve"), one=_("Approval"), place="practices", model=Policy, needs="approvals.policies",
         columns=("kind", "purpose", "label", "position", "organisation", "is_active"),
         form=("label", "key", "kind", "purpose", "position", "when", "steps", "organisation", "is_active"), natural=("organisation", "key"),
         find=("label", "key", "purpose"), order=("kind", "purpose", "position"), joins=("organisation",),
         about=_("Read from the top: the first line whose condition holds says who is asked, in which order, and how many have to agree."),
         hints={"purpose": _("assess or authorise of a change, or the name of a step that a rule keeps for approval"), "when": _("Such as {risk: {is: [high]}}; empty: always"),
                "organisation": _("Empty: for all"),
                "steps": _("A line a step, such as {label: Board, who: [\"team:Change advisory board\"], rule: majority, remind: 24, expires: 96}")}),
    Rows(key="delegations", label=_("Who answers for whom"), one=_("Delegation"), place="desk", model=Delegation, home="person__organisation", needs="people.manage",
         columns=("person", "to", "starts_at", "ends_at"), form=("person", "to", "starts_at", "ends_at"), natural=("person", "to", "starts_at"), find=("person__name", "to__name"),
         order=("-starts_at",), joins=("person", "to"), portable=False,
         about=_("For these days somebody else may answer approvals; both names stay with the answer. Substitutes of absences answer without a line here.")),
)
