"""The way of a change: what has to be known before it is judged, who is asked, what keeps it from starting, what follows its end."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t

from praxis.abilities.approvals import engine as approvals
from praxis.abilities.approvals.models import Status
from praxis.abilities.tasks.models import Task
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible, Refused
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.records import write
from praxis.records.models import Link

from . import conflicts, rules
from .models import Change, ChangeModel

EARLY = timedelta(minutes=30)  # how long before its window a change may start
TRIVIAL = ("standard", "registration")


def only(*types):
    """A guard: the way is for these types, and what has to be known is known."""

    def guard(record):
        if record.subtype not in types:
            return _t("A change of this type takes another way.")
        return incomplete(record)

    return guard


def incomplete(record):
    """What is missing before a change can be judged, in one sentence; "" when nothing is."""
    missing = []
    if not (record.planned_start and record.planned_end):
        missing.append(_t("its window"))
    if not record.scope:
        missing.append(_t("the items that it touches"))
    if record.subtype == "normal":
        missing += [words for value, words in ((record.plan, _t("the implementation plan")), (record.backout, _t("the back-out plan")),
                                               (rules.points(record.answers) is not None, _t("the answers on risk"))) if not value]
    if not record.owner_id and not record.team_id:
        missing.append(_t("who carries it out"))
    if missing:
        return _t("Still missing: %s.") % ", ".join(missing)
    if record.subtype == "standard" and not record.model.is_active:
        return _t("“%s” is switched off. Plan it as a normal change.") % record.model
    if record.subtype == "standard" and (why := suspended(record)):
        return _t("“%(model)s” is suspended (%(why)s). Plan it as a normal change.") % {"model": record.model, "why": why}
    return ""


def approved(purpose):
    """A guard: the newest round of this purpose said yes, or the table asks nobody."""

    def guard(record):
        found = approvals.latest(record, purpose)
        if found is None:
            return "" if approvals.policy_for(record, purpose) is None else _t("It is not approved yet.")
        return "" if found.status == Status.APPROVED else _t("It is not approved yet.")

    return guard


def _praxis(record):
    return system("Praxis", record.organisation_id)


def assess(record, by):
    """Ask the peers; where the table names nobody, go on."""
    if approvals.start(record, "assess", by) is None:
        write.move(record, _praxis(record), "assessed")


def authorise(record, by):
    """Ask those who decide, and whoever grants exceptions from a freeze that it lies in."""
    policy = approvals.policy_for(record, "authorise")
    steps = list(policy.steps) if policy else []
    if record.subtype != "unauthorised":
        for window in conflicts.freezes(record):
            if window.owner_id and window.owner.is_active:
                steps.append({"label": (_t("Exception from %s") % window.label)[:80], "who": [f"person_id:{window.owner_id}"], "beside": bool(steps)})
    if steps:
        approvals.start(record, "authorise", by, steps, policy.label if policy else _t("Exception from a freeze"))
    else:
        write.move(record, _praxis(record), "recorded" if record.subtype == "unauthorised" else "authorised")


def decided(record, round, by):
    """What follows from an outcome: on to the next state, or back to planning with the reason."""
    me, on = _praxis(record), {"assess": "assessed", "authorise": "recorded" if record.subtype == "unauthorised" else "authorised"}
    if round.purpose not in on or record.state != round.purpose:
        return
    if round.status == Status.APPROVED:
        write.move(record, me, on[round.purpose])
        return
    no = approvals.Ask.objects.filter(step__round=round.pk, status=Status.REJECTED).select_related("answered_by").order_by("-answered_at").first()
    why = f"{no.answered_by}: {no.comment}" if no else _t("Nobody answered in time: %s") % round.why
    write.move(record, me, "replan", replan_reason=why[:300])


def unasked(record, by):
    """Back in planning nothing is asked and nothing counts any more."""
    approvals.void(record.pk, _t("Back to planning: %s") % record.replan_reason)


def implementers(record):
    """Ids of those who carry it out: its owner and the owners of its tasks."""
    tasks = Task.objects.filter(parent=record.pk).exclude(state="skipped").values_list("owner", flat=True) if record.pk else ()
    return {record.owner_id, *tasks} - {None}


def startable(record):
    """Why a scheduled change cannot start now, or ""."""
    last = approvals.latest(record, "authorise")
    if last and last.status == Status.VOID or not last and (first := approvals.latest(record, "assess")) and first.status == Status.VOID:
        return _t("Its approval does not count any more. Take it back to planning and ask again.")
    if record.subtype in ("normal", "emergency"):
        if why := approved("authorise")(record):
            return _t("Its approval does not count any more. Take it back to planning and ask again.") if approvals.latest(record, "authorise") else why
        if (both := implementers(record) & approvers(record)):
            names = ", ".join(approvals.Person.objects.filter(pk__in=both).order_by("name").values_list("name", flat=True))
            return _t("%s authorised it and would carry it out. Somebody else has to carry it out.") % names
    if record.subtype != "emergency" and not record.planned_start - EARLY <= now() <= record.planned_end:
        return _t("Its window is not now. Move the window first.")
    return blocking(record)


def approvers(record):
    return approvals.approvers(record, "authorise")


def blocking(record):
    """The conflicts that nobody has accepted, in one sentence; "" when it may start (CM8)."""
    if record.subtype == "emergency":
        return ""
    left = [c for c in conflicts.find(record) if c.stops and c.key not in record.accepted]
    if record.subtype == "normal":  # whoever grants exceptions from the freeze was asked with the others
        granted = {s.label for s in approvals.Step.objects.filter(round__record=record.pk, round__purpose="authorise", round__status=Status.APPROVED)}
        left = [c for c in left if not (c.sort == "freeze" and (_t("Exception from %s") % c.window.label)[:80] in granted)]
    return _t("Conflicts: %s") % " ".join(c.words for c in left) if left else ""


def needs_review(record):
    """Whether a review is due: always for emergencies, unauthorised and high-risk ones, and whenever something went wrong (features 4.4)."""
    if record.subtype in ("emergency", "unauthorised") or record.result in rules.FAILED:
        return True
    return record.subtype == "normal" and (record.risk == "high" or record.risk == "moderate" and record.result in rules.WITH_ISSUES)


def _items(record):
    kind = registry["item"]
    return kind.model.objects.filter(links_in__source=record.pk, links_in__type="affects", organisation=record.organisation_id).exclude(phase="final")


def started(record, by):
    """The values that the change holds for its items are put on them, with what was there before kept (CHG-20)."""
    if by.id and by.id in approvers(record):
        raise NotPossible(_t("You authorised it. Somebody else has to carry it out."))
    if not record.proposed:
        return
    before, authorised = {}, approvals.valid(record, "authorise")
    for item in _items(record):
        if not authorised and not by.may("item.change", item):
            raise Forbidden("item.change")  # nobody approved what it does to the item, so that the right to change it is needed
        before[str(item.pk)] = {n: getattr(item, n) for n in record.proposed}
        write.change(item, _praxis(record), needs="item.change", event="item.changed", data={"words": record.number}, **record.proposed)
    write.change(record, by, needs="change.implement", event="change.applied", applied=before, data={"words": ", ".join(f"{n}: {v}" for n, v in record.proposed.items())[:300]})


def finished(record, by):
    """A change that went as always closes itself; a standard one that failed too often is suspended; what was backed out is on the items as before."""
    if record.result == "failed_backed_out":
        taken_back(record, by)
    if record.subtype == "standard" and record.result in rules.FAILED:
        _suspend(record)
    if record.subtype in TRIVIAL and record.result in rules.SUCCESS and not Task.objects.open().filter(parent=record.pk).exists():
        try:
            write.move(record, _praxis(record), "close")
        except (Refused, ValidationError):
            pass  # a rule of the lifecycle asks for more: it stays in review


def taken_back(record, by):
    """The items are as before the start, but for what somebody set since."""
    if record.applied:
        for item in _items(record):
            back = {n: v for n, v in record.applied.get(str(item.pk), {}).items() if getattr(item, n) == record.proposed.get(n)}
            if back:
                write.change(item, _praxis(record), needs="item.change", event="item.changed", data={"words": record.number}, **back)


def suspended(record):
    """Why the standard model of a change may not be used by its organisation now, or "". One that all share is judged by the organisation's own failures."""
    return record.model.suspended or ("" if record.model.organisation_id else _failures(record))


def _failures(record):
    since = now() - timedelta(days=rules.SUSPENDED_FOR)
    failed = Change.objects.filter(model=record.model_id, organisation=record.organisation_id, result__in=rules.FAILED, ended_at__gte=since).count()
    return _t("%(n)s of its changes failed within %(days)s days") % {"n": failed, "days": rules.SUSPENDED_FOR} if failed >= rules.TOO_MANY else ""


def _suspend(record):
    model = ChangeModel.objects.get(pk=record.model_id)
    if model.organisation_id and not model.suspended and (why := _failures(record)):
        write.save(model, system("Praxis", model.organisation_id), suspended=why)


def scope_words(record):
    """The items of a change in words, for lists, the log and the calendar."""
    rows = Link.objects.filter(source=record.pk, type="affects").order_by("target__title").values_list("target__title", "target__number", "target__restricted")
    return ", ".join(number if restricted else title for title, number, restricted in rows)[:500]
