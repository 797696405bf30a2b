"""Taking, delivering, moving and counting consumables. Whoever comes first holds the record, so that nobody takes what another one has taken."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from praxis.kernel.actors import Actor
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import Ask
from praxis.lib.text import whole
from praxis.records import write
from praxis.records.read import by_number

from .kind import CONSUMABLE
from .models import Consumable, Stock, Stockroom

MOST = 1_000_000


def rooms(record, actor):
    """Stockrooms of the record's organisation, as choices."""
    return [(str(r.pk), r.name) for r in Stockroom.objects.filter(organisation=record.organisation_id, is_active=True).order_by("name")]


def _filled(record, actor):
    """Stockrooms in which there is some of it, with how many."""
    rows = Stock.objects.filter(consumable=record.pk, quantity__gt=0).select_related("stockroom").order_by("stockroom__name")
    return [(str(s.stockroom_id), f"{s.stockroom.name}, {s.quantity}") for s in rows]


def _kept(record):
    return record.state == "kept"


def _room(record, text, name):
    found = Stockroom.objects.filter(organisation=record.organisation_id, pk=whole(str(text)) or 0).first() or Stockroom.objects.filter(organisation=record.organisation_id, name__iexact=str(text).strip()).first()
    if found is None:
        raise ValidationError({name: _t("Choose a stockroom of the list.")})
    return found


def _number(text, least=1):
    found = whole(str(text).strip())
    if found is None or not least <= found <= MOST:
        raise ValidationError({"quantity": _t("Write a number from %(least)s to %(most)s.") % {"least": least, "most": f"{MOST:,}"}})
    return found


def _put(record, by, room, difference):
    """Change what lies in a stockroom of a held record; refuses to go below nothing. Returns how many lie there now."""
    row = Stock.objects.filter(consumable=record.pk, stockroom=room.pk).first() or Stock(consumable=record, stockroom=room)
    left = row.quantity + difference
    if left < 0:
        raise NotPossible(ngettext("Only %(num)s is in %(room)s.", "Only %(num)s are in %(room)s.", row.quantity) % {"num": row.quantity, "room": room.name}
                          if row.quantity else _t("There are none in %s.") % room.name)
    write.save(row, by, quantity=left)
    return left


def _tell(record, by, event, difference, words):
    """One event with what is on hand now; whoever answers for it hears once when it falls below its minimum."""
    was = record.short
    if difference:
        write.change(record, by, needs="consumable.take", event=f"consumable.{event}", on_hand=record.on_hand + difference, data={"words": words})
    else:
        write.note(record, by, needs="consumable.take", event=f"consumable.{event}", data={"words": words})
    if record.short and not was:
        write.note(record, by, needs="consumable.take", event="consumable.short", data={
            "words": _t("%(n)s are left, %(minimum)s should be there") % {"n": record.on_hand, "minimum": record.minimum}, "tell": [record.owner_id] if record.owner_id else []})
    return record


@CONSUMABLE.action(label=_("Take"), needs="consumable.take", icon="minus", when=_kept)
def take(record: Consumable, by: Actor, stockroom: Annotated[str, Ask(_("From"), options=_filled)], quantity: Annotated[int, Ask(_("How many"))] = 1,
         why: Annotated[str, Ask(_("For whom or what"), hint=_("A name, or the number of a record such as INC-1042"))] = ""):
    """Take some out of a stockroom. Refused when there are not enough."""
    write.hold(record)
    room, n = _room(record, stockroom, "stockroom"), _number(quantity)
    left = _put(record, by, room, -n)
    other = by_number(why.strip().upper(), by) if why else None
    _tell(record, by, "taken", -n, _t("%(n)s from %(room)s (%(left)s left)%(why)s") % {"n": n, "room": room.name, "left": left, "why": f", {why.strip()[:120]}" if why.strip() else ""})
    if other is not None and other.pk != record.pk:
        write.link(record, other, "related", by, needs="take")
    return record


@CONSUMABLE.action(label=_("Put in"), needs="consumable.take", icon="plus", when=_kept)
def deliver(record: Consumable, by: Actor, stockroom: Annotated[str, Ask(_("Into"), options=rooms)], quantity: Annotated[int, Ask(_("How many"))],
            why: Annotated[str, Ask(_("From"), hint=_("A delivery note or an order"))] = ""):
    """Put what was delivered, or given back, into a stockroom."""
    write.hold(record)
    room, n = _room(record, stockroom, "stockroom"), _number(quantity)
    if record.on_hand + n > MOST:
        raise ValidationError({"quantity": _t("At most %s in all.") % f"{MOST:,}"})
    left = _put(record, by, room, n)
    return _tell(record, by, "delivered", n, _t("%(n)s into %(room)s (%(left)s there)%(why)s") % {"n": n, "room": room.name, "left": left, "why": f", {why.strip()[:120]}" if why.strip() else ""})


@CONSUMABLE.action(label=_("Carry over"), needs="consumable.take", icon="truck", when=lambda record: record.on_hand > 0)
def carry(record: Consumable, by: Actor, stockroom: Annotated[str, Ask(_("From"), options=_filled)], to: Annotated[str, Ask(_("To"), options=rooms)], quantity: Annotated[int, Ask(_("How many"))]):
    """Move some from one stockroom to another."""
    write.hold(record)
    source, target, n = _room(record, stockroom, "stockroom"), _room(record, to, "to"), _number(quantity)
    if source.pk == target.pk:
        raise ValidationError({"to": _t("Choose another stockroom.")})
    _put(record, by, source, -n)
    _put(record, by, target, n)
    return _tell(record, by, "carried", 0, _t("%(n)s from %(a)s to %(b)s") % {"n": n, "a": source.name, "b": target.name})


@CONSUMABLE.action(label=_("Count"), needs="consumable.change", icon="clipboard-check", when=_kept)
def recount(record: Consumable, by: Actor, stockroom: Annotated[str, Ask(_("Where"), options=rooms)], quantity: Annotated[int, Ask(_("How many are there"))], why: Annotated[str, Ask(_("Why it differs"))] = ""):
    """Write down what really lies there; the difference is kept with its reason."""
    write.hold(record)
    room, n = _room(record, stockroom, "stockroom"), _number(quantity, 0)
    row = Stock.objects.filter(consumable=record.pk, stockroom=room.pk).first()
    was = row.quantity if row else 0
    if n != was:
        _put(record, by, room, n - was)
    return _tell(record, by, "counted", n - was, _t("%(n)s in %(room)s instead of %(was)s%(why)s") % {"n": n, "room": room.name, "was": was, "why": f", {why.strip()[:120]}" if why.strip() else ""})
