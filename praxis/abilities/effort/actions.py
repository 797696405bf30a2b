"""Writing down time: as text such as 45m or 1h 30m, or by a clock that runs; shared over several records."""

import re
from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.now import now
from praxis.lib.shares import split
from praxis.lib.spans import short
from praxis.records import write
from praxis.records.models import Record
from praxis.records.read import base, by_number

from .models import Effort, Timer

MOST = 24 * 60
_TEXT = re.compile(r"(?:([0-9]{1,2})\s*h)?\s*(?:([0-9]{1,4})\s*m?)?")


def minutes_of(text):
    """Minutes of 45m, 1h, 1h 30m or 90; ValidationError for anything else, for nothing and for more than a day."""
    match = _TEXT.fullmatch(text.strip().lower())
    minutes = match and int(match[1] or 0) * 60 + int(match[2] or 0)
    if not minutes or minutes > MOST:
        raise ValidationError({"time": _t("Write a time such as 45m or 1h 30m, at most a day.")})
    return minutes


def spend(record, by, minutes, note, also=""):
    """Minutes on a record, shared in equal parts with the records of these numbers; whole minutes that sum to all of it."""
    records = [record]
    for number in dict.fromkeys(n.upper() for n in also.replace(",", " ").split()):
        other = by_number(number, by)
        if other is None or not by.may("effort.log", other):
            raise ValidationError({"also": _t("There is no record %s that you can see.") % number})
        if other.pk != record.pk:
            records.append(other)
    if len(records) > minutes:
        raise ValidationError({"also": _t("Less than a minute for each.")})
    day = timezone.localtime(now()).date()
    for one, part in zip(records, split(minutes, [1] * len(records))):
        Effort.objects.create(record=base(one), person_id=by.id, minutes=part, day=day, note=note.strip()[:200])
        write.note(one, by, needs="effort.log", event="effort.logged", data={"minutes": part, "words": f"{short(part * 60)} {note}".strip()[:200]})
    return record


@registry.offer("*", label=_("Time spent"), needs="effort.log", icon="clock", after_close=True, when=lambda record: True)
def log_time(record: Record, by: Actor, time: Annotated[str, Ask(_("Time"), hint=_("45m, or 1h 30m"))],
             note: Annotated[str, Ask(_("What for"))] = "",
             also: Annotated[str, Ask(_("Shared with"), hint=_("Numbers of other records: each gets an equal part"))] = ""):
    """Time that you spent on this record."""
    if by.id is None:
        raise NotPossible(_t("Time is spent by people."))
    return spend(record, by, minutes_of(time), note, also)


@registry.offer("*", label=_("Start the clock"), needs="effort.log", icon="play", quiet=True, when=lambda record: record.is_open)
def start_clock(record: Record, by: Actor):
    """Let a clock of your own run on this record; one that runs elsewhere is stopped and its time written down there."""
    running = Timer.objects.select_related("record").filter(person=by.id).first()
    if running and running.record_id == record.pk:
        return record
    if running:
        _stop(running, by, "")
    Timer.objects.create(person_id=by.id, record=base(record), started_at=now())
    write.note(record, by, needs="effort.log", event="effort.started")
    return record


@registry.offer("*", label=_("Stop the clock"), needs="effort.log", icon="pause", quiet=True, after_close=True)
def stop_clock(record: Record, by: Actor, note: Annotated[str, Ask(_("What for"))] = ""):
    """Write down what your clock counted on this record."""
    running = Timer.objects.select_related("record").filter(person=by.id, record=record.pk).first()
    if running is None:
        raise NotPossible(_t("No clock of yours runs on this record."))
    _stop(running, by, note)
    return record


def _stop(running, by, note):
    minutes = min(MOST, max(1, round((now() - running.started_at).total_seconds() / 60)))
    Timer.objects.filter(person=running.person_id).delete()
    spend(running.record.type.model.objects.get(pk=running.record_id), by, minutes, note)
