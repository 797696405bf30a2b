"""Pages that no declaration can make: the desk for assets, labels to print, what assets are worth."""

from collections import defaultdict
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from praxis.abilities.imports import tables
from praxis.estate.stock.models import Stockroom
from praxis.kernel.kinds import registry
from praxis.lib.depreciation import Plan
from praxis.screens.draw import page
from praxis.screens.lists import Listing
from praxis.screens.pages import Entry, menu
from praxis.screens.pages import page as route

from . import counter, labels, value
from .kind import ASSET
from .models import Asset, Product

menu.append(Entry("Know", "asset_desk", _("Asset desk"), "hand", "/assets/desk", "asset.issue"))
menu.append(Entry("Know", "asset_value", _("Value of assets"), "badge-euro", "/assets/value", "asset.money"))
MOST_LABELS, MOST_LOANS = 500, 100


@route("assets/desk", "asset_desk", "asset.issue")
@require_http_methods(["GET", "POST"])
def desk(request):
    """Hand out, lend and take back by scan or by table; below, what is lent, what is over first."""
    actor, lines, error, status = request.actor, [], "", 200
    shared = {n: request.POST.get(n, "") for n in ("person", "until", "stockroom", "because")}
    if request.method == "POST":
        try:
            lines = counter.serve(actor, request.POST.get("what", ""), _rows(request, shared))
            if not lines:
                raise ValidationError(_t("Scan or write at least one tag."))
        except ValidationError as problem:
            error, status = " ".join(problem.messages), 422
    loans = Asset.objects.visible_to(actor, "asset.see").filter(state="in_use", loan_until__isnull=False).select_related("requester").order_by("loan_until")[:MOST_LOANS]
    reach = actor.organisations("asset.issue")
    rooms = Stockroom.objects.filter(is_active=True, **({} if reach is None else {"organisation__in": reach})).order_by("name")
    kept = "" if lines and all(line.done for line in lines) else request.POST.get("tags", "")
    return page(request, "asset/desk.j2", status, section="asset_desk", lines=lines, error=error, loans=loans, rooms=rooms, shared=shared, what=request.POST.get("what", "hand_out"),
                choices=counter.WHAT, tags=kept, today=value.today(), good=sum(line.done for line in lines))


def _rows(request, shared):
    if (upload := request.FILES.get("file")) is not None:
        if upload.size > tables.MOST_BYTES:
            raise ValidationError(_t("This file is larger than %s MB. Cut it into several.") % (tables.MOST_BYTES // 2**20))
        return counter.table(*tables.read(upload.name, upload.read()), shared)
    return counter.typed(request.POST.get("tags", ""), shared)


@route("assets/labels", "asset_labels", "asset.issue")
@require_GET
def sheet(request):
    """Labels of one asset, or of a list as its address asks for it, to print on sheets of 3 by 8."""
    if number := request.GET.get("number"):
        rows, error = Asset.objects.visible_to(request.actor, "asset.see").filter(number__in=number.upper().split(",")[:MOST_LABELS]), ""
    else:
        listing = Listing(ASSET, request.actor, request.GET)
        rows, error = listing.rows(), listing.error
    found = list(rows.exclude(phase="final").select_related("organisation").order_by("tag", "pk")[: MOST_LABELS + 1]) if not error else []
    return page(request, "asset/labels.j2", 400 if error else 200, section="asset", error=error, more=len(found) > MOST_LABELS, rows=[(a, labels.code(a)) for a in found[:MOST_LABELS]], most=MOST_LABELS)


@route("assets/value", "asset_value", "asset.money")
@require_GET
def worth(request):
    """What is there, by model or cost centre: price and book value of what is known, and how many are not."""
    by = request.GET.get("by") if request.GET.get("by") == "cost_centre" else "product"
    rows = Asset.objects.visible_to(request.actor, "asset.money").exclude(state__in=("disposed", "on_order"))
    products, today = Product.objects.in_bulk(), value.today()
    groups = defaultdict(lambda: [0, 0, Decimal(0), Decimal(0)])
    same = rows.values_list(by, "product", "currency", "cost", "bought_on").annotate(n=Count("pk")).order_by()  # what was bought together is worked out once
    for key, product, currency, cost, bought, n in same:
        one = groups[key, currency]
        one[0] += n
        if cost is None or bought is None or product is None:
            one[1] += n
            continue
        p = products[product]
        plan = Plan(cost, bought, p.life_months, (cost * p.residual / 100).quantize(Decimal("0.01")), p.method, p.rate)
        one[2] += cost * n
        one[3] += plan.worth(today) * n
    told = [((str(products[key]) if key in products else "") if by == "product" else key, currency, f"/k/asset?{by}.{f'is={key}' if key else 'empty='}&state.is_not=disposed,on_order", *sums)
            for (key, currency), sums in groups.items()]
    totals = defaultdict(lambda: [0, 0, Decimal(0), Decimal(0)])
    for _name, currency, _href, *sums in told:
        totals[currency] = [a + b for a, b in zip(totals[currency], sums)]
    return page(request, "asset/value.j2", section="asset_value", rows=sorted(told, key=lambda t: -t[6]), totals=sorted(totals.items()), grouped=by, today=today, kind=registry["asset"])
