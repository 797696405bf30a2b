"""A board, changes that are ready to be judged, a problem with its incidents."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from praxis.kernel.actors import system
from praxis.kernel.now import now
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Membership, Role, Team
from praxis.practices.change.models import ChangeModel
from praxis.records import write

from .planning import LOW, fresh, item


@pytest.fixture
def berlin():
    """So that a day is the same for the test and for the pages, at whatever hour it runs."""
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.fixture
def board(company):
    """Three people of the advisory board, a lead of the network group and two peers in it, who are in no other group."""
    team = Team.objects.create(organisation=company.organisation, name="Change advisory board")
    people = {name: company.person(f"{name}@acme.example", "specialist", name=name.title()) for name in ("bea", "bob", "bert", "pia", "pit", "lea")}
    for name in ("bea", "bob", "bert"):
        Membership.objects.create(person=people[name], team=team)
    for name in ("pia", "pit", "lea"):
        Membership.objects.create(person=people[name], team=company.network, leads=name == "lea")
    Grant.objects.filter(person=people["lea"]).delete()
    Grant.objects.create(person=people["lea"], role=Role.objects.get(key="team_lead"), organisation=company.organisation)
    return {name: actor_of(person) for name, person in people.items()}


@pytest.fixture
def plan(company, make, board):
    """plan(answers=LOW, start=hours from now) makes a change that is ready to be judged, carried out by pit of the network group."""

    def plan(model="normal", answers=LOW, start=24 * 10, hours=2, on=(), owner="pit", **more):
        by = system("M", company.organisation.pk)
        at = now() + timedelta(hours=start)
        made = make("change", title="Firmware", model=ChangeModel.objects.get(key=model).pk, plan="Steps.", backout="Back.", answers=answers, team=company.network.pk,
                    owner=board[owner].id, planned_start=at, planned_end=at + timedelta(hours=hours), **more)
        things = on or [item(make, f"thing-{made.number}")]
        write.act(made, by, "affect", items=", ".join(i.number for i in things))
        return made

    return plan


@pytest.fixture
def manager(company):
    """A team lead who is the problem manager as well."""
    Grant.objects.create(person=company.people["team_lead"], role=Role.objects.get(key="problem_manager"), organisation=company.organisation)
    return company.actor("team_lead")


@pytest.fixture
def roaming(make, manager):
    """A problem behind three incidents, of which two are open."""
    incidents = make("incident", 3, title="Scanner loses Wi-Fi")
    problem = write.act(incidents[0], manager, "raise_problem", title="Handhelds lose roaming")
    write.act(problem, manager, "gather", incidents=", ".join(i.number for i in incidents))
    by = system("M", problem.organisation_id)
    write.move(incidents[2], by, "resolve", close_code="solved", solution="Restarted.")
    write.move(incidents[2], by, "close")
    return fresh(problem), [fresh(i) for i in incidents]
