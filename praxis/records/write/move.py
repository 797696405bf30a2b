from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.kernel.errors import NotPossible
from praxis.kernel.lifecycle import Phase
from praxis.kernel.now import now

from ..overlays import fitted, reason
from .change import change
from .gate import hold, writing

_gates: list = []
_ends: list = []


def until_done(run):
    """Decorator: `run(record) -> reason or ""`, asked before a record is finished: what else has to be done first."""
    _gates.append(run)
    return run


def until_closed(run):
    """Decorator: `run(record) -> reason or ""`, asked before a record that is done is closed for good: what has to be written first."""
    _ends.append(run)
    return run


def why_not_closed(record):
    """What has to be written before the record can be closed for good, or ""."""
    return next((why for run in _ends if (why := run(record))), "")


def _empty(value):
    return str("" if value is None else value).strip() == ""


@writing()
def move(record, by, name, **values):
    """Make the named move of the lifecycle, with exactly the columns that it asks for.

    Raises NotPossible when the state or the guard does not allow it, Forbidden, or ValidationError.
    """
    step = record.type.lifecycle.moves.get(name)
    if step is None:
        raise NotPossible(_("%(kind)s has no step %(name)s.") % {"kind": record.type.label, "name": name})
    own, step = step, fitted(record, step)
    if step is None:
        raise NotPossible(_("“%(step)s” is not possible for %(number)s.") % {"step": own.label, "number": record.number})
    if step.then or step.guard:
        hold(record)  # of two who press at once the second is judged by what the first did: no guard is passed by, nothing follows twice
    if record.stage not in step.sources:
        raise NotPossible(_("%(number)s is %(state)s, so “%(step)s” is not possible now.") % {
            "number": record.number, "state": str(record.stage.label).lower(), "step": step.label})
    if extra := set(values) - set(step.ask):
        raise ValidationError({"__all__": _("%(step)s does not take %(fields)s.") % {
            "step": step.label, "fields": ", ".join(sorted(extra))}})
    if missing := [f for f in step.ask if f not in step.optional and _empty(values.get(f, getattr(record, f, None) if f not in own.ask else None))]:
        raise ValidationError({f: _("This field is needed.") for f in missing})
    if why := step.guard and step.guard(record) or reason(record, step):
        raise NotPossible(why)
    if step.to.phase == Phase.DONE and record.is_open and (why := next((r for run in _gates if (r := run(record))), "")):
        raise NotPossible(why)
    if step.to.phase == Phase.FINAL and record.phase == Phase.DONE and (why := why_not_closed(record)):
        raise NotPossible(why)
    more = step.sets(record, now(), by) if step.sets else {}
    more = {n: v for n, v in more.items() if _empty(values.get(n))}  # what was given wins over what would be set
    change(record, by, needs=step.needs, event=f"{record.kind}.moved", data={"move": name}, seen=record.version, state=step.to.name, **values | more)
    if step.then:
        step.then(record, by)
    return record
