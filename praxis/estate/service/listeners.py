"""Tells the clocks which promises and hours a service has."""

from praxis.abilities.clocks.policy import covers

from .models import Service


@covers
def coverage(ids):
    return {pk: (targets or None, hours or None) for pk, targets, hours in
            Service.objects.filter(pk__in=ids).values_list("pk", "targets", "hours")}
