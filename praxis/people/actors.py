"""From a person to an Actor: two queries a request, none a record."""

from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from praxis.kernel.actors import Actor
from praxis.kernel.kinds import registry

from .models import Grant, Membership


def known_zone(name):
    """The zone of this name, or UTC when there is none."""
    try:
        return ZoneInfo(name) and name
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"


def actor_of(person, only=None):
    """The Actor of an active person; `only` narrows it to the permissions that fit one of these patterns."""
    if not person.is_active:
        return Actor(person.pk, person.name, person.organisation_id)
    grants, known = {}, registry.permissions
    for grant in Grant.objects.filter(person=person).select_related("role"):
        for permission, scope in grant.role.permissions.items():
            if permission in known and (only is None or any(fnmatchcase(permission, o) for o in only)):
                grants.setdefault(permission, set()).add((scope, grant.organisation_id))
    teams = Membership.objects.filter(person=person).values_list("team_id", flat=True)
    return Actor(
        person.pk, person.name, person.organisation_id,
        {p: tuple(sorted(pairs, key=str)) for p, pairs in grants.items()}, tuple(teams),
        known_zone(person.zone or person.organisation.zone),
    )
