"""Keeps the clocks of a record up to date with its events, and explains them."""

from datetime import datetime

from praxis.kernel.lifecycle import Phase
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.lib.clock import Segment, clock, reach, shares, spans, spells
from praxis.lib.conditions import Group

from .models import Clock, Timing
from .policy import LEVELS, policy

WATCHED = ("state", "priority", "hold_reason", "service", "owner", "team")
FORM = 3  # of the facts below; a stored life of an older form is folded anew
INNER = ("accept", "work")  # promises between groups: they do not lead the list


def has_clocks(record):
    """Whether any promise exists for records of this kind; most kinds have none."""
    return any(kind == record.kind for _, kind in policy().sets)


def facts_of(record):
    """The facts of a record that a clock can depend on, but for the answers to its requester."""
    found = {name: getattr(record, name) for name in ("state", "priority")}
    found["service"], found["team"], found["owned"] = record.service_id, record.team_id, record.owner_id is not None
    found["hold_reason"] = getattr(record, "hold_reason", "")
    found["resolved"] = record.phase in (Phase.DONE, Phase.FINAL)
    for name in policy().dates:
        value = getattr(record, name, None)
        found[name] = value.isoformat() if value else None
    return found


def is_response(event, requester):
    """A public reply by anybody but the requester ends the wait for the first response."""
    return event.name == "conversation.replied" and event.actor_id != requester


def _latched(new, last, answered, event):
    """The facts that follow from the event: what, once true, stays true, the number of answers, whether others block it."""
    if event.name == "record.blocked" or last.get("blocked") and event.name != "record.released":
        new["blocked"] = "yes"
    else:
        new.pop("blocked", None)
    new["responded"] = last.get("responded", False) or new.get("resolved", False) or answered
    new["taken"] = bool(new.get("owned") or new.get("resolved"))
    new["assigned"] = last.get("assigned", False) or new["taken"]
    new["answers"] = last.get("answers", 0) + answered
    return new


def fold(events, record):
    """Segments of a record's whole life from its events; the same as following them one by one."""
    states, dates = record.type.lifecycle.states, policy().dates
    facts, segments = {"hold_reason": "", "service": None, "team": None, "owned": False, **dict.fromkeys(dates)}, []
    for event in events:
        new = dict(facts)
        for name in (*WATCHED, *dates):
            if name in event.changes:
                new["owned" if name == "owner" else name] = event.changes[name][1]
        new["owned"] = new["owned"] not in (None, False)
        if "state" in new:
            new["resolved"] = states[new["state"]].phase in (Phase.DONE, Phase.FINAL)
        new = _latched(new, facts, is_response(event, record.requester_id), event)
        if new != facts or not segments:
            start = max(event.at, segments[-1].start) if segments else record.opened_at  # imported logs may step back
            segments.append(Segment(start, new))
            facts = new
    return segments


def packed(segments):
    return [[s.start.isoformat(), s.facts] for s in segments]


def unpacked(rows):
    return [Segment(datetime.fromisoformat(at), facts) for at, facts in rows]


def life(record, timing=None):
    """The stored segments of a record, folded anew where they are missing or of an older form."""
    timing = timing or Timing.objects.filter(pk=record.pk).first()
    if timing and timing.form == FORM:
        return unpacked(timing.segments)
    return fold(events_of([record.pk])[record.pk], record)


def events_of(ids):
    """{record id: its events in order}; one query."""
    found = {pk: [] for pk in ids}
    for event in Event.objects.filter(subject__in=ids).order_by("id").only("subject", "at", "name", "changes", "actor_id"):
        found[event.subject].append(event)
    return found


def extend(segments, record, event):
    """`segments` with what this event adds, or None when it adds nothing."""
    last = segments[-1].facts if segments else {}
    new = _latched(facts_of(record), last, is_response(event, record.requester_id), event)
    return None if segments and new == last else [*segments, Segment(event.at, new)]


def readings(record, segments, at=None, rules=None, last=0):
    """The Readings of a record with these segments: one a promise, and one a spell of those that are cut (the `last` ones)."""
    service, at = segments[-1].facts.get("service"), at or now()
    targets = (rules or policy()).targets(record.kind, record.organisation_id, service, segments[0].start)
    return [*clock(segments, targets, at).values(), *spells(segments, targets, at, last)]


def due_at(found):
    """The next instant at which a running promise to the requester is due; None when nothing runs."""
    return min((r.due_at for r in found if r.due_at and not r.stopped_at and r.target.metric not in INNER), default=None)


def levels_of(set_key, organisation):
    """{percent: what is done} of a target set, or of everybody."""
    own = policy().levels.get(set_key) or LEVELS(organisation)
    return {int(p): steps for p, steps in own.items()}


def name_of(reading):
    return f"{reading.target.metric}:{reading.spell}"


def next_level(reading, levels, warned, at):
    """(percent, instant) of the next level that a running clock reaches if nothing changes, or None."""
    left = sorted(p for p in levels if p > warned)
    if not left or reading.stopped_at or reading.state == "paused":
        return None
    length = reading.target.length
    if reading.state == "missed" and reading.due_at is None:
        return None
    passed = [p for p in left if reading.elapsed >= length * p / 100]
    if passed:
        return passed[-1], at
    upcoming = reach(reading.target.calendar, max(at, reading.started_at), length * left[0] / 100 - reading.elapsed)
    return upcoming and (left[0], upcoming)


def rows(record, found, at, warned=None):
    """The rows to store of readings; `warned` is None for histories from elsewhere, which raise nothing."""
    made = []
    for r in found:
        row = Clock(record_id=record.pk, metric=r.target.metric, spell=r.spell, team_id=r.value if r.target.each == "team" else None,
                    label=r.target.label[:120], target_s=_seconds(r.target.length), started_at=r.started_at, due_at=r.due_at,
                    stopped_at=r.stopped_at, elapsed_s=_seconds(r.elapsed), state=r.state, at=at)
        if warned is not None and not r.stopped_at:
            level = next_level(r, levels_of(r.target.set_key, record.organisation_id), warned.get(name_of(r), 0), at)
            row.warn_at = level and level[1]
        made.append(row)
    return made


LONGEST = 2**31 - 1  # seconds that a column holds, 68 years: a promise until a date far away lasts for good


def _seconds(length):
    return min(LONGEST, int(length.total_seconds()))


COLUMNS = ["team", "label", "target_s", "started_at", "due_at", "stopped_at", "elapsed_s", "state", "at", "warn_at"]


def store(record, segments, found, at, new, warned, gone=False):
    """Write the cache of segments and the rows of the clocks: two statements, and one more where promises may have ceased."""
    if new:
        Timing.objects.bulk_create([Timing(record_id=record.pk, segments=packed(segments), form=FORM)])
    else:
        Timing.objects.filter(pk=record.pk).update(segments=packed(segments), form=FORM)
    if gone:
        kept = {(r.target.metric, r.spell) for r in found}
        running = Clock.objects.filter(record=record.pk, stopped_at=None).values_list("pk", "metric", "spell")
        Clock.objects.filter(pk__in=[pk for pk, metric, spell in running if (metric, spell) not in kept]).delete()
    Clock.objects.bulk_create(rows(record, found, at, warned), update_conflicts=True, unique_fields=["record", "metric", "spell"],
                              update_fields=COLUMNS)


def explain(record):
    """[(Reading, [Span])] at this moment, recomputed from the events by the function that keeps the clocks (SLM-08)."""
    segments = fold(events_of([record.pk])[record.pk], record)
    if not segments:
        return []
    at = now()
    return [(r, spans(segments, r.target, at) if not r.target.each else []) for r in readings(record, segments, at)]


def turns_of(record):
    """[(team id, start, end, time)] of the turns of the groups, with pauses as the record's resolution promise has them."""
    segments = life(record)
    return shares(segments, pauses_of(record, segments), "resolved", now()) if segments else []


def pauses_of(record, segments):
    """The Condition under which the record's clocks stand: that of its promise to resolve."""
    targets = policy().targets(record.kind, record.organisation_id, segments[-1].facts.get("service"), segments[0].start)
    return next((t.pauses for t in targets if t.metric == "resolve"), Group("any"))
