"""The lifecycle's rules (settled 25): declared moves hidden, renamed, tied to a condition, asking for more, adding tasks."""

import pytest
from django.core.exceptions import ValidationError

from praxis.abilities.tasks.models import Task, TaskTemplate
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.records import write
from praxis.records.models import MoveRule
from praxis.records.read import possible

pytestmark = pytest.mark.django_db


def rule(company, move, **values):
    return write.save(MoveRule(), system(), kind="incident", move=move, organisation=company.organisation, **values)


def steps(record, actor):
    return {s.key: str(s.label) for s in possible(record, actor)}


def test_a_move_is_hidden_for_this_organisation_alone(make, agent, company, other):
    rule(company, "hold", hidden=True)
    record, theirs = make(), write.open_record(registry["incident"], other.actor("agent"), title="x", requester=other.people["requester"])
    assert "hold" not in steps(record, agent) and "hold" in steps(theirs, other.actor("agent"))
    with pytest.raises(NotPossible):
        write.move(record, agent, "hold", hold_reason="caller")
    assert company.client("agent").get(f"/r/{record.number}/move/hold").status_code == 404


def test_a_move_has_another_name_and_a_condition(make, agent, company):
    rule(company, "resolve", label="Fixed", when={"field": "impact", "op": "is_not", "values": ["1"]})
    plain, broad = make(), make(impact=1)
    assert steps(plain, agent)["resolve"] == "Fixed" and "resolve" not in steps(broad, agent)
    with pytest.raises(NotPossible):
        write.move(broad, agent, "resolve", close_code="solved", solution="x")


def test_a_move_asks_for_more(make, agent, company):
    """A further column is needed, in the dialog and in every interface; a value that is there already counts."""
    rule(company, "resolve", asks=["site", "category"])
    record, client = make(), company.client("agent")
    assert 'name="site"' in client.get(f"/r/{record.number}/move/resolve").content.decode()
    answer = client.post(f"/r/{record.number}/move/resolve", {"close_code": "solved", "solution": "x", "site": company.site.pk})
    assert answer.status_code == 422
    write.change(record, agent, category=_category(), seen=record.version)
    answer = client.post(f"/r/{record.number}/move/resolve", {"close_code": "solved", "solution": "x", "site": company.site.pk, "category": _category()})
    record.refresh_from_db()
    assert answer.status_code == 303 and (record.state, record.site_id) == ("resolved", company.site.pk)
    second = make(site=company.site.pk, category=_category())
    write.move(second, agent, "resolve", close_code="solved", solution="x")
    assert second.state == "resolved", "by a program that set both before"


def _category():
    from praxis.abilities.categories.models import Category

    return Category.objects.filter(organisation=None).first().pk


def test_a_move_adds_tasks(make, agent, company):
    write.save(TaskTemplate(), system(), organisation=company.organisation, key="after", label="After", steps=[{"title": "Call back", "mandatory": False}])
    rule(company, "start", tasks="after")
    record = make()
    write.move(record, agent, "start")
    assert [t.title for t in Task.objects.filter(parent=record.pk)] == ["Call back"]
    write.save(TaskTemplate.objects.get(key="after"), system(), steps=[{"title": "Call back", "team": "Nobody"}])
    other = make()
    write.move(other, agent, "start")
    assert other.state == "in_progress" and not Task.objects.filter(parent=other.pk).exists(), "the step stands"


@pytest.mark.parametrize("values", [{"kind": "nothing"}, {"move": "fly"}, {"asks": ["password"]}, {"asks": ["state"]}, {"asks": "site"}, {"when": {"field": "a", "op": "before", "values": ["x"]}}])
def test_bad_rules_are_refused(values, company):
    with pytest.raises(ValidationError):
        write.save(MoveRule(), system(), **({"kind": "incident", "move": "hold"} | values))


def test_the_picture_shows_states_and_steps(company):
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    row = rule(company, "hold", hidden=True)
    page = company.client("root").get(f"/admin/moves/{row.pk}").content.decode()
    for state in registry["incident"].lifecycle.states.values():
        assert f">{state.label}</text>" in page
    assert page.count("<path class=") >= len(registry["incident"].lifecycle.moves) and "hold: New or In progress to On hold" in page
