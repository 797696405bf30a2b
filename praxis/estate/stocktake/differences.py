"""What a stock-take expects, what it has seen, and how they differ."""

from dataclasses import dataclass

from django.db.models import Q

from praxis.estate.asset.models import Asset

from .models import Count


@dataclass
class Differences:
    """Assets that were expected and seen, expected and not seen, seen and expected elsewhere; texts that belong to nothing."""

    found: list
    missing: list
    strays: list
    unknown: list


def expected(record):
    """Assets that should be there: in the stockroom; or at the site, in stock or in use; or in any stockroom."""
    rows = Asset.objects.filter(organisation=record.organisation_id)
    if record.stockroom_id:
        return rows.filter(state="in_stock", stockroom=record.stockroom_id)
    if not record.site_id:
        return rows.filter(state="in_stock")
    return rows.filter(Q(state="in_use", site=record.site_id) | Q(state="in_stock", stockroom__site=record.site_id))


def of(record):
    """The Differences as they are now; three statements."""
    wanted = {a.pk: a for a in expected(record).select_related("stockroom", "requester", "site")}
    counts = list(Count.objects.filter(stocktake=record.pk).select_related("asset__stockroom", "asset__requester", "asset__site").order_by("-pk"))
    seen = {c.asset_id for c in counts if c.asset_id}
    return Differences(found=[a for pk, a in wanted.items() if pk in seen], missing=[a for pk, a in wanted.items() if pk not in seen],
                       strays=[c.asset for c in counts if c.asset_id and c.asset_id not in wanted], unknown=[c for c in counts if not c.asset_id])
