"""Who is meant by the words of a step that every kind knows: groups, managers, roles."""

from django.db.models import F, Q
from django.utils.translation import gettext as _t

from praxis.people.models import Grant, Membership, Person, Role, Team

from .steps import source


def _homes(record):
    return Q(organisation=None) | Q(organisation=record.organisation_id)


@source("owner_group")
def owner_group(record, name):
    rows = Membership.objects.filter(team=record.team_id).select_related("team").order_by("person__name")
    return {m.person_id: m.team.name for m in rows}


@source("group_manager")
def group_manager(record, name):
    rows = Membership.objects.filter(team=record.team_id, leads=True).select_related("team").order_by("person__name")
    return {m.person_id: _t("Lead of %s") % m.team.name for m in rows}


@source("service_owner")
def service_owner(record, name):
    owner = record.service.owner_id if record.service_id else None
    return {owner: _t("Service owner")} if owner else {}


@source("manager")
def manager(record, name):
    boss = record.requester.manager_id if record.requester_id else None
    return {boss: _t("Manager of %s") % record.requester.name} if boss else {}


@source("owner")
def owner(record, name):
    return {record.owner_id: _t("Owner")} if record.owner_id else {}


@source("team", named=True)
def team(record, name):
    group = Team.objects.filter(_homes(record), name=name).order_by(F("organisation").asc(nulls_first=True)).last()
    rows = Membership.objects.filter(team=group).order_by("person__name") if group else []
    return {m.person_id: group.name for m in rows}


@source("role", named=True)
def role(record, name):
    found = Role.objects.filter(key=name).first()
    rows = Grant.objects.filter(_homes(record), role=found).order_by("person__name") if found else []
    return {g.person_id: found.label for g in rows}


@source("person_id", named=True)
def person_id(record, name):
    """Somebody by id, also of the provider: whoever may not see the record is not asked."""
    found = Person.objects.filter(pk=name if name.isdecimal() else None).first()
    return {found.pk: found.job or _t("Named")} if found else {}


@source("person", named=True)
def person(record, name):
    found = Person.objects.filter(organisation=record.organisation_id, email__iexact=name).first()
    return {found.pk: found.job or _t("Named")} if found else {}
