"""Tells the clocks which promises are agreed."""

from praxis.abilities.clocks.policy import agrees
from praxis.records.models import Record
from praxis.records.serving import serves

from .models import Agreement


@serves
def of_others(organisation):
    """The services that agreements in force give to a customer."""
    wanted = {n for row in Agreement.objects.filter(customer=organisation, state__in=("in_force", "under_review"), basis="sla").values_list("services", flat=True) for n in row}
    return Record.objects.filter(kind="service", number__in=wanted).exclude(phase="final").values_list("pk", flat=True) if wanted else []


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
