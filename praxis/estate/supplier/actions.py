"""What is done with a contract beyond its moves."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor
from praxis.kernel.kinds import Ask
from praxis.records import write
from praxis.records.models import Link
from praxis.records.read import by_number

from .kind import CONTRACT
from .models import Contract

COVERABLE, MOST = ("asset", "item", "service", "consumable"), 500


@CONTRACT.action(label=_("Say what it covers"), needs="contract.change", icon="link-2")
def cover(record: Contract, by: Actor, numbers: Annotated[str, Ask(_("Numbers"), lines=3, hint=_("Of assets, items and services, with spaces between, such as AST-1042 SVC-7; each is added"))]):
    """Assets, items and services that the contract is for."""
    wanted = list(dict.fromkeys(w.upper() for w in numbers.replace(",", " ").replace(";", " ").split()))
    if len(wanted) > MOST:
        raise ValidationError({"numbers": _t("At most %s at a time.") % MOST})
    found = {n: by_number(n, by) for n in wanted}
    if unknown := [n for n, r in found.items() if r is None or r.kind not in COVERABLE]:
        raise ValidationError({"numbers": _t("There is no asset, item or service %s that you can see.") % ", ".join(unknown[:5])})
    for other in found.values():
        write.link(record, other, "covers", by)
    return record


def _covered(record, actor):
    rows = Link.objects.filter(source=record.pk, type="covers").select_related("target").order_by("target__title")[:MOST]
    return [(x.target.number, f"{x.target.number} {x.target.title}") for x in rows if actor.may(f"{x.target.kind}.see", x.target)]


@CONTRACT.action(label=_("Take out of it"), needs="contract.change", icon="x", when=lambda record: Link.objects.filter(source=record.pk, type="covers").exists())
def uncover(record: Contract, by: Actor, number: Annotated[str, Ask(_("Which"), options=_covered)]):
    """The contract no longer covers it."""
    other = by_number(number.strip().upper(), by)
    if other is None or not write.unlink(record, other, "covers", by):
        raise ValidationError({"number": _t("Choose one of the list.")})
    return record
