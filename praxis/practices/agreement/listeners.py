"""Tells the clocks which promises are agreed."""

from praxis.abilities.clocks.policy import agrees
from praxis.records.models import Record

from .models import Agreement


@agrees
def agreements():
    """The agreements in force as (service, customer, group of an OLA, target set, from, to); one a service, one without any for all."""
    rows = list(Agreement.objects.filter(state__in=("in_force", "under_review")).exclude(targets="").exclude(basis="uc"))
    numbers = {n for a in rows for n in a.services}
    ids = dict(Record.objects.filter(number__in=numbers).values_list("number", "pk")) if numbers else {}
    found = []
    for a in rows:
        team = a.team_id if a.basis == "ola" else None
        for service in [ids[n] for n in a.services if n in ids] or [None]:
            found.append((service, a.customer_id, team, a.targets, a.valid_from, a.valid_to))
    return found
