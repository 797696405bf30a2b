"""A history from elsewhere changes what is known of days that were counted already: they are counted anew."""

from zoneinfo import ZoneInfo

from praxis.people.models import Organisation
from praxis.records.write.replay import replays

from . import days


@replays
def past(histories):
    first = {}
    for history in histories:
        at = history.happenings[0].at
        first[history.organisation] = min(first.get(history.organisation, at), at)
    zones = dict(Organisation.objects.filter(pk__in=[o for o in first if o]).values_list("pk", "zone"))
    for organisation, at in first.items():
        if organisation in zones:
            days.again(organisation, since=at.astimezone(ZoneInfo(zones[organisation])).date())
