from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor
from praxis.kernel.errors import NotPossible, Refused
from praxis.kernel.kinds import Ask, registry
from praxis.lib.text import whole
from praxis.records import write
from praxis.records.models import Link, Record
from praxis.records.read import by_number
from praxis.records.relating import types

from .cascades import cascades, following

MOST = 100


def _types(record, actor):
    return [(t.key, t.forward) for t in types().values()]


@registry.offer("*", label=_("Link"), needs="*.link", icon="link-2", hotkey="L", after_close=True)
def link(record: Record, by: Actor, to: Annotated[str, Ask(_("Record"), kind="record", hint=_("Its number, such as INC-1042"))],
         type: Annotated[str, Ask(_("How"), options=_types)] = "related"):
    """Relate this record to another that you can see."""
    other = by_number(to.strip().upper(), by)
    if other is None:
        raise ValidationError({"to": _t("There is no record of this number that you can see.")})
    write.link(record, other, type, by)
    return record


def _others(record, actor):
    rows = Link.objects.filter(source=record.pk).select_related("target").order_by("-id")[:MOST]
    known = types()
    return [(str(one.pk), f"{known[one.type].forward if one.type in known else one.type} {one.target.number}") for one in rows if actor.may(f"{one.target.kind}.see", one.target)]


@registry.offer("*", label=_("Take a link away"), needs="*.link", icon="x", after_close=True, quiet=True)
def unlink(record: Record, by: Actor, link: Annotated[str, Ask(_("Link"), options=_others)]):
    """Take away a relation that starts at this record."""
    row = Link.objects.filter(source=record.pk, pk=whole(link)).select_related("target").first()
    other = row and by_number(row.target.number, by)
    if other is None:
        raise ValidationError({"link": _t("There is no such link.")})
    write.unlink(record, other, row.type, by)
    return record


@registry.offer("*", label=_("Let the others follow"), needs="*.see", icon="split", quiet=True, after_close=True, when=lambda record: record.kind in cascades)
def follow(record: Record, by: Actor, numbers: Annotated[str, Ask(_("Records"), lines=2, hint=_("The numbers of those that follow; each is judged by itself"))]):
    """Make the moves that follow on linked records, of those that were shown and are named here. What cannot follow is told and stays as it is."""
    wanted = dict.fromkeys(n.upper() for n in numbers.replace(",", " ").split())
    open_ones = {f.record.number: f for _one, steps in following(record, by) for f in steps}
    if unknown := [n for n in wanted if n not in open_ones]:
        raise ValidationError({"numbers": _t("%s does not follow from this one.") % ", ".join(unknown)})
    done, left = [], []
    for number in wanted:
        step = open_ones[number]
        try:
            with write.writing():
                write.move(step.record, by, step.move, **step.values)
            done.append(number)
        except (Refused, ValidationError) as problem:
            left.append(f"{number}: {' '.join(getattr(problem, 'messages', [str(problem)]))}")
    if not done:
        raise NotPossible("; ".join(left) or _t("Nothing follows."))
    words = ", ".join(done) + (f"; {_t('not')} {'; '.join(left)}" if left else "")
    write.note(record, by, needs=f"{record.kind}.see", event="record.followed", data={"words": words[:300]})
    return record
