"""Conditions: parsing, limits, and that ORM filter and Python predicate agree on the database under test."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from praxis.kernel.display import fields
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib.conditions import BadCondition, Group, Test, every, from_json, from_query, holds, to_json, to_query
from praxis.practices.incident.models import Incident
from praxis.records.where import to_q


def test_an_address_and_json_come_back_as_they_went():
    group = every(Test("team", "is", ("3", "4")), Test("updated", "within", ("14d",)), Test("owner", "me"))
    assert from_query(to_query(group), {"team", "updated", "owner"}) == group
    assert from_json(to_json(Group("any", (group, Group("none", (group,)))))) == Group("any", (group, Group("none", (group,))))


@pytest.mark.parametrize("pairs", [[("nope.is", "1")], [("team.like", "1")], [("a.b.c", "1")], [("updated.within", "")] * 60])
def test_bad_addresses_are_told(pairs):
    with pytest.raises(BadCondition):
        from_query(pairs, {"team"})


def test_bad_trees_are_told():
    deep = {"field": "a", "op": "me"}
    for _ in range(9):
        deep = {"how": "all", "parts": [deep]}
    for node in (deep, [], {"how": "xor", "parts": []}, {"field": 1, "op": "is", "values": []}, {"field": "a", "op": "is", "values": "b"}):
        with pytest.raises(BadCondition):
            from_json(node)


TESTS = st.one_of(
    st.builds(lambda v, op: Test("priority", op, tuple(v)), st.lists(st.sampled_from("12345"), min_size=1, max_size=3), st.sampled_from(["is", "is_not"])),
    st.builds(lambda v, op: Test("priority", op, (v,)), st.sampled_from("1234"), st.sampled_from(["lt", "gt"])),
    st.builds(lambda v, op: Test("state", op, tuple(v)), st.lists(st.sampled_from(["new", "in_progress", "resolved"]), min_size=1, max_size=3), st.sampled_from(["is", "is_not"])),
    st.sampled_from([Test("owner", "empty"), Test("owner", "not_empty"), Test("owner", "me"), Test("team", "my_teams"), Test("team", "empty"),
                     Test("title", "contains", ("ÄRGER",)), Test("title", "contains", ("100%",)), Test("cause", "empty"),
                     Test("updated", "within", ("1h",)), Test("due", "before", ("30d",)), Test("due", "empty"), Test("due", "after", ("-1d",))]),
)
TREES = st.recursive(TESTS, lambda inner: st.builds(Group, st.sampled_from(["all", "any", "none"]), st.lists(inner, min_size=1, max_size=3).map(tuple)), max_leaves=6)


@pytest.mark.django_db
def test_filter_and_predicate_agree(company, make, agent):
    titles = ("ärger mit 100% Last", "Ärger", "plain", "100 per cent")
    for n, title in enumerate(titles):
        make(title=title, owner=agent.id if n % 2 else None, team=(company.desk.pk, company.network.pk, None)[n % 3], impact=1 + n % 3, urgency=2)
    Incident._base_manager.filter(title="plain").update(state="resolved", phase="done", is_open=False)
    Incident.objects.filter(title="plain").update(updated_at=now() - timedelta(days=1))
    rows, kind, catalogue = list(Incident.objects.all()), registry["incident"], fields("incident")
    paths = {"priority": "priority", "state": "state", "owner": "owner_id", "team": "team_id", "title": "title", "updated": "updated_at",
             "due": "due_at", "cause": "cause"}
    assert set(paths) <= set(catalogue)

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TREES)
    def agree(tree):
        moment = now()
        found = set(Incident.objects.filter(to_q(tree, kind, agent)).values_list("pk", flat=True))
        expected = {r.pk for r in rows if holds(tree, lambda f: getattr(r, paths[f]), moment, agent.id, agent.teams)}
        assert found == expected, tree

    agree()


@pytest.mark.django_db
def test_the_open_states_compile_to_the_bare_boolean(agent):
    kind = registry["incident"]
    assert str(to_q(Test("state", "is_not", ("resolved", "closed", "cancelled")), kind, agent)) == "(AND: ('is_open', True))"
