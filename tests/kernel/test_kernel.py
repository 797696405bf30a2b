"""The frame: an append-only log with seals, jobs that survive kills, numbers, settings, packs, a frozen registry."""

import signal
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from praxis.kernel import content, journal, numbers, seals
from praxis.kernel.actors import system
from praxis.kernel.jobs import every, task, timetable
from praxis.kernel.jobs.worker import MAX_ATTEMPTS, Worker, reap, wait_before
from praxis.kernel.kinds import EventType, Frozen, Registry, registry
from praxis.kernel.models import Event, Job, Seal, Setting
from praxis.kernel.now import now
from praxis.kernel.settings import declared, forget
from praxis.practices.incident.kind import AUTO_CLOSE
from praxis.records import write

pytestmark = pytest.mark.django_db
RAN = []


@task()
def note(word, fail=0):
    RAN.append(word)
    if len(RAN) <= fail:
        raise RuntimeError("not yet")
    return word


def test_events_are_append_only_on_this_database(make):
    make()
    for doing in (lambda: Event.objects.update(name="x"), lambda: Event.objects.all().delete(), lambda: Event.objects.first().save()):
        with pytest.raises(DatabaseError), transaction.atomic():
            doing()
    with journal.lifted("test"):
        Event.objects.all().delete()
    assert not Event.objects.exists()


def test_undeclared_events_are_refused():
    with pytest.raises(journal.Undeclared):
        journal.made("no.such", system())


def test_verify_log_names_what_was_changed_missing_or_swapped(make, company):
    make(count=4)
    seals.seal()
    assert seals.verify() == [] and Seal.objects.filter(organisation=company.organisation.pk).count() == 1
    tamper = {"sqlite": ("DROP TRIGGER event_no_update", "DROP TRIGGER event_no_delete"),
              "postgresql": ("ALTER TABLE kernel_event DISABLE TRIGGER USER",)}[connection.vendor]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.cursor() as cursor:
        for statement in tamper:
            cursor.execute(statement)
    mine = Event.objects.filter(organisation=company.organisation.pk)
    last = mine.latest("id")
    Event.objects.filter(pk=last.pk).update(actor_name="Somebody else")
    assert "changed or swapped" in seals.verify()[0].text
    last.delete()
    assert "1 events are missing" in seals.verify()[0].text
    Seal.objects.all().update(after=5)
    assert any("seal is missing" in f.text for f in seals.verify())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE kernel_event ENABLE TRIGGER USER")


def test_seals_grow_and_chain(make):
    make()
    seals.seal()
    make()
    seals.seal()
    assert seals.verify() == [] and Seal.objects.exclude(previous="").exists()


def test_a_job_runs_once_and_keeps_its_result():
    RAN.clear()
    result = note.enqueue("a")
    assert Worker().run(until_empty=True) >= 1 and RAN == ["a"]
    result.refresh()
    assert result.status == "SUCCESSFUL" and result.return_value == "a"


def test_a_key_makes_a_job_exist_once():
    note.enqueue("a", job_key="k")
    note.enqueue("a", job_key="k")
    assert Job.objects.filter(key="k").count() == 1


def test_a_failing_job_waits_longer_each_time_and_ends_dead():
    RAN.clear()
    note.enqueue("x", fail=99)
    worker = Worker()
    for n in range(MAX_ATTEMPTS):
        Job.objects.filter(state="ready").update(run_after=now())
        job = worker.claim()
        assert not worker.work(job)
        job.refresh_from_db()
        assert "not yet" in job.error and job.state == ("dead" if n == MAX_ATTEMPTS - 1 else "ready")
    assert wait_before(1) < wait_before(3) <= timedelta(hours=1)


def test_a_lost_job_is_given_back_and_the_late_worker_changes_nothing():
    RAN.clear()
    note.enqueue("x")
    dead, alive = Worker(name="dead", lease=timedelta(0)), Worker(name="alive")
    job = dead.claim()
    assert reap() == 1
    second = alive.claim()
    assert second.pk == job.pk and alive.work(second)
    assert not dead.work(job)  # its lease is gone: its work is rolled back
    assert Job.objects.get().worker == "alive" and Job.objects.get().state == "done"


def test_a_job_commits_together_with_its_work(make):
    with pytest.raises(RuntimeError), transaction.atomic():
        note.enqueue("never")
        raise RuntimeError
    assert not Job.objects.filter(args=["never"]).exists()


def test_a_signal_ends_a_worker_wherever_it_is_interrupted(monkeypatch):
    """A handler that waits for a lock of the code that it interrupted would wait for ever; the worker that ends here is this very thread."""
    monkeypatch.setattr("praxis.kernel.jobs.worker.close_old_connections", lambda: None)  # the test's transaction is in it
    worker = Worker()
    before = signal.signal(signal.SIGALRM, lambda *_: worker.stop())
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        assert worker.run(pause=0.001) >= 0 and worker.stopped is True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_periodic_tasks_run_once_for_each_time_however_many_ask():
    every("*/5 * * * *", note)
    try:
        at = now()
        timetable.enqueue_due(at)
        later = at + timedelta(minutes=6)
        assert sum(timetable.enqueue_due(later) for _ in range(3)) >= 1
        assert Job.objects.filter(task=note.module_path).count() == 1
    finally:
        timetable.entries.pop(note.module_path)


def test_numbers_are_taken_without_reuse():
    kind = registry["incident"]
    first = numbers.take(kind, 3)
    assert len(set(first + numbers.take(kind, 2))) == 5
    numbers.beyond(kind, 50_000)
    assert int(numbers.take(kind)[0].split("-")[1]) > 50_000


def test_settings_default_change_and_check(company):
    assert AUTO_CLOSE() == 5
    write.save(Setting(), system(), key=AUTO_CLOSE.key, value=9)
    forget()
    assert AUTO_CLOSE() == 9 and AUTO_CLOSE(company.organisation.pk) == 9
    with pytest.raises(ValueError):
        declared[AUTO_CLOSE.key].check("many")


def test_packs_are_safe_to_repeat():
    assert all(set(counts) <= {"same"} for counts in content.load_all(system()).values())


@pytest.mark.parametrize("text", ["- kind: nothing\n  key: x", "- just words", "- kind: role\n  key: x\n  state: maybe", "a: [", "- kind: role\n  key: x\n  other: 1"])
def test_bad_packs_name_the_entry(text, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(content.BadPack, match="bad.yaml"):
        content.read(path)


def test_the_registry_is_frozen_and_refuses_to_be_empty():
    with pytest.raises(Frozen):
        registry.declare(EventType("too.late", "x"))
    with pytest.raises(RuntimeError, match="No kind"):
        Registry().freeze()


def test_there_are_21_roles(company):
    from praxis.people.models import Role

    assert Role.objects.count() == 21


def test_nothing_runs_in_the_background_of_tests():
    assert threading.active_count() < 5


def test_housekeeping_forgets_only_what_is_old(company):
    from praxis.records import jobs
    from praxis.records.models import Once

    Once.objects.create(key="new")
    Once.objects.create(key="old", at=now() - timedelta(days=2))
    assert jobs.sweep.call() >= 1 and list(Once.objects.values_list("key", flat=True)) == ["new"]
    assert jobs.seal_log.call() == 0 and seals.verify() == []


@pytest.mark.django_db
def test_a_job_that_is_delivered_twice_is_taken_once():
    """Through Redis an id may come to two workers, or again after it is done: the row has one taker."""
    from praxis.kernel.jobs.worker import Worker
    from praxis.kernel.models import Job

    job = Job.objects.create(id=uuid4(), task="praxis.abilities.measures.jobs.count_days", queue="default")
    one, other = Worker(name="one"), Worker(name="other")
    assert one.take(job.pk).worker == "one" and other.take(job.pk) is None
    assert one.work(Job.objects.get(pk=job.pk)) and one.take(job.pk) is None and Job.objects.get(pk=job.pk).attempts == 1
