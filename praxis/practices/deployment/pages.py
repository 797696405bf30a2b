"""How an application is delivered: the five measures over ninety days, each with the deployments behind it."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from praxis.kernel.now import now
from praxis.lib import dora
from praxis.screens.draw import page
from praxis.screens.pages import Entry, menu
from praxis.screens.pages import page as route

from . import read

menu.append(Entry("Steer", "delivery", _("Delivery"), "trending-up", "/delivery", "deployment.see"))


@route("delivery", "delivery", "deployment.see")
@require_GET
def delivery(request):
    """?application=NAME; one application at a time, since numbers of different ones are no league."""
    actor = request.actor
    known = read.applications(actor)
    chosen = request.GET.get("application", "") if request.GET.get("application", "") in known else (known[0] if known else "")
    end = now()
    start = end - timedelta(days=read.DAYS)
    found = read.delivery(actor, chosen, start, end) if chosen else None
    before = read.delivery(actor, chosen, start - timedelta(days=read.DAYS), start) if chosen else None
    rows = list(read.production(actor, chosen, start, end).order_by("-finished_at")[:50]) if chosen else []
    return page(request, "deployment/delivery.j2", section="delivery", known=known, chosen=chosen, found=found, before=before, rows=rows, days=read.DAYS, band=dora.band)
