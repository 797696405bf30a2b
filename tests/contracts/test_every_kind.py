"""Promises that every kind keeps; a new practice gets these tests for nothing."""

import json
import os
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from praxis.interfaces.cli.checks import differences
from praxis.kernel.actors import Actor, system
from praxis.kernel.display import fields, panels, screens
from praxis.kernel.errors import Conflict, Forbidden, NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.lifecycle import Phase
from praxis.kernel.models import Event
from praxis.lib.conditions import OPS
from praxis.records import write
from praxis.records.models import Record
from praxis.records.read import by_number, columns, possible
from praxis.records.where import OPERATORS
from tests.conftest import NEEDED

KINDS = list(registry)
assert KINDS, "no kind is declared: nothing would be tested"
BUDGETS = Path(__file__).parent / "queries.json"
pytestmark = pytest.mark.django_db


@pytest.fixture(params=KINDS)
def kind(request):
    return registry[request.param]


@pytest.fixture
def boss(company):
    """Somebody who may do everything, as a person: an administrator with the product's own rights on records."""
    person = company.people["administrator"]
    return Actor(person.pk, person.name, company.organisation.pk, system().grants, (company.desk.pk,), "UTC")


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def budget(name, spent):
    """Compare with the recorded number of statements; UPDATE_QUERIES=1 records anew."""
    known = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {}
    if os.environ.get("UPDATE_QUERIES"):
        known[name] = spent
        BUDGETS.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")
    assert spent <= known[name], f"{name}: {spent} statements, {known[name]} are recorded"


def statements(run):
    with CaptureQueriesContext(connection) as seen:
        run()
    return len([q for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])


# -- declarations


def test_has_screens_and_a_prefix(kind):
    assert kind.key in screens and kind.prefix.isalpha() and kind.prefix.isupper()


def test_is_one_level_below_record(kind):
    assert kind.model.__bases__ == (Record,)


def test_every_state_can_be_reached(kind):
    reached, todo = set(), [kind.lifecycle.first.name]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += [m.to.name for m in kind.lifecycle.moves_from(state)]
    assert reached == set(kind.lifecycle.states)


def test_some_state_is_open_and_some_is_not(kind):
    phases = {s.phase for s in kind.lifecycle.states.values()}
    assert Phase.OPEN in phases and len(phases) > 1


def test_every_need_is_a_declared_permission(kind):
    needs = {m.needs for m in kind.lifecycle.moves.values()} | {v.permission(kind.key) for v in kind.verbs.values()}
    needs |= {f.needs.replace("*", kind.key) for f in fields(kind.key).values() if f.needs and not f.needs.endswith((".assign", ".override"))
              or f.needs and kind.key == "incident"}
    assert needs <= set(registry.permissions)


def test_the_usual_permissions_exist(kind):
    for verb in ("see", "open", "change", "reply", "notes", "link"):
        assert kind.permission(verb) in registry.permissions


def test_no_permission_is_held_by_requesters_over_all(kind):
    for permission in kind.permissions:
        assert permission.default.get("requester") != "all"


def test_notes_are_not_for_requesters(kind):
    default = registry.permissions[kind.permission("notes")].default
    assert not {"requester", "power_requester"} & set(default)


def test_screens_name_only_known_fields(kind):
    shown, known = screens[kind.key], fields(kind.key)
    named = {c.field for c in shown.columns} | set(shown.filters) | set(shown.sorts) | set(shown.properties) | set(shown.short)
    assert named <= set(known)


def test_sorts_have_an_index_that_starts_with_the_kind(kind):
    indexed = {f.lstrip("-") for i in Record._meta.indexes for f in i.fields if i.fields[0] == "kind"}
    indexed |= {i.fields[0] for i in kind.model._meta.indexes if not i.condition}  # of its own table, which has no other kind
    assert {fields(kind.key)[s].path for s in screens[kind.key].sorts} <= indexed


def test_views_and_filters_use_declared_operators(kind):
    for name in screens[kind.key].filters:
        assert set(fields(kind.key)[name].ops) <= set(OPS)
    assert {fact.type for fact in fields(kind.key).values()} <= set(OPERATORS)


def test_moves_ask_only_for_columns(kind):
    for move in kind.lifecycle.moves.values():
        assert set(move.ask) <= set(columns(kind.model)) and set(move.optional) <= set(move.ask)


def test_verbs_take_typed_arguments(kind):
    for verb in kind.verbs.values():
        assert all(t in (str, int, bool, list) for t, _ask, _needed in verb.arguments.values()), verb.key


def test_after_close_and_by_verb_name_columns_and_steps(kind):
    assert set(kind.after_close) <= set(columns(kind.model))
    steps = set(kind.verbs) | set(kind.lifecycle.moves)
    assert set(kind.by_verb) <= set(columns(kind.model)) and set(kind.by_verb.values()) <= steps


def test_own_columns_have_words(kind):
    for column in kind.model._meta.local_fields:
        if column.editable and not column.auto_created and not (column.remote_field and column.remote_field.parent_link):
            assert column.verbose_name


def test_has_a_page_of_documentation(kind):
    page = Path(__file__).parents[2] / "docs" / "practices" / f"{kind.key}.md"
    assert page.exists() and len(page.read_text()) > 400


# -- writing


def test_opened_carries_every_initial_value(kind, make):
    record = make(kind.key, description="Some words")
    event = Event.objects.get(subject=record.pk, name=f"{kind.key}.opened")
    assert event.changes["title"][1] == f"{kind.key} 0" and event.changes["state"][1] == kind.lifecycle.first.name
    assert event.changes["description"][1] == "Some words" and event.organisation == record.organisation_id
    assert differences(fresh(record)) == []


def test_replay_of_events_equals_the_row_at_every_moment(kind, make, boss):
    record = make(kind.key)
    write.change(record, boss, title="Other")
    assert differences(fresh(record)) == []
    for step in possible(record, boss)[:3]:
        if hasattr(step.what, "to") and not step.asks and record.stage in step.what.sources:
            write.move(record, boss, step.key)
            assert differences(fresh(record)) == []


def test_every_change_leaves_one_event_with_before_after_and_words(kind, make, boss):
    record = make(kind.key)
    before = Event.objects.count()
    write.change(record, boss, title="Other words")
    event = Event.objects.latest("id")
    assert Event.objects.count() == before + 1 and event.version == fresh(record).version
    assert event.changes == {"title": [f"{kind.key} 0", "Other words", f"{kind.key} 0", "Other words"]}


def test_a_change_to_the_same_value_leaves_none(kind, make, boss):
    record = make(kind.key)
    before = Event.objects.count()
    write.change(record, boss, title=record.title)
    assert Event.objects.count() == before


def test_a_move_writes_moved_and_its_state(kind, make, boss):
    record = make(kind.key)
    steps = [m for m in kind.lifecycle.moves_from(record.state) if not (m.guard and m.guard(record))]
    step = min(steps, key=lambda m: len(m.ask))
    write.move(record, boss, step.name, **dict.fromkeys(step.ask, "because"))
    event = Event.objects.latest("id")
    assert event.name == f"{kind.key}.moved" and event.data["move"] == step.name and event.changes["state"][1] == step.to.name


def test_a_move_takes_only_what_it_asks(kind, make, boss):
    record = make(kind.key)
    step = kind.lifecycle.moves_from(record.state)[0]
    with pytest.raises(ValidationError):
        write.move(record, boss, step.name, title="smuggled")
    assert fresh(record).state == record.state


def test_a_move_from_another_state_is_refused(kind, make, boss):
    record = make(kind.key)
    step = next((m for m in kind.lifecycle.moves.values() if record.stage not in m.sources), None)
    if step is None:
        pytest.skip("every step can be made from the first state")
    with pytest.raises(NotPossible):
        write.move(record, boss, step.name)


def test_an_unknown_move_or_verb_is_refused(kind, make, boss):
    record = make(kind.key)
    for doing in (write.move, write.act):
        with pytest.raises(NotPossible):
            doing(record, boss, "no_such_step")


def test_a_verb_takes_only_its_arguments(kind, make, boss):
    with pytest.raises(ValidationError):
        write.act(make(kind.key), boss, "reply", text="x", team=1)


def test_protected_columns_cannot_be_set(kind, make, boss):
    record = make(kind.key)
    for name, value in (("state", "closed"), ("version", 7), ("number", "X-1"), ("organisation", 1), ("is_open", False), ("id", 3)):
        with pytest.raises(ValidationError):
            write.change(record, boss, **{name: value})
    with pytest.raises(ValidationError):
        write.open_record(kind, boss, title="x", state="closed")


def test_unknown_columns_are_refused(kind, make, boss):
    with pytest.raises(ValidationError):
        write.change(make(kind.key), boss, no_such_column=1)


def test_an_empty_title_is_refused(kind, make, boss):
    with pytest.raises(ValidationError):
        make(kind.key, title="")
    with pytest.raises(ValidationError):
        write.change(make(kind.key), boss, title="")


def test_stale_copies_merge_other_fields_and_refuse_the_same(kind, make, boss):
    record = make(kind.key)
    copy, third = fresh(record), fresh(record)
    write.change(record, boss, title="First")
    write.change(copy, boss, seen=1, description="Merges")
    assert (fresh(record).title, fresh(record).description) == ("First", "Merges")
    with pytest.raises(Conflict) as refused:
        write.change(third, boss, seen=1, title="Second")
    assert refused.value.field == "title" and refused.value.event.changes["title"][1] == "First"


def test_final_refuses_field_changes_but_takes_notes(kind, make, boss):
    record = make(kind.key)
    final = next(s.name for s in kind.lifecycle.states.values() if s.phase == Phase.FINAL)
    write.change(record, boss, needs=kind.permission("change"), event=f"{kind.key}.moved", state=final)
    with pytest.raises(NotPossible):
        write.change(record, boss, title="Too late")
    write.act(record, boss, "reply", text="A note is possible", internal=True)
    assert fresh(record).title != "Too late"


def test_numbers_rise_and_are_known_from_the_kind(kind, make):
    first, second = make(kind.key, 2)
    assert int(second.number.split("-")[1]) > int(first.number.split("-")[1])
    assert registry.by_number(first.number) is kind


def test_control_characters_are_taken_out(kind, make):
    assert make(kind.key, title="a\x00b\x07c").title == "abc"


# -- rights


def test_strangers_see_nothing(kind, make, other):
    record = make(kind.key)
    for role in other.people:
        actor = other.actor(role)
        assert by_number(record.number, actor) is None
        assert not kind.model.objects.visible_to(actor, kind.permission("see")).filter(pk=record.pk).exists()


def test_nobody_may_open_without_the_permission(kind, company):
    with pytest.raises(Forbidden):
        write.open_record(kind, Actor(company.people["auditor"].pk, "A", company.organisation.pk), title="no")


def test_may_and_visible_to_agree_for_every_role(kind, make, company, other):
    make(kind.key, 3)
    make(kind.key, team=company.network.pk, requester=company.people["agent"].pk)
    rows = list(kind.model.objects.all())
    for role in company.people:
        for actor in (company.actor(role), other.actor(role)):
            for permission in kind.permissions:
                seen = set(kind.model.objects.visible_to(actor, permission.key).values_list("pk", flat=True))
                assert seen == {r.pk for r in rows if actor.may(permission.key, r)}, (role, permission.key)


def test_possible_offers_only_what_write_accepts(kind, make, company):
    for role in company.people:
        actor, record = company.actor(role), make(kind.key)
        offered = {s.key for s in possible(record, actor)}
        for move in kind.lifecycle.moves_from(record.state):
            if move.name not in offered and not move.ask:
                with pytest.raises((Forbidden, NotPossible)):
                    write.move(fresh(record), actor, move.name)


def test_foreign_keys_stay_within_the_organisation(kind, make, company, other):
    """T-B9 for every kind: no row of another organisation can be named."""
    actor = Actor(company.people["administrator"].pk, "A", company.organisation.pk,
                  dict.fromkeys(registry.permissions, (("all", company.organisation.pk),)))
    record = make(kind.key)
    for name, column in columns(kind.model).items():
        if isinstance(column, models.ForeignKey) and column.editable and name not in kind.by_verb:
            target = {"Person": other.people["agent"], "Team": other.desk, "Site": other.site}.get(column.remote_field.model.__name__)
            if target is not None:
                with pytest.raises(ValidationError):
                    write.change(fresh(record), actor, **{name: target.pk})


# -- screens


@pytest.fixture
def desk(company):
    """A browser of an agent who is a lead as well."""
    return company.client("team_lead")


def test_list_shows_what_was_opened(kind, make, desk):
    records = make(kind.key, 3)
    page = desk.get(f"/k/{kind.key}?all=1").content.decode()
    assert all(r.number in page for r in records)


def test_list_costs_the_same_for_any_length(kind, make, desk):
    make(kind.key, 3)
    url = f"/k/{kind.key}?all=1"
    desk.get(url)
    few = statements(lambda: desk.get(url))
    make(kind.key, 27)
    many = statements(lambda: desk.get(url))
    assert many <= few
    budget(f"{kind.key}.list", many)


def test_page_keeps_its_budget(kind, make, desk):
    record = make(kind.key)
    for n in range(3):
        write.act(record, system(), "reply", text=f"Entry {n}")
    desk.get(f"/r/{record.number}")
    budget(f"{kind.key}.page", statements(lambda: desk.get(f"/r/{record.number}")))


def test_preview_keeps_its_budget(kind, make, desk):
    record = make(kind.key)
    url = f"/r/{record.number}?as=preview"
    desk.get(url)
    budget(f"{kind.key}.preview", statements(lambda: desk.get(url, headers={"HX-Request": "true"})))


def test_every_panel_can_be_opened_alone(kind, make, desk):
    record = make(kind.key)
    for part in panels(kind.key):
        assert desk.get(f"/r/{record.number}/panel/{part.key}").status_code == 200


def test_every_step_has_a_dialog_that_a_get_never_performs(kind, make, desk, company):
    record = make(kind.key)
    for step in possible(record, company.actor("team_lead")):
        assert desk.get(step.href).status_code == 200
        assert fresh(record).version == record.version


def test_every_property_has_an_editor(kind, make, desk):
    record = make(kind.key)
    page = desk.get(f"/r/{record.number}").content.decode()
    for name in screens[kind.key].properties:
        url = f"/r/{record.number}/field/{name}"
        if f'href="{url}"' in page:
            assert desk.get(url).status_code == 200
            assert desk.get(url, headers={"HX-Request": "true"}).status_code == 200
            assert desk.get(url + "?show=1", headers={"HX-Request": "true"}).status_code == 200


def test_every_filter_has_an_editor(kind, desk):
    for name in screens[kind.key].filters:
        assert desk.get(f"/k/{kind.key}/filter/{name}").status_code == 200


def test_every_view_and_sort_answers(kind, desk, make):
    make(kind.key)
    for view in screens[kind.key].views:
        assert desk.get(f"/k/{kind.key}?view={view.key}").status_code == 200
    for sort in screens[kind.key].sorts:
        assert desk.get(f"/k/{kind.key}?all=1&sort={sort}&turned=1").status_code == 200


def test_the_new_form_opens_a_record(kind, company):
    client = company.client("administrator")
    if client.get(f"/k/{kind.key}/new").status_code == 404:
        pytest.skip("the administrator does not open this kind")
    form = {"title": "From the form", "once": "k1", "impact": 3, "urgency": 2, "channel": "phone", "criticality": 3, "hours": "working"}
    form |= {name: row() for name, row in NEEDED.get(kind.key, {}).items()}
    answer = client.post(f"/k/{kind.key}/new", form)
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    assert kind.model.objects.filter(title="From the form").count() == 1
    client.post(f"/k/{kind.key}/new", form)
    assert kind.model.objects.filter(title="From the form").count() == 1


def test_write_keeps_its_budget(kind, make, desk):
    record = make(kind.key)
    desk.get(f"/r/{record.number}")
    budget(f"{kind.key}.write", statements(lambda: desk.post(f"/r/{record.number}/do/reply", {"text": "Words"})))


