"""Conditions between tasks (CHG-12): what came of one decides whether the next is carried out."""

import pytest
from django.core.exceptions import ValidationError

from praxis.abilities.notices.models import Notice
from praxis.abilities.tasks.models import Task, TaskTemplate
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.records import write

pytestmark = pytest.mark.django_db
STEPS = [{"title": "Install"}, {"title": "Test"}, {"title": "Tell users", "only": "done"}, {"title": "Tidy", "only": "done"},
         {"title": "Back out", "only": "failed", "after": [1, 2]}, {"title": "Check that it is back", "only": "done"}, {"title": "Write it down", "after": [4, 6]}]


@pytest.fixture
def planned(company, agent, make):
    write.save(TaskTemplate(), system(), key="upgrade", label="Upgrade", steps=STEPS)
    record = make(owner=company.people["specialist"])
    write.act(record, agent, "add_tasks", template=TaskTemplate.objects.get(key="upgrade").pk)
    return record


def task(record, title):
    return Task.objects.get(parent=record.pk, title=title)


def states(record):
    return dict(Task.objects.filter(parent=record.pk).order_by("position").values_list("title", "state"))


def test_all_went_well_and_the_back_out_is_not_needed(planned, agent):
    for title in ("Install", "Test", "Tell users", "Tidy", "Write it down"):
        write.move(task(planned, title), agent, "finish")
    assert states(planned) == {"Install": "done", "Test": "done", "Tell users": "done", "Tidy": "done", "Back out": "skipped", "Check that it is back": "skipped", "Write it down": "done"}
    assert task(planned, "Back out").outcome == "Not needed: nothing before it failed." and "nothing before" not in task(planned, "Check that it is back").outcome


def test_one_failed_and_the_back_out_starts(planned, agent, company):
    write.move(task(planned, "Install"), agent, "finish")
    with pytest.raises(NotPossible, match="waits for"):
        write.move(task(planned, "Back out"), agent, "start")
    with pytest.raises(ValidationError):
        write.move(task(planned, "Test"), agent, "fail")
    write.move(task(planned, "Test"), agent, "fail", outcome="Half of the scanners lost their session.")
    assert states(planned) == {"Install": "done", "Test": "failed", "Tell users": "skipped", "Tidy": "skipped", "Back out": "to_do", "Check that it is back": "to_do", "Write it down": "to_do"}
    assert task(planned, "Test").number in task(planned, "Tell users").outcome
    assert Notice.objects.filter(record=planned.pk, person=company.people["specialist"], text__contains="lost their session").exists()
    with pytest.raises(NotPossible):
        write.move(task(planned, "Write it down"), agent, "finish")
    for title in ("Back out", "Check that it is back", "Write it down"):
        write.move(task(planned, title), agent, "finish")
    page = company.client("agent").get(f"/r/{planned.number}").content.decode()
    assert "failed</span>" in page


def test_the_first_failed_before_the_second_could_begin(planned, agent):
    write.move(task(planned, "Install"), agent, "fail", outcome="No.")
    assert states(planned)["Test"] == "to_do" and states(planned)["Back out"] == "to_do", "Test has no condition of its own"
    write.move(task(planned, "Test"), agent, "skip", outcome="Nothing to test.")
    assert states(planned) | {"Write it down": ""} == {"Install": "failed", "Test": "skipped", "Tell users": "skipped", "Tidy": "skipped", "Back out": "to_do", "Check that it is back": "to_do", "Write it down": ""}


def test_a_condition_by_hand_needs_a_task_before_it_and_a_wrong_one_is_refused(company, agent, make):
    record = make()
    with pytest.raises(ValidationError, match="after which task"):
        write.act(record, agent, "add_task", title="Back out", only="failed")
    write.act(record, agent, "add_task", title="Install")
    write.act(record, agent, "add_task", title="Back out", only="failed", after=task(record, "Install").number)
    write.move(task(record, "Install"), agent, "finish")
    assert states(record) == {"Install": "done", "Back out": "skipped"}
    with pytest.raises(ValidationError, match="only is done or failed"):
        write.save(TaskTemplate(), system(), key="x", label="x", steps=[{"title": "a", "only": "maybe"}])
