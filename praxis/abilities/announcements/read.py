"""The announcements in force for a person; one short query, kept for half a minute."""

from django.core.cache import cache
from django.db.models import Q

from praxis.kernel.now import now

from .models import Announcement

MOST, KEEP = 3, 30


def current(person, audience):
    """At most three announcements for this person on "desk" or "portal", the gravest first."""
    key = f"announced:{person.organisation_id}:{person.site_id}:{audience}"
    if (found := cache.get(key)) is None:
        at = now()
        rows = Announcement.objects.filter(starts_at__lte=at, ends_at__gt=at, audience__in=("all", audience))
        rows = rows.filter(Q(organisation=None) | Q(organisation=person.organisation_id)).filter(Q(site=None) | Q(site=person.site_id))
        found = sorted(rows.order_by("-starts_at")[:20], key=lambda a: ("red", "amber", "blue").index(a.tone))[:MOST]
        cache.set(key, found, KEEP)
    return found
