"""Saved answers: texts with gaps that a record fills. A message whose gaps are still open is not sent (L1-12)."""

import re

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils.translation import gettext as _

from praxis.records.fields import ours

from .models import GAPS, Answer

GAP = re.compile(r"\{\{\s*([a-z_.]{1,40})\s*\}\}")
MOST = 60


def _values(record, by):
    """{gap: the words for it, "" where the record has none}; columns only, no walk along attributes (T-D8)."""
    def of(row, name):
        return str(getattr(row, name)) if row else ""

    return {
        "number": record.number, "title": record.title, "state": str(record.stage.label), "priority": record.get_priority_display(),
        "requester.name": of(record.requester, "name"), "requester.first_name": of(record.requester, "first_name"),
        "owner.name": of(record.owner, "name"), "team": of(record.team, "name"), "service": of(record.service, "title"),
        "me.name": by.name, "me.first_name": by.name.split(" ")[0],
    }


def filled(text, record, by):
    """The text with the words of this record; a gap for which it has none stays as it is written."""
    known = _values(record, by)
    return GAP.sub(lambda m: known.get(m[1]) or m[0], text)


def check_filled(text):
    """ValidationError if a gap is still open in what is about to be sent."""
    if left := list(dict.fromkeys(m[0] for m in GAP.finditer(text) if m[1] in GAPS)):
        raise ValidationError({"text": _("Nothing was sent: fill in or delete %s first.") % ", ".join(left)})


def _fitting(record, by):
    return ours(Answer.objects.filter(Q(team=None) | Q(team__in=by.teams), is_active=True), by, record)


def answers_for(record, by, typed=""):
    """[(answer, its text filled)] that fit the record and its reader, those of a folder together; each word typed must be in them."""
    found = _fitting(record, by)
    for word in typed.split():
        found = found.filter(Q(name__icontains=word) | Q(shortcut__icontains=word) | Q(folder__icontains=word) | Q(text__icontains=word))
    return [(row, filled(row.text, record, by)) for row in found.order_by("folder", "name")[:MOST]]


def used(pk, record, by):
    """Counts an answer that was sent. A figure for its keepers and no configuration, so it makes no version and no event."""
    _fitting(record, by).filter(pk=pk).update(uses=F("uses") + 1)
