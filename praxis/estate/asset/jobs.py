"""Loans that are over are asked back; reservations that are over end."""

from django.db.models import F, Q
from django.utils.translation import gettext as _

from praxis.kernel.actors import system
from praxis.kernel.jobs import every, task
from praxis.records import write

from .models import Asset
from .value import today


@task()
def ask_back():
    """Tell whoever has a lent asset, and who answers for it, once a loan, that it is over; end reservations. Returns how many of each."""
    day, done = today(), [0, 0]
    late = Asset.objects.filter(state="in_use", loan_until__lt=day).filter(Q(reminded_for=None) | ~Q(reminded_for=F("loan_until"))).order_by("pk")
    for asset in late:
        tell = [pk for pk in (asset.requester_id, asset.owner_id) if pk]
        write.change(asset, system("Praxis", asset.organisation_id), event="asset.overdue", reminded_for=asset.loan_until,
                     data={"words": _("%(what)s was lent until %(day)s") % {"what": asset.title, "day": asset.loan_until}, "tell": tell})
        done[0] += 1
    for asset in Asset.objects.filter(reserved_until__lt=day).order_by("pk"):
        write.change(asset, system("Praxis", asset.organisation_id), event="asset.unreserved", reserved_for=None, reserved_until=None,
                     substate="available" if asset.substate == "reserved" else asset.substate, data={"words": _("it was over on %s") % asset.reserved_until})
        done[1] += 1
    return done


every("40 5 * * *", ask_back)
