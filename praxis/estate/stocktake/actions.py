"""Counting: by a scanner that types, a phone's camera, REST or a table (AC5)."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.asset import counter
from praxis.kernel.actors import Actor
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import Ask
from praxis.records import write

from .kind import STOCKTAKE
from .models import Count, Stocktake

MOST = 2000


def seen(record, by, texts):
    """Write down what was seen, each thing once; returns counter.Lines that say what became of each. The caller holds the record."""
    out, new = [], []
    for text in texts:
        asset, words = None, ""
        try:
            asset = counter.find(text, by)
            if asset.organisation_id != record.organisation_id:
                raise ValidationError(_t("%s belongs to another organisation.") % text[:60])
        except ValidationError as problem:
            asset, words = None, " ".join(problem.messages)
        mine = Count.objects.filter(stocktake=record.pk)
        before = (mine.filter(asset=asset.pk) if asset else mine.filter(asset=None, text=text[:120])).select_related("person").first()
        if before is not None:
            told = {"who": before.person.name if before.person_id else _t("somebody"), "at": f"{timezone.localtime(before.at):%H:%M}"}
            out.append(counter.Line(text, asset, False, _t("Counted already, by %(who)s at %(at)s.") % told, again=True))
            continue
        write.save(Count(), by, stocktake=record, asset=asset, text=text[:120], person_id=by.id)
        new.append(text)
        out.append(counter.Line(text, asset, asset is not None, words or _t("Counted")))
    if new:
        write.note(record, by, needs="stocktake.count", event="stocktake.counted", data={"words": _t("%s things") % len(new) if len(new) > 1 else new[0][:120]})
    return out


def lines_of(text):
    """The tags of a text, one a line."""
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if not found or len(found) > MOST:
        raise ValidationError({"tags": _t("Write from one tag to %s, each on a line of its own.") % MOST})
    return found


@STOCKTAKE.action(label=_("Count"), needs="stocktake.count", icon="scan-barcode", when=lambda record: record.state == "counting")
def scan(record: Stocktake, by: Actor, tags: Annotated[str, Ask(_("Tags"), lines=6, hint=_("One a line: tags, numbers such as AST-1042, or serial numbers"))]):
    """Write down what is there. One that was counted before is said, and counts once."""
    write.hold(record)
    if record.state != "counting":
        raise NotPossible(_t("%s is no longer being counted.") % record.number)
    out = seen(record, by, lines_of(tags))
    if all(line.again for line in out):
        raise ValidationError({"tags": "; ".join(f"{line.text}: {line.words}" for line in out[:5])})
    return record
