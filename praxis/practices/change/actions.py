"""What is done with a change beyond its moves."""

from datetime import timedelta
from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.cmdb import recent
from praxis.kernel.actors import Actor
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.now import now
from praxis.records import write
from praxis.records.fields import moment, ours
from praxis.records.models import Link, Record
from praxis.records.read import by_number

from . import conflicts, flow, rules
from .kind import CHANGE
from .models import Change, ChangeModel

PLANNING = ("new", "assess", "authorise", "scheduled")
MOST_ITEMS, MOST_CHAIN, MOST_DAYS = 200, 50, 365


def _planning(record):
    return record.state in PLANNING


@CHANGE.action(label=_("Set items"), needs="change.change", icon="network", when=_planning)
def affect(record: Change, by: Actor,
           items: Annotated[str, Ask(_("Items"), lines=2, hint=_("Numbers, names or host names with commas between, such as ITM-12, wlc-ham-01; nothing: none"))] = ""):
    """Say which configuration items the change touches; its risk and its conflicts follow from them."""
    wanted = {r.pk: r for r in (_item(record, by, word.strip()) for word in items.replace("\n", ",").split(",") if word.strip())}
    if len(wanted) > MOST_ITEMS:
        raise ValidationError({"items": _t("At most %s items. Split the change.") % MOST_ITEMS})
    there = {link.target_id: link.target for link in Link.objects.filter(source=record.pk, type="affects").select_related("target")}
    for pk, item in there.items():
        if pk not in wanted and by.may(f"{item.kind}.see", item):
            write.unlink(record, item, "affects", by, needs="change")
    for pk, item in wanted.items():
        if pk not in there:
            write.link(record, item, "affects", by, needs="change")
    words = flow.scope_words(record)
    return write.change(record, by, needs="change.change", event="change.scoped", scope=words, data={"words": words or _t("none")})


def _item(record, by, text):
    """The item of a number, or of a name that only one has; ValidationError that says which word is meant."""
    kind = registry["item"]
    found = by_number(text.upper(), by)
    if found is None or found.kind != "item":
        rows = kind.model.objects.visible_to(by, "item.see").exclude(phase="final").filter(organisation=record.organisation_id)
        named = list(rows.filter(title__iexact=text)[:2]) or list(rows.filter(hostname__iexact=text)[:2])
        if len(named) != 1:
            words = _t("There is no item “%s” that you can see.") if not named else _t("More than one item is called “%s”: write its number.")
            raise ValidationError({"items": words % text})
        found = named[0]
    if found.organisation_id not in (None, record.organisation_id):
        raise ValidationError({"items": _t("“%s” belongs to another organisation.") % text})
    return found


@CHANGE.action(label=_("Set the window"), needs="change.change", icon="calendar-clock", when=_planning)
def plan_window(record: Change, by: Actor, planned_start: Annotated[str, Ask(_("From"), kind="time")], planned_end: Annotated[str, Ask(_("Until"), kind="time")] = ""):
    """Say when it is carried out. Moved after somebody approved it, the approvals are void and it goes back to planning."""
    start = moment(planned_start, "planned_start")
    length = record.planned_end - record.planned_start if record.planned_start and record.planned_end else timedelta(minutes=record.model.minutes)
    end = moment(planned_end, "planned_end") if planned_end else start + length
    return write.change(record, by, needs="change.change", event="change.planned", planned_start=start, planned_end=end, accepted=[], accepted_why="",
                        data={"words": f"{timezone.localtime(start):%Y-%m-%d %H:%M} – {timezone.localtime(end):%Y-%m-%d %H:%M}"})


def answers(key):
    """The three answers to one question, as choices."""
    options = next(o for k, _question, o in rules.QUESTIONS if k == key)
    return lambda record, actor: [(str(n), str(words)) for n, (words, _points) in enumerate(options)]


@CHANGE.action(label=_("Write the plan"), needs="change.change", icon="list-checks", when=_planning)
def write_plan(record: Change, by: Actor, plan: Annotated[str, Ask(_("Implementation plan"), lines=6)] = None, test_plan: Annotated[str, Ask(_("Test plan"), lines=3)] = None,
               backout: Annotated[str, Ask(_("Back-out plan"), lines=4)] = None, affected: Annotated[str, Ask(_("Who is affected"), lines=2)] = None):
    """How it is done, tried and taken back, and who notices; what is not said stays."""
    given = {"plan": plan, "test_plan": test_plan, "backout": backout, "affected": affected}
    return write.change(record, by, needs="change.change", event="change.written", **{name: text.strip() for name, text in given.items() if text is not None})


@CHANGE.action(label=_("Answer the questions on risk"), needs="change.change", icon="shield-alert", when=_planning)
def answer_risk(record: Change, by: Actor, service: Annotated[str, Ask(rules.QUESTIONS[0][1], options=answers("service"))],
                reach: Annotated[str, Ask(rules.QUESTIONS[1][1], options=answers("reach"))], practice: Annotated[str, Ask(rules.QUESTIONS[2][1], options=answers("practice"))],
                test: Annotated[str, Ask(rules.QUESTIONS[3][1], options=answers("test"))], backout: Annotated[str, Ask(rules.QUESTIONS[4][1], options=answers("backout"))],
                outage: Annotated[str, Ask(rules.QUESTIONS[5][1], options=answers("outage"))], teams: Annotated[str, Ask(rules.QUESTIONS[6][1], options=answers("teams"))],
                security: Annotated[str, Ask(rules.QUESTIONS[7][1], options=answers("security"))]):
    """Eight questions; their sum is the change's risk, before what Praxis knows by itself lifts it."""
    given = {"service": service, "reach": reach, "practice": practice, "test": test, "backout": backout, "outage": outage, "teams": teams, "security": security}
    if bad := [k for k, v in given.items() if str(v) not in ("0", "1", "2")]:
        raise ValidationError({k: _t("Choose one of the list.") for k in bad})
    found = {k: int(v) for k, v in given.items()}
    return write.change(record, by, needs="change.change", event="change.answered", answers=found, data={"words": _t("%s of 100") % rules.points(found)})


@CHANGE.action(label=_("Accept the conflicts"), needs="change.accept", icon="shield-alert", when=lambda record: record.state in PLANNING and bool(record.planned_start))
def accept_conflicts(record: Change, by: Actor, why: Annotated[str, Ask(_("Why, and with whom it is agreed"), lines=2)]):
    """Take the conflicts that the window has now upon oneself. New ones count again."""
    found = [c for c in conflicts.find(record) if c.stops]
    if not found:
        raise NotPossible(_t("There are no conflicts."))
    return write.change(record, by, needs="change.accept", event="change.accepted", accepted=sorted({c.key for c in found}), accepted_why=why.strip()[:300],
                        data={"words": f"{len(found)}: {why.strip()}"[:300]})


HELD = ("version_of", "product", "maker", "place", "condition")


@CHANGE.action(label=_("Values for the items"), needs="change.change", icon="network", when=_planning)
def propose_values(record: Change, by: Actor,
                   values: Annotated[str, Ask(_("Values"), lines=3, hint=_("A line each, such as version_of: 17.12.4; put on every item at the start, taken back when it is backed out"))] = ""):
    """What its items are to be afterwards, held here until the change starts (CHG-20)."""
    found = {}
    for line in filter(None, (one.strip() for one in values.splitlines())):
        name, colon, value = line.partition(":")
        if not colon or name.strip() not in HELD or not value.strip():
            raise ValidationError({"values": _t("“%(line)s”: write one of %(names)s, a colon and the value.") % {"line": line[:60], "names": ", ".join(HELD)}})
        found[name.strip()] = value.strip()[:60]
    if found.get("condition", "up") not in dict(registry["item"].model.CONDITIONS):
        raise ValidationError({"values": _t("The condition is one of: %s.") % ", ".join(dict(registry["item"].model.CONDITIONS))})
    return write.change(record, by, needs="change.change", event="change.changed", proposed=found)


def _went_well(record):
    return record.result in rules.SUCCESS and record.subtype == "normal" and record.state in ("review", "closed")


@CHANGE.action(label=_("Propose as standard change"), needs="change.change", icon="layers", when=_went_well, after_close=True)
def as_standard(record: Change, by: Actor, label: Annotated[str, Ask(_("Called"), hint=_("A change manager approves it once, under Models of changes"))]):
    """A model made of this change, switched off until somebody approves it (CHG-05)."""
    made = write.save(ChangeModel(), by, needs="change.change", organisation_id=record.organisation_id, key=f"from-{record.number.lower()}", label=label.strip()[:80], type="normal", title=record.title,
                      about=_t("Proposed by %(who)s from %(number)s. Approve it: type standard, approved by, switched on.") % {"who": by.name, "number": record.number},
                      plan=record.plan, test_plan=record.test_plan, backout=record.backout, answers=record.answers, is_active=False)
    write.note(record, by, needs="change.see", event="change.reviewed", data={"words": str(made)})
    return record


@registry.offer("item", label=_("Record as a change"), needs="change.open", icon="t-change", quiet=True)
def record_unplanned(record: Record, by: Actor, what: Annotated[str, Ask(_("What was changed"))]):
    """An unauthorised change, after the fact, for something that was found changed on this item (CHG-15)."""
    model = ChangeModel.objects.filter(organisation=None, key="unauthorised").first()
    made = write.open_record(CHANGE, by, title=what.strip()[:200], model=model, planned_start=now() - timedelta(hours=1), planned_end=now(), team=record.team_id, owner=by.id,
                             organisation=record.organisation_id)
    write.act(made, by, "affect", items=record.number)
    return made


@CHANGE.action(label=_("Back out"), needs="change.implement", icon="undo-2", tone="red", when=lambda record: record.state == "implement" and not record.backing_out)
def back_out(record: Change, by: Actor, why: Annotated[str, Ask(_("What went wrong"), lines=2)]):
    """Say that the back-out plan is being carried out; the change then ends as failed."""
    return write.change(record, by, needs="change.implement", event="change.backing_out", backing_out=True, data={"words": why.strip()[:300]})


@CHANGE.action(label=_("Write the review"), needs="change.change", icon="clipboard-check", when=lambda record: record.state in ("review", "closed"), after_close=True)
def write_review(record: Change, by: Actor, review: Annotated[str, Ask(_("What was planned and what happened, what was learned, what follows"), lines=6)]):
    """The review after the change (CHG-13): due for emergencies, unauthorised and high-risk ones, and for all that failed."""
    return write.change(record, by, needs="change.change", event="change.reviewed", review=review.strip())


@CHANGE.action(label=_("Move the chain"), needs="change.change", icon="calendar-clock", when=lambda record: record.state in PLANNING and bool(record.planned_start))
def move_chain(record: Change, by: Actor, days: Annotated[int, Ask(_("By how many days"), hint=_("Negative: earlier"))]):
    """Move this change and all that wait for it, directly or through others, by whole days at the same local time (CHG-19)."""
    if not days or abs(days) > MOST_DAYS:
        raise ValidationError({"days": _t("Write a number of days, at most %s.") % MOST_DAYS})
    chain, front = {record.pk: record}, [record.pk]
    while front:
        rows = Link.objects.filter(source__in=front, type="blocks", target__kind="change").values_list("target", flat=True)
        more = {c.pk: c for c in Change.objects.filter(pk__in=rows, state__in=PLANNING, planned_start__isnull=False)}
        front = [pk for pk in more if pk not in chain]
        chain |= more
        if len(chain) > MOST_CHAIN:
            raise NotPossible(_t("More than %s changes wait for each other here. Move them in parts.") % MOST_CHAIN)
    for one in chain.values():
        start, end = (_later(t, days) for t in (one.planned_start, one.planned_end))
        plan_window(one, by, start.isoformat(), end.isoformat())
    record.refresh_from_db()
    return record


def _later(at, days):
    """The same local time some days later, across a change of the clocks."""
    local = timezone.localtime(at)
    return timezone.make_aware(local.replace(tzinfo=None) + timedelta(days=days))


def _suspects(record, actor):
    return [(s.record.number, f"{s.record.number} {s.record.title}") for s in recent.about(record, actor) if s.record.kind == "change"]


def caused_by_change(record: Record, by: Actor, cause: Annotated[str, Ask(_("Change"), options=_suspects)]):
    """Confirm that a change caused it: for an incident it counts in the change's failure rate and its group's score (CM10)."""
    found = by_number(cause.strip().upper(), by)
    if found is None or found.kind != "change":
        raise ValidationError({"cause": _t("There is no change of this number that you can see.")})
    write.link(record, found, "caused_by", by, needs="change")
    return record


for kind in ("incident", "problem"):
    registry.offer(kind, label=_("Caused by a change"), needs="change.link", icon="t-change", quiet=True, after_close=True)(caused_by_change)


def _copied(record, actor):
    """What a change takes over from the record that it is raised from, as its form begins."""
    item, cause = getattr(record, "item", None), getattr(record, "root_cause", "")
    return {"title": record.title, "reason": f"{record.number} {record.title}\n\n{cause}".strip(), "items": item.number if item else ""}


def raise_change(record: Record, by: Actor, title: Annotated[str, Ask(_("What is changed"))], model: Annotated[str, Ask(_("Model"), options=lambda record, actor: _models(actor))] = "normal",
                 reason: Annotated[str, Ask(_("Why"), lines=3)] = None, items: Annotated[str, Ask(_("Items that it touches"), hint=_("Numbers or names with commas between"))] = None,
                 planned_start: Annotated[str, Ask(_("From"), kind="time")] = "", plan: Annotated[str, Ask(_("Implementation plan"), lines=4, hint=_("Empty: the model's"))] = "",
                 backout: Annotated[str, Ask(_("Back-out plan"), lines=3, hint=_("Empty: the model's"))] = ""):
    """Plan the fix as a change, with the facts of this record copied where nothing else is said; both are linked, and the result is told here."""
    chosen = next((m for m in models_for(by) if m.key == (model or "normal")), None)
    if chosen is None:
        raise ValidationError({"model": _t("Choose one of the list.")})
    copied = _copied(record, by)
    start = moment(planned_start, "planned_start") if planned_start else None
    window = {"planned_start": start, "planned_end": start + timedelta(minutes=chosen.minutes)} if start else {}
    service = record.service_id if record.service_id and by.may("service.see", record.service) else None
    touched = (copied["items"] if items is None else items).strip()
    with write.writing():
        made = write.open_record(CHANGE, by, title=title.strip()[:200], model=chosen, organisation=record.organisation_id, owner=by.id, service=service, team=record.team_id, restricted=record.restricted,
                                 reason=(copied["reason"] if reason is None else reason)[:10_000], plan=plan or chosen.plan, test_plan=chosen.test_plan,
                                 backout=backout or chosen.backout, answers=chosen.answers, **window)
        if touched:
            write.act(made, by, "affect", items=touched)
        write.link(record, made, "fixed_by", by, needs="see")
    return made


for kind in ("incident", "problem"):
    registry.offer(kind, label=_("Raise change"), needs="change.open", icon="t-change", side=True, first=_copied, when=lambda record: record.is_open)(raise_change)


def _models(actor):
    return [(m.key, f"{m.label}, {m.get_type_display()}") for m in models_for(actor)]


def models_for(actor):
    """Models that all share, and those of organisations in reach: the catalogue of standard changes is those of type standard."""
    return ours(ChangeModel.objects.filter(is_active=True), actor, None).order_by("type", "label")
