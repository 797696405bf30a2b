"""What a person has from the company, with the receipt of it; and where the code on a label leads."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.views.decorators.http import require_GET, require_POST

from praxis.estate.asset.models import Asset
from praxis.kernel.errors import Refused
from praxis.records import write
from praxis.records.read import by_number
from praxis.screens.access import SIGNED_IN, access
from praxis.screens.answers import SeeOther

from .views import portal_page


@require_GET
@access(SIGNED_IN)
def devices(request, error=""):
    rows = Asset.objects.visible_to(request.actor, "asset.see").filter(requester=request.actor.id, state__in=("in_use", "in_repair")).select_related("product").order_by("title")
    return portal_page(request, "portal/devices.j2", 422 if error else 200, rows=rows, section="devices", error=error)


@require_POST
@access(SIGNED_IN)
def confirm(request, number):
    """The receipt of one's own device."""
    record = by_number(number, request.actor)
    if record is None or record.kind != "asset" or record.requester_id != request.actor.id:
        raise Http404
    try:
        write.act(record, request.actor, "confirm")
    except (ValidationError, Refused):
        pass  # it was confirmed before, or taken back meanwhile: the list tells
    return SeeOther("/my/devices")


@require_GET
@access(SIGNED_IN)
def label(request, number):
    """The code on a label: the desk gets the asset, whoever has it gets its own list."""
    record = by_number(number.upper(), request.actor)
    if record is None or record.kind != "asset":
        raise Http404
    return SeeOther(f"/r/{record.number}" if request.actor.has("desk.work") else "/my/devices")
