"""One round of approvals from the first question to the outcome. Only this module writes rounds, steps and what people were asked."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _t

from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.people.models import Person
from praxis.records import overlays, write
from praxis.records.covering import covered
from praxis.records.extras import fulfils
from praxis.records.models import Record
from praxis.records.read import base

from .models import RUNNING, Ask, Delegation, Policy, Round, Status, Step
from .steps import asked, quorum

NAMED = 10  # people named in a sentence


@dataclass(frozen=True)
class Approved:
    """What a kind has approved. `watched` are columns whose change makes approvals void (CM11); `apart(record) -> ids` of people who may not answer,
    because they carry it out; `decided(record, round, by)` says what follows from an outcome; `voided` is a task(record id) that takes the record back."""

    watched: tuple = ()
    links: tuple = ()  # types of links whose coming and going counts as such a change
    apart: object = None
    decided: object = None
    voided: object = None


kinds: dict[str, Approved] = {}


def approve(kind, **rules):
    """Declare that records of this kind are approved."""
    kinds[kind] = Approved(**rules)


def policy_for(record, purpose):
    """The first policy of the table that fits, or None when nobody has to approve."""
    rows = Policy.objects.filter(Q(organisation=None) | Q(organisation=record.organisation_id), kind=record.kind, purpose=purpose, is_active=True)
    ordered = sorted(rows, key=lambda p: (p.organisation_id is None, p.position, p.pk))
    return next((p for p in ordered if not p.when or fulfils(record, p.when)), None)


def latest(record, purpose=None):
    """The newest round of a record, or of one purpose."""
    rows = Round.objects.filter(record=record.pk, **({"purpose": purpose} if purpose else {}))
    return rows.order_by("-id").first()


def valid(record, purpose):
    """Whether the newest round of this purpose ended with a yes that still counts."""
    found = latest(record, purpose)
    return bool(found) and found.status == Status.APPROVED


def approvers(record, *purposes):
    """Ids of everybody who said yes in the newest round of these purposes, for themselves or for others."""
    rounds = [r.pk for p in purposes if (r := latest(record, p))]
    rows = Ask.objects.filter(step__round__in=rounds, status=Status.APPROVED).values_list("person", "answered_by")
    return {pk for pair in rows for pk in pair if pk}


def start(record, purpose, by, steps=None, label=""):
    """Ask for approval: by the table, or with these steps. An earlier round of the purpose is over. Returns the Round, or None when nobody has to approve."""
    if steps is None:
        if (policy := policy_for(record, purpose)) is None:
            return None
        steps, label = policy.steps, policy.label
    _close(Round.objects.filter(record=record.pk, purpose=purpose, status=Status.REQUESTED), Status.NOT_NEEDED, _t("Asked anew"))
    made = Round.objects.create(record=base(record), purpose=purpose, label=label, started_at=now())
    position = 0
    for spec in steps:
        position += not (spec.get("beside") and position)
        Step.objects.create(round=made, position=position, label=spec["label"], spec=spec)
    _open(record, made, 1, by)
    return made


def _open(record, made, position, by):
    """Ask the people of the steps at this position; NotPossible, with what to do, when nobody could answer."""
    apart = _apart(record)
    for step in made.steps.filter(position=position).order_by("pk"):
        people = _able(record, asked(record, step.spec), apart)
        least = quorum(step.spec).needed(len(people)) if step.spec.get("rule") == "count" else 1
        if len(people) < least:
            raise NotPossible(_t("“%(step)s” of %(number)s would ask %(n)s people, and needs %(least)s. Whoever carries it out may not approve it, and who answers has to "
                                 "be able to see it: choose another owner or group, or change who has to approve.")
                              % {"step": step.label, "number": record.number, "n": len(people), "least": least})
        Ask.objects.bulk_create([Ask(step=step, person_id=pk, capacity=words[:80], asked_at=now()) for pk, words in people.items()])
        step.status, step.opened_at = Status.REQUESTED, now()
        step.save(update_fields=["status", "opened_at"])
        names = list(Person.objects.filter(pk__in=people).order_by("name").values_list("name", flat=True))
        more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
        write.note(record, by, needs=f"{record.kind}.see", event="approvals.asked",
                   data={"words": f"{step.label}: {', '.join(names[:NAMED])}{more}", "step": step.pk, "purpose": made.purpose, "tell": sorted(people)})


def _apart(record):
    rules = kinds.get(record.kind)
    return set(rules.apart(record)) if rules and rules.apart else set()


def _able(record, people, apart):
    """Of those meant, the ones who are active, see the record and do not carry it out themselves."""
    rows = Person.objects.select_related("organisation").filter(pk__in=people, is_active=True).exclude(pk__in=apart)
    able = {p.pk for p in rows if actor_of(p).may(f"{record.kind}.see", record)}
    return {pk: words for pk, words in people.items() if pk in able}


def stands_for(person, at):
    """Ids of everybody for whom this person may answer at a moment, besides themselves."""
    rows = Delegation.objects.filter(to=person, starts_at__lte=at, ends_at__gt=at, person__is_active=True)
    return set(rows.values_list("person", flat=True)) | covered(person, at)


def open_ask(record, by):
    """What this actor could answer now on a record: the own question first, else that of somebody it answers for; None if nothing."""
    if by.id is None or not has_approvals(record):
        return None
    for_whom = {by.id, *stands_for(by.id, now())}
    asks = Ask.objects.filter(step__round__record=record.pk, status=Status.REQUESTED, person__in=for_whom).select_related("step__round", "person")
    answered = set(Ask.objects.filter(step__round__record=record.pk, step__status=Status.REQUESTED, answered_by=by.id).values_list("step", flat=True))
    able = [a for a in asks if a.step_id not in answered]  # nobody counts twice in one step
    return min(able, key=lambda a: (a.person_id != by.id, a.pk), default=None)


def has_approvals(record):
    """Whether anything about this record may have to be approved: by its practice, or by a rule on one of its moves."""
    return record.kind in kinds or any(r.approval for r in overlays.rules(record.kind, record.organisation_id).values())


def is_asked(record, by):
    """Whether this actor has something to answer here; remembered with the record that was read, since several buttons ask it."""
    known = record.__dict__.setdefault("_asked_of", {})
    if by.id not in known:
        known[by.id] = open_ask(record, by) is not None
    return known[by.id]


def answer(record, by, yes, comment=""):
    """Say yes or no to what one is asked; returns the round. Forbidden for everybody else, also for who carries the record out (CM2)."""
    record.__dict__.pop("_asked_of", None)
    ask = open_ask(record, by)
    if ask is None:
        raise Forbidden("approvals.answer")
    Record.objects.select_for_update().values_list("pk").get(pk=record.pk)  # the record first, as every writer does: else two would wait for each other
    running = Round.objects.select_for_update().get(pk=ask.step.round_id)
    ask.refresh_from_db()
    if ask.status != Status.REQUESTED or running.status != Status.REQUESTED:
        raise NotPossible(_t("This was answered already."))
    if by.id in _apart(record):
        raise NotPossible(_t("Whoever carries it out cannot approve it."))
    ask.status, ask.comment = Status.APPROVED if yes else Status.REJECTED, comment.strip()
    ask.answered_at, ask.answered_by_id = now(), by.id
    ask.save(update_fields=["status", "comment", "answered_at", "answered_by"])
    said = _t("yes to “%s”") if yes else _t("no to “%s”")
    said = said % ask.step.label + (_t(", for %s") % ask.person.name if ask.person_id != by.id else "") + (f": {ask.comment}" if ask.comment else "")
    write.note(record, by, needs=f"{record.kind}.see", event="approvals.answered",
               data={"words": said, "yes": yes, "step": ask.step_id, "for": ask.person_id, "purpose": running.purpose})
    _settle(record, running, ask.step, by)
    return running


def _settle(record, running, step, by, closing=False):
    """What the answers of a step mean for it, for the others of its position, and for the round."""
    states = list(step.asks.exclude(status=Status.NOT_NEEDED).values_list("status", flat=True))  # a question that moved to a manager is that one's now
    yes, no = states.count(Status.APPROVED), states.count(Status.REJECTED)
    rule = quorum(step.spec)
    found = rule.at_close(len(states), yes, no) if closing else rule.outcome(len(states), yes, no)
    if found == Status.REQUESTED and not closing:
        return
    outcome = Status.EXPIRED if found == Status.REQUESTED else found
    step.status, step.ended_at = outcome, now()
    step.save(update_fields=["status", "ended_at"])
    step.asks.filter(status=Status.REQUESTED).update(status=Status.EXPIRED if outcome == Status.EXPIRED else Status.NOT_NEEDED)
    if outcome != Status.APPROVED:
        _end(record, running, outcome, by, step.label)
        return
    beside = running.steps.filter(position=step.position)
    if beside.exclude(status=Status.APPROVED).exists():
        return
    if running.steps.filter(position__gt=step.position).exists():
        _open(record, running, step.position + 1, by)
        return
    _end(record, running, Status.APPROVED, by, step.label)


def _end(record, running, outcome, by, why):
    _close(Round.objects.filter(pk=running.pk), outcome, "" if outcome == Status.APPROVED else why)
    running.refresh_from_db()
    tell = [pk for pk in (record.owner_id, record.requester_id) if pk and pk != by.id]
    words = f"{running.label}: {running.get_status_display()}" + (f" ({why})" if outcome != Status.APPROVED else "")
    write.note(record, system("Praxis", record.organisation_id), needs=f"{record.kind}.see", event="approvals.decided",
               data={"words": words, "purpose": running.purpose, "status": str(outcome), "tell": tell})
    rules = kinds.get(record.kind)
    if rules and rules.decided:
        rules.decided(record, running, by)


def _close(rounds, outcome, why):
    """End rounds: what nobody has answered vanishes from everybody's list."""
    pks = list(rounds.values_list("pk", flat=True))
    Ask.objects.filter(step__round__in=pks, status=Status.REQUESTED).update(status=Status.NOT_NEEDED)
    Step.objects.filter(round__in=pks, status__in=RUNNING).update(status=Status.NOT_NEEDED, ended_at=now())
    Round.objects.filter(pk__in=pks).update(status=outcome, why=why[:300], ended_at=now())


def void(record_id, why):
    """A fact that was approved is another now: what was asked and answered for it counts no more. Returns whether anything did count."""
    rounds = Round.objects.filter(record=record_id, status__in=(Status.REQUESTED, Status.APPROVED))
    if not rounds.exists():
        return False
    _close(rounds, Status.VOID, why)
    return True


def withdraw(record_id):
    """Nothing is asked about the record any more; what was answered stays."""
    _close(Round.objects.filter(record=record_id, status=Status.REQUESTED), Status.NOT_NEEDED, _t("Withdrawn"))


def used(record_id, purpose):
    """A yes allows a step once: it was taken."""
    _close(Round.objects.filter(record=record_id, purpose=purpose, status=Status.APPROVED), Status.NOT_NEEDED, _t("The step was taken"))


def chase(record, running, step, at):
    """What time does to an open step: remind once, ask the managers too, end it. Returns what was done, "" for nothing."""
    hours = (at - step.opened_at).total_seconds() / 3600
    by, spec = system("Praxis", record.organisation_id), step.spec
    waiting = list(step.asks.filter(status=Status.REQUESTED).select_related("person"))
    if "expires" in spec and hours >= spec["expires"]:
        _settle(record, running, step, by, closing=True)
        return "expired"
    if "escalate" in spec and hours >= spec["escalate"] and (late := [a for a in waiting if not a.escalated]):
        return _escalate(record, step, late, by)
    if "remind" in spec and (late := [a for a in waiting if not a.reminded and (at - a.asked_at).total_seconds() >= 3600 * spec["remind"]]):
        Ask.objects.filter(pk__in=[a.pk for a in late]).update(reminded=1)
        write.note(record, by, needs=f"{record.kind}.see", event="approvals.reminded",
                   data={"words": f"{step.label}: {', '.join(a.person.name for a in late[:NAMED])}", "tell": [a.person_id for a in late]})
        return "reminded"
    return ""


def _escalate(record, step, late, by):
    """The managers of those who do not answer are asked in their place: the question moves, so that the quorum stays what it was."""
    already = {pk for pair in step.asks.values_list("person", "answered_by") for pk in pair if pk}
    Ask.objects.filter(pk__in=[a.pk for a in late]).update(escalated=True)
    moved = []
    for ask in late:
        manager = ask.person.manager_id
        if manager is None or manager in already or manager not in _able(record, {manager: ""}, _apart(record)):
            continue
        already.add(manager)
        Ask.objects.filter(pk=ask.pk).update(status=Status.NOT_NEEDED)
        Ask.objects.create(step=step, person_id=manager, capacity=_t("for %s") % ask.person.name, asked_at=now(), escalated=True)
        moved.append(manager)
    if not moved:
        return ""
    write.note(record, by, needs=f"{record.kind}.see", event="approvals.asked", data={
        "words": f"{step.label}: " + ", ".join(Person.objects.filter(pk__in=moved).order_by("name").values_list("name", flat=True)), "step": step.pk, "tell": moved})
    return "escalated"
