"""Raising problems, analysing them, publishing what is known, and telling those who wait."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.conversation.answers import check_filled, filled
from praxis.kernel.actors import Actor
from praxis.kernel.errors import NotPossible, Refused
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.now import now
from praxis.lib.text import whole
from praxis.records import write
from praxis.records.fields import moment
from praxis.records.models import Link, Record
from praxis.records.read import base, by_number

from . import read
from .kind import PROBLEM
from .models import Cause, Contrast, Problem

MOST = 500


def _open(record):
    return record.is_open


def _unlinked(record):
    return record.kind == "incident" and not Link.objects.filter(source=record.pk, type="problem").exists()


# -- incidents


def raise_problem(record: Record, by: Actor, title: Annotated[str, Ask(_("What is the problem"), hint=_("The cause that you suspect, or what happens again and again"))],
                  description: Annotated[str, Ask(_("Description"), lines=6)] = None):
    """A problem made of this record, with its facts copied and both linked (PRB-02)."""
    copied = read.raised_from(record)
    if copied.get("service") and not by.may("service.see", copied["service"]):
        copied.pop("service")
    if description is not None:
        copied["description"] = description.strip()
    made = write.open_record(PROBLEM, by, title=title.strip()[:200], organisation=record.organisation_id, how="incidents" if record.kind == "incident" else "other", restricted=record.restricted, **copied)
    write.link(record, made, "problem" if record.kind == "incident" else "related", by, needs="see")
    return made


for kind in ("incident", "change"):
    registry.offer(kind, label=_("Raise a problem"), needs="problem.open", icon="t-problem", after_close=True, side=True,
                   first=lambda record, actor: {"title": record.title, "description": record.description})(raise_problem)


@registry.offer("incident", label=_("Link a problem"), needs="problem.link", icon="link-2", after_close=True, many=True)
def has_problem(record: Record, by: Actor, problem: Annotated[str, Ask(_("Problem"), options=lambda record, actor: _known(record, actor))]):
    """Say which problem is behind this incident; its workaround shows here from now on."""
    found = by_number(problem.strip().upper(), by)
    if found is None or found.kind != "problem" or found.organisation_id not in (None, record.organisation_id):
        raise ValidationError({"problem": _t("There is no problem of this number that you can see.")})
    write.link(record, found, "problem", by, needs="see")
    return record


def _known(record, actor):
    """Problems of the incident's own organisation, the likeliest first."""
    known = [p for p, _near, _like in read.known_for(record, actor, 20) if p.organisation_id in (None, record.organisation_id)]
    rows = Problem.objects.visible_to(actor, "problem.see").open().filter(organisation=record.organisation_id).exclude(pk__in=[p.pk for p in known]).order_by("-updated_at")[:50]
    return [(p.number, f"{p.number} {p.title}") for p in (*known, *rows)]


@registry.offer("incident", label=_("Apply the workaround"), needs="incident.work", icon="book-marked", quiet=True, when=_open)
def apply_workaround(record: Record, by: Actor, problem: Annotated[str, Ask(_("Known error"), options=lambda record, actor: _known(record, actor))]):
    """Tell the requester the workaround, link the known error and resolve with it, in one act."""
    found = by_number(problem.strip().upper(), by)
    if found is None or found.kind != "problem" or not found.is_known or not found.workaround.strip() or found.organisation_id not in (None, record.organisation_id):
        raise ValidationError({"problem": _t("Choose a known error with a workaround.")})
    write.link(record, found, "problem", by, needs="see")
    write.act(record, by, "reply", text=found.workaround)
    record.refresh_from_db()
    return write.move(record, by, "resolve", close_code="known_error", solution=found.workaround)


@PROBLEM.action(label=_("Attach incidents"), needs="problem.link", icon="link-2", after_close=True)
def gather(record: Problem, by: Actor, incidents: Annotated[str, Ask(_("Incidents"), lines=2, hint=_("Their numbers, in any state, such as INC-1042, INC-1050"))]):
    """Attach incidents of any state; figures and cost follow at once (PM2)."""
    numbers = dict.fromkeys(n.upper() for n in incidents.replace(",", " ").split())
    if len(numbers) > MOST:
        raise ValidationError({"incidents": _t("At most %s at a time.") % MOST})
    found = []
    for number in numbers:
        one = by_number(number, by)
        if one is None or one.kind != "incident" or one.organisation_id != record.organisation_id:
            raise ValidationError({"incidents": _t("There is no incident %s here that you can see.") % number})
        found.append(one)
    made = write.link_many([(one, record, "problem") for one in found], by, needs="see") if found else 0
    if made:
        write.note(record, by, needs="problem.see", event="problem.gathered", data={"words": str(made)})
    return record


@PROBLEM.action(label=_("Tell the open incidents"), needs="problem.publish", icon="megaphone", when=_open)
def communicate(record: Problem, by: Actor, text: Annotated[str, Ask(_("What they are told"), lines=4, hint=_("Goes to every open incident that is linked"))],
                callers: Annotated[bool, Ask(_("To their callers too; else to the desk only"))] = False):
    """The same words to all linked open incidents, and to their callers if wanted, in one act (PRB-03). Closed ones are left alone."""
    told, left, waiting = 0, [], read.incidents(record).open()
    more = max(0, waiting.count() - MOST)
    for incident in waiting[:MOST]:
        if not by.may("incident.reply" if callers else "incident.notes", incident):
            left.append(incident.number)
            continue
        try:
            words = filled(text.strip(), incident, by)
            check_filled(words)
            write.act(incident, by, "reply", text=words, internal=not callers)
            told += 1
        except (Refused, ValidationError):
            left.append(incident.number)
    if not told:
        raise NotPossible(_t("No linked incident is open that you may write to."))
    words = _t("%s incidents, their callers too") % told if callers else _t("%s incidents, the desk only") % told
    write.note(record, by, needs="problem.see", event="problem.communicated", data={"words": words + (f"; {_t('not')} {', '.join(left)}" if left else "") + (f"; {_t('and not %s older ones') % more}" if more else "")})
    return record


# -- the known error


@PROBLEM.action(label=_("Write the workaround"), needs="problem.change", icon="wrench", when=lambda record: record.phase != "final")
def write_workaround(record: Problem, by: Actor, workaround: Annotated[str, Ask(_("Workaround"), lines=5, hint=_("What helps now, how long it takes, what it costs"))]):
    """What helps until the cause is removed. If the known error is published, every linked open incident shows the new words at once."""
    return write.change(record, by, needs="problem.change", event="problem.changed", workaround=workaround.strip())


@PROBLEM.action(label=_("Publish the known error"), needs="problem.publish", icon="book-marked", when=lambda record: record.known_at is None and record.phase != "final")
def publish(record: Problem, by: Actor, symptoms: Annotated[str, Ask(_("Symptoms"), lines=3, hint=_("What people see and say: this is how it is found"))],
            portal: Annotated[bool, Ask(_("Shown in the portal to those who report the same"))] = False):
    """Make it a known error: found by its item and its words at the next incident, and shown on those that are linked (PM3)."""
    if not record.workaround.strip():
        raise NotPossible(_t("Write the workaround first: a known error without one helps nobody."))
    return write.change(record, by, needs="problem.publish", event="problem.published", symptoms=symptoms.strip(), known_at=now(), in_portal=portal,
                        data={"words": _t("in the portal too") if portal else ""})


@PROBLEM.action(label=_("Take the known error back"), needs="problem.publish", icon="x", when=lambda record: record.known_at is not None, after_close=True)
def retract(record: Problem, by: Actor, why: Annotated[str, Ask(_("Reason"), lines=2)]):
    """It is no longer offered to anybody."""
    return write.change(record, by, needs="problem.publish", event="problem.retracted", known_at=None, in_portal=False, data={"words": why.strip()[:200]})


# -- the analysis


def _causes(record, actor):
    return [(str(c.pk), c.text) for c in Cause.objects.filter(problem=record.pk).order_by("pk")]


def _cause(record, pk):
    found = Cause.objects.filter(problem=record.pk, pk=whole(str(pk)) or 0).first()
    if found is None:
        raise ValidationError({"cause": _t("Choose a cause of this problem.")})
    return found


def _shown(number, by):
    if not number.strip():
        return None
    found = by_number(number.strip().upper(), by)
    if found is None:
        raise ValidationError({"shown": _t("There is no record of this number that you can see.")})
    return base(found)


def _told(record, by, words):
    write.note(record, by, needs="problem.see", event="problem.analysed", data={"words": words[:250]})
    return record


@PROBLEM.action(label=_("Add a cause"), needs="problem.change", icon="plus", when=_open)
def add_cause(record: Problem, by: Actor, text: Annotated[str, Ask(_("Cause"))], explains: Annotated[str, Ask(_("Why did this happen"), options=_causes, hint=_("Empty: a first why, or a branch of its own"))] = "",
              question: Annotated[str, Ask(_("The question"), hint=_("Such as: Why was roaming slow?"))] = "", branch: Annotated[str, Ask(_("Branch"), options=lambda r, a: Cause.BRANCHES)] = "technology",
              evidence: Annotated[str, Ask(_("Evidence"))] = "", shown: Annotated[str, Ask(_("Record that shows it"), hint=_("Its number"))] = "",
              sure: Annotated[str, Ask(_("Confidence"), options=lambda r, a: Cause.SURE)] = "open", at: Annotated[str, Ask(_("When it happened"), kind="time")] = ""):
    """One more answer to why. All ways of looking at the analysis show it: 5 whys, cause and effect, fault tree, line of time."""
    parent = _cause(record, explains) if explains else None
    write.save(Cause(problem=record), by, needs="problem.change", parent=parent, text=text.strip()[:300], question=question.strip()[:200], branch=branch or "technology",
               evidence=evidence.strip()[:300], shown=_shown(shown, by), sure=sure or "open", at=moment(at, "at") if at.strip() else None)
    return _told(record, by, text.strip())


@PROBLEM.action(label=_("Change a cause"), needs="problem.change", icon="pencil", quiet=True, when=_open)
def change_cause(record: Problem, by: Actor, cause: Annotated[str, Ask(_("Cause"), options=_causes)], text: Annotated[str, Ask(_("Words"))] = "", question: Annotated[str, Ask(_("The question"))] = "",
                 branch: Annotated[str, Ask(_("Branch"), options=lambda r, a: Cause.BRANCHES)] = "", gate: Annotated[str, Ask(_("What is below it"), options=lambda r, a: Cause.GATES)] = "",
                 evidence: Annotated[str, Ask(_("Evidence"))] = "", shown: Annotated[str, Ask(_("Record that shows it"))] = "", at: Annotated[str, Ask(_("When it happened"), kind="time")] = ""):
    """Other words, evidence, branch or time; what is left empty stays."""
    row = _cause(record, cause)
    values = {"text": text.strip(), "question": question.strip(), "branch": branch, "gate": gate, "evidence": evidence.strip(), "shown": _shown(shown, by), "at": moment(at, "at") if at.strip() else None}
    write.save(row, by, needs="problem.change", **{k: v for k, v in values.items() if v})
    return _told(record, by, row.text)


@PROBLEM.action(label=_("Judge a cause"), needs="problem.change", icon="scale", quiet=True, when=_open)
def judge_cause(record: Problem, by: Actor, cause: Annotated[str, Ask(_("Cause"), options=_causes)], sure: Annotated[str, Ask(_("Confidence"), options=lambda r, a: Cause.SURE)],
                evidence: Annotated[str, Ask(_("Evidence"), hint=_("What shows it"))] = ""):
    """Open, likely, proved or refuted; a proof needs evidence."""
    row = _cause(record, cause)
    write.save(row, by, needs="problem.change", sure=sure, **({"evidence": evidence.strip()[:300]} if evidence.strip() else {}))
    return _told(record, by, f"{row.text}: {row.get_sure_display()}")


@PROBLEM.action(label=_("Take a cause away"), needs="problem.change", icon="x", quiet=True, when=_open)
def drop_cause(record: Problem, by: Actor, cause: Annotated[str, Ask(_("Cause"), options=_causes)]):
    """Remove a cause; what it explained by is kept and moves up. Its last words stay in the log."""
    row = _cause(record, cause)
    for below in Cause.objects.filter(parent=row.pk):
        write.save(below, by, needs="problem.change", parent=row.parent)
    words = row.text
    write.remove(row, by, needs="problem.change")
    return _told(record, by, f"– {words}")


@PROBLEM.action(label=_("Add an is and is not"), needs="problem.change", icon="columns-2", quiet=True, when=_open)
def add_contrast(record: Problem, by: Actor, yes: Annotated[str, Ask(_("It is"))], aspect: Annotated[str, Ask(_("Aspect"), options=lambda r, a: Contrast.ASPECTS)] = "what",
                 no: Annotated[str, Ask(_("It is not, but could be"))] = "", difference: Annotated[str, Ask(_("What is special about it"))] = "", changed: Annotated[str, Ask(_("What changed there"))] = ""):
    """Where the fault shows and where it could but does not."""
    write.save(Contrast(problem=record), by, needs="problem.change", aspect=aspect or "what", yes=yes.strip()[:300], no=no.strip()[:300], difference=difference.strip()[:300], changed=changed.strip()[:300])
    return _told(record, by, yes.strip())


@PROBLEM.action(label=_("Take a line away"), needs="problem.change", icon="x", quiet=True, when=_open)
def drop_contrast(record: Problem, by: Actor, line: Annotated[str, Ask(_("Line"), options=lambda r, a: [(str(c.pk), c.yes) for c in Contrast.objects.filter(problem=r.pk)])]):
    """Remove a line of is and is not."""
    row = Contrast.objects.filter(problem=record.pk, pk=whole(str(line)) or 0).first()
    if row is None:
        raise ValidationError({"line": _t("Choose a line of this problem.")})
    write.remove(row, by, needs="problem.change")
    return _told(record, by, f"– {row.yes}")


# -- after it


@PROBLEM.action(label=_("Write the review"), needs="problem.change", icon="clipboard-check", when=lambda record: record.state in ("resolved", "closed"), after_close=True)
def write_review(record: Problem, by: Actor, review: Annotated[str, Ask(_("What went well, what did not, what we learned"), lines=6, hint=_("What follows is made as tasks, each with an owner and a day"))]):
    """The review of a problem (PRB-10); its actions are tasks of the problem."""
    return write.change(record, by, needs="problem.change", event="problem.reviewed", review=review.strip())


@PROBLEM.action(label=_("Check the effect"), needs="problem.change", icon="target", when=lambda record: record.state in ("resolved", "closed"), after_close=True)
def check_effect(record: Problem, by: Actor, effect: Annotated[str, Ask(_("Did it come back? What do the figures say"), lines=2)]):
    """Some time after the fix: whether it holds. The incidents since then are counted beside it."""
    since = read.incidents(record).filter(opened_at__gt=record.resolved_at).count() if record.resolved_at else 0
    return write.change(record, by, needs="problem.change", event="problem.checked", effect=effect.strip()[:300], effect_on=now().date(),
                        data={"words": _t("%s incidents since") % since})
