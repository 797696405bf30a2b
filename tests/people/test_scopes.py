"""`Actor.may` and `visible_to` come from one table: for any grants, on the database under test, they agree."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from praxis.kernel.actors import SCOPES, Actor
from praxis.practices.incident.models import Incident
from praxis.records.read import visible


@pytest.mark.django_db
def test_may_and_visible_to_agree_for_any_grants(company, other, make):
    people = [company.people["agent"], company.people["requester"], other.people["agent"]]
    for n in range(24):
        where = (company, other)[n % 2]
        make(organisation=where.organisation.pk, requester=where.people["requester"].pk, team=(where.desk.pk, where.network.pk, None)[n % 3],
             owner=None if n % 4 else where.people["agent"].pk, restricted=n % 5 == 0)
    rows = list(Incident.objects.all())
    organisations = [None, company.organisation.pk, other.organisation.pk]
    pairs = st.lists(st.tuples(st.sampled_from(sorted(SCOPES)), st.sampled_from(organisations)), max_size=3).map(tuple)
    teams = st.lists(st.sampled_from([company.desk.pk, company.network.pk, other.desk.pk]), max_size=2, unique=True).map(tuple)

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(pairs, teams, st.sampled_from(people))
    def agree(granted, mine, person):
        actor = Actor(person.pk, person.name, person.organisation_id, {"incident.see": granted} if granted else {}, mine)
        seen = set(Incident.objects.visible_to(actor, "incident.see").values_list("pk", flat=True))
        assert seen == {r.pk for r in rows if actor.may("incident.see", r)} == {r.pk for r in visible(rows, actor)}

    agree()


def test_nothing_granted_is_nothing():
    actor = Actor(1, "x", 1)
    assert actor.clauses("incident.see") == () and not actor.has("incident.see")
    assert not actor.may("incident.see", SimpleNamespace(requester_id=1, owner_id=1, team_id=1, organisation_id=1, restricted=False))
    assert not Actor(None, "x", None, {"incident.see": (("team", None),)}).may("incident.see", SimpleNamespace(
        requester_id=5, owner_id=None, team_id=None, organisation_id=1, restricted=False))
