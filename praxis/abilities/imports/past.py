"""Rows with a past: a record that was opened, resolved or closed at times of its own enters as a history (settled 20).

It is checked by the writers like any other record, in a transaction that is undone, and then stored with its own times, so that
clocks and reports count what happened. What has ended without a time gets no clocks: nothing is known of them.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.kernel.lifecycle import Phase
from praxis.kernel.now import now
from praxis.records import write
from praxis.records.write.values import EMPTY, tracked

TIMES = {"opened_at": "Opened", "resolved_at": "Resolved", "closed_at": "Closed"}
AT_THE_END = ("close_code", "closing_category", "cause", "solution", "outcome")
OWN = {"state", "opened_at", "resolved_at", "closed_at"}


def make(kind, actor, given, times, state, priority, reference):
    """The stored record of a row; `times` are those of TIMES that the row has, `state` the name of the wanted one or ""."""
    opened, resolved, closed = _checked(kind, times, state)
    values, custom, home = _tried(kind, actor, given)
    if priority and priority != values.get("priority"):
        values |= {"priority": priority} | ({"priority_reason": str(_("As imported"))} if "priority_reason" in tracked(kind.model) else {})
    ends = [(at, s) for at, s in ((resolved, _of_phase(kind, Phase.DONE, state)), (closed, _of_phase(kind, Phase.FINAL, state))) if at and s]
    late = {n: values.pop(n) for n in AT_THE_END if ends and n in values}
    steps = [write.Happening(opened, actor, values, custom=custom, data={"import": True})]
    for n, (at, name) in enumerate(ends):
        stamps = {"resolved_at": resolved} if n == 0 and resolved else {}
        stamps |= {"closed_at": closed} if at is closed and "closed_at" in tracked(kind.model) else {}
        steps.append(write.Happening(at, actor, {"state": name, **stamps, **(late if n == 0 else {})}, data={"import": True}))
    if not ends and state and state != kind.lifecycle.first.name:
        steps.append(write.Happening(now(), actor, {"state": state}, data={"import": True}))
    return write.replay([write.History(kind, home, steps, external_ref=reference)])[0]


def _checked(kind, times, state):
    """(opened, resolved or None, closed or None) in their order; ValidationError names what does not fit."""
    at = now()
    opened, resolved, closed = (times.get(n) for n in TIMES)
    phase = kind.lifecycle.states[state].phase if state else None
    if not opened and (resolved or closed):
        raise ValidationError({"opened_at": _("Say when it was opened.")})
    for name, moment in times.items():
        if moment > at:
            raise ValidationError({name: _("This lies in the future.")})
    if resolved and resolved < opened:
        raise ValidationError({"resolved_at": _("It was resolved before it was opened.")})
    if closed and closed < (resolved or opened):
        raise ValidationError({"closed_at": _("It was closed before that.")})
    if phase in (Phase.OPEN, Phase.PAUSED) and (resolved or closed):
        raise ValidationError({"state": _("It has an end, and its state says that it is open.")})
    if phase == Phase.DONE and closed:
        raise ValidationError({"state": _("It has a time of closing, and its state says that it is not closed.")})
    if phase == Phase.FINAL and resolved and not closed:
        closed = resolved
    return opened or at, resolved, closed


def _of_phase(kind, phase, state):
    """The wanted state if it is of this phase, else the kind's first of it, or ""."""
    if state and kind.lifecycle.states[state].phase == phase:
        return state
    return next((n for n, s in kind.lifecycle.states.items() if s.phase == phase), "")


def _tried(kind, actor, given):
    """(values, added fields, organisation) of the record as the writers would open it; nothing of it stays."""
    with write.trial():
        record = write.open_record(kind, actor, **given)
    values = {n: v for n in tracked(kind.model) if n not in OWN and (v := getattr(record, n)) not in EMPTY}
    return values, dict(record.custom), record.organisation_id
