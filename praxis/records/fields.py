"""The facts that every kind has, declared once."""

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Field, Option, contribute
from praxis.kernel.now import moment_of
from praxis.people.models import Membership, Person, Site, Team

from . import where
from .models import PRIORITIES, Record, within
from .read import possible
from .serving import served
from .write import move

MOST = 20  # people shown before somebody types
ROWS = 200  # of what there is less of


def moment(text, name):
    """A time as a form or REST writes it, in the reader's zone where it says none; ValidationError beside `name` for anything else."""
    found = moment_of(str(text).strip())
    if found is None:
        raise ValidationError({name: _t("Write a time such as 2026-11-30T22:00.")})
    if not 1971 <= found.year <= 2199:
        raise ValidationError({name: _t("Write a year from 1971 to 2199.")})
    return found


def ours(rows, actor, record):
    """Of rows that all may share: the shared ones, and those of the record's organisation, or of the organisations in reach."""
    reach = actor.organisations() if record is None else (record.organisation_id,)
    return rows if reach is None else rows.filter(Q(organisation=None) | Q(organisation__in=reach))


def people(kind, actor, record, typed):
    """People to choose: of the record's organisation, or of those the actor reaches."""
    rows = Person.objects.filter(is_active=True)
    if typed:
        rows = rows.filter(name__icontains=typed)
    return [_person(p) for p in _within(rows, actor, record)[:MOST]]


def colleagues(kind, actor, record, typed, most=MOST):
    """People who could own a record: members of its team first, else of any team that the actor may see."""
    rows = Person.objects.filter(is_active=True)
    if record is not None and record.team_id and not typed:
        rows = rows.filter(pk__in=Membership.objects.filter(team=record.team_id).values("person"))
    else:
        rows = rows.filter(pk__in=Membership.objects.values("person"))
    if typed:
        rows = rows.filter(name__icontains=typed)
    reach = actor.organisations()
    if reach is not None:
        rows = rows.filter(organisation__in=reach)
    return [_person(p) for p in rows.order_by("name")[:most]]


def teams(kind, actor, record, typed, most=ROWS):
    rows = Team.objects.all()
    if typed:
        rows = rows.filter(name__icontains=typed)
    return [Option(str(t.pk), t.name) for t in ours(rows, actor, record).order_by("name")[:most]]


def services(kind, actor, record, typed):
    """Services in use: those that the actor may see, and those that an agreement gives to the organisation."""
    home = record.organisation_id if record is not None else actor.organisation
    own = within(actor, "service.see")
    if record is not None:
        own &= Q(organisation=None) | Q(organisation=home)
    rows = Record.objects.filter(own | Q(pk__in=served(home)), kind="service", phase="standing")
    if typed:
        rows = rows.filter(title__icontains=typed)
    return [Option(str(s.pk), s.title) for s in rows.order_by("title")[:ROWS]]


def sites(kind, actor, record, typed):
    """Sites of the record's organisation, or of those that the actor reaches."""
    rows = Site.objects.all()
    if record is not None:
        rows = rows.filter(organisation=record.organisation_id)
    elif (reach := actor.organisations()) is not None:
        rows = rows.filter(organisation__in=reach)
    if typed:
        rows = rows.filter(name__icontains=typed)
    return [Option(str(s.pk), s.name) for s in rows.order_by("name")[:ROWS]]


def priorities(kind, actor, record, typed):
    return [Option(str(n), str(label), "priority", n) for n, label in PRIORITIES]


def states(kind, actor, record, typed):
    """For a filter the states; for a record the moves that are possible, each opening its dialog if it asks."""
    if record is None:
        return [Option(s.name, str(s.label), "state", s) for s in kind.lifecycle.states.values()]
    moves = [s for s in possible(record, actor) if hasattr(s.what, "to")]
    return [Option(s.key, str(s.label), href=s.href if s.asks else "") for s in moves]


def _person(person):
    return Option(str(person.pk), person.name, "person", person)


def _within(rows, actor, record):
    if record is not None and record.organisation_id:
        rows = rows.filter(organisation=record.organisation_id)
    elif (reach := actor.organisations()) is not None:
        rows = rows.filter(organisation__in=reach)
    return rows.order_by("name")


contribute(
    "*",
    Field(key="number", label=_("ID"), draw="ref", icon="diamond", path="number", edit=False, ops=("is", "in")),
    Field(key="title", label=_("Subject"), draw="title", icon="type", path="title", ops=("contains",)),
    Field(key="description", label=_("Description"), icon="type", path="description", ops=("contains",), edit=False),
    Field(key="state", label=_("State"), draw="state", icon="circle-dashed", path="state", type="choice", where=where.state,
          read=lambda r: r.stage, options=states, save=lambda record, by, raw, seen: move(record, by, raw),
          ops=("is", "is_not")),
    Field(key="priority", label=_("Priority"), draw="priority", icon="flag", path="priority", type="choice_number",
          options=priorities, ops=("is", "is_not", "lt", "gt")),
    Field(key="requester", label=_("Requester"), draw="person", icon="user", path="requester", type="person",
          join="requester", options=people, ops=("is", "is_not", "me", "empty"), empty=_("Add a requester")),
    Field(key="owner", label=_("Owner"), draw="person", icon="user-check", path="owner", type="person", join="owner",
          options=colleagues, ops=("is", "is_not", "me", "empty"), empty=_("Assign somebody")),
    Field(key="team", label=_("Group"), icon="users", path="team", type="team", join="team", options=teams,
          ops=("is", "is_not", "my_teams", "empty"), empty=_("Choose a group")),
    Field(key="service", label=_("Service"), draw="service", icon="gem", path="service", type="record", join="service",
          options=services, ops=("is", "is_not", "empty"), empty=_("Choose a service")),
    Field(key="opened", label=_("Opened"), draw="when", icon="clock", path="opened_at", type="time",
          read=lambda r: r.opened_at, edit=False, ops=("within", "before", "after")),
    Field(key="updated", label=_("Updated"), draw="when", icon="clock", path="updated_at", type="time",
          read=lambda r: r.updated_at, edit=False, ops=("within", "before", "after")),
    Field(key="resolved", label=_("Resolved"), draw="when", icon="clock", path="resolved_at", type="time",
          read=lambda r: r.resolved_at, edit=False, ops=("within", "before", "after", "empty")),
    Field(key="organisation", label=_("Organisation"), icon="building-2", path="organisation", type="record",
          join="organisation", edit=False, ops=("is", "is_not")),
)
