"""What is done with an asset beyond its moves."""

from datetime import date
from typing import Annotated

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.cmdb.models import Item
from praxis.kernel.actors import Actor
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.now import now
from praxis.lib.text import whole
from praxis.people.models import Person
from praxis.records import write

from .kind import ASSET
from .lifecycle import reserved
from .models import Asset, Product

LONGEST = 3650  # days that something is lent or reserved for


def day_of(text, name):
    """A day to come, as a form or REST writes it."""
    try:
        found = date.fromisoformat(str(text).strip()[:10])
    except ValueError:
        raise ValidationError({name: _t("Write a day such as 2026-11-30.")}) from None
    if not 0 <= (found - timezone.localdate(now())).days <= LONGEST:
        raise ValidationError({name: _t("Write a day from today on, within ten years.")})
    return found


def _person(record, key, name):
    found = Person.objects.filter(organisation=record.organisation_id, is_active=True, pk=whole(str(key)) or 0).first()
    if found is None:
        raise ValidationError({name: _t("Choose one of the list: this one does not exist or is not yours to use.")})
    return found


def holders(record, actor):
    """People of the asset's organisation, as choices."""
    return [(str(p.pk), p.name) for p in Person.objects.filter(organisation=record.organisation_id, is_active=True).order_by("name")[:500]]


@ASSET.action(label=_("Pass on"), needs="asset.issue", icon="hand", when=lambda record: record.state == "in_use")
def pass_on(record: Asset, by: Actor, to: Annotated[str, Ask(_("To"), options=holders)], because: Annotated[str, Ask(_("Reason"))]):
    """Another person has it from now on; it did not lie in a stockroom between."""
    person = _person(record, to, "to")
    if person.pk == record.requester_id:
        raise ValidationError({"to": _t("This person has it already.")})
    return write.change(record, by, needs="asset.issue", event="asset.passed", requester=person, loan_until=None, received_at=None, because=because.strip()[:200],
                        data={"words": f"{person.name}, {because.strip()[:120]}", "tell": [person.pk]})


@ASSET.action(label=_("Lend longer"), needs="asset.issue", icon="calendar-clock", when=lambda record: record.state == "in_use" and record.loan_until is not None)
def extend(record: Asset, by: Actor, until: Annotated[str, Ask(_("Until"), kind="date")]):
    """A loan ends later."""
    day = day_of(until, "until")
    return write.change(record, by, needs="asset.issue", event="asset.extended", loan_until=day, data={"words": _t("until %s") % day})


@ASSET.action(label=_("Reserve"), needs="asset.issue", icon="lock", when=lambda record: record.state == "in_stock" and not reserved(record))
def reserve(record: Asset, by: Actor, person: Annotated[str, Ask(_("For"), options=holders)], until: Annotated[str, Ask(_("Until"), kind="date", hint=_("Empty: until it is taken away"))] = "",
            because: Annotated[str, Ask(_("Reason"))] = ""):
    """Nobody else gets it until then."""
    write.hold(record)
    if reserved(record):
        raise NotPossible(_t("It is reserved for %s.") % record.reserved_for)
    who, day = _person(record, person, "person"), day_of(until, "until") if until else None
    return write.change(record, by, needs="asset.issue", event="asset.reserved", reserved_for=who, reserved_until=day, substate="reserved",
                        data={"words": ", ".join(filter(None, (who.name, day and _t("until %s") % day, because.strip()[:120])))})


@ASSET.action(label=_("Take the reservation away"), needs="asset.issue", icon="x", when=lambda record: record.reserved_for_id is not None)
def unreserve(record: Asset, by: Actor):
    """Anybody may have it again."""
    return write.change(record, by, needs="asset.issue", event="asset.unreserved", reserved_for=None, reserved_until=None, substate="available" if record.substate == "reserved" else record.substate,
                        data={"words": ""})


@ASSET.action(label=_("I have it"), needs="asset.confirm", icon="check", when=lambda record: record.state == "in_use" and record.received_at is None and record.requester_id is not None,
              meant=lambda record, actor: record.requester_id == actor.id)
def confirm(record: Asset, by: Actor):
    """The person who has it says so; the receipt is kept with the moment, and who signed in."""
    return write.change(record, by, needs="asset.confirm", event="asset.confirmed", received_at=now(), data={"words": record.tag or record.number})


def product_for(item):
    """The model that an item's maker and product name, if it is kept."""
    rows = Product.objects.filter(Q(organisation=item.organisation_id) | Q(organisation=None), is_active=True, name__iexact=item.product)
    return rows.filter(maker__iexact=item.maker).first() or (rows.first() if not item.maker and rows.count() == 1 else None) if item.product else None


@registry.offer("item", label=_("Register as an asset"), needs="asset.open", icon="laptop", when=lambda record: not Asset.objects.filter(item=record.pk).exists())
def as_asset(record: Item, by: Actor, tag: Annotated[str, Ask(_("Asset tag"), hint=_("Empty: the next one"))] = ""):
    """What it costs, who has it: the asset beside this item, with its name, serial number and model."""
    return write.open_record(ASSET, by, title=record.title, organisation=record.organisation_id, item=record, product=product_for(record), serial=record.serial, site=record.site, place=record.place,
                             owner=record.owner, team=record.team, **({"tag": tag.strip()} if tag.strip() else {}))
