"""Many at once, with real threads and connections on the real database."""

import threading
from secrets import token_hex

import pytest
from django.db import connections

from praxis.interfaces.cli import demo
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.people.actors import actor_of
from praxis.people.models import Organisation, Person
from praxis.practices.incident.models import Incident
from praxis.records import write
from tests.conftest import Company


@pytest.fixture
def company(django_db_setup, django_db_blocker):
    """A company whose rows are really committed, so that other connections see them; removed with its history afterwards."""
    with django_db_blocker.unblock():
        made = Company(f"race-{token_hex(4)}")
        yield made
        connections.close_all()
        Organisation.objects.filter(pk=made.organisation.pk).update(is_demo=True)
        demo.remove()


def at_once(count, run):
    """Run `run(n)` in `count` threads that start together; returns (results, errors)."""
    results, errors, gate = [], [], threading.Barrier(count)

    def body(n):
        try:
            gate.wait()
            results.append(run(n))
        except Exception as problem:
            errors.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=body, args=(n,)) for n in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    return results, errors


def test_t_h4_and_t_h11_parallel_creates_have_unique_numbers_and_no_visible_lock(company):
    agent = company.actor("agent")

    def create(n):
        return [write.open_record(registry["incident"], agent, title=f"{n}-{m}").number for m in range(20)]

    results, errors = at_once(50, create)
    assert errors == []
    made = [number for part in results for number in part]
    assert len(made) == len(set(made)) == 1000 == mine(company).count()
    for part in results:
        assert part == sorted(part, key=lambda n: int(n.split("-")[1]))


def test_t_h5_of_20_who_take_one_wins_and_19_are_told(company):
    record = write.open_record(registry["incident"], company.actor("agent"), title="one", team=company.desk.pk)
    actors = []
    for n in range(20):
        person = company.person(f"a{n}@race.example", "agent")
        actors.append(company_actor(person))

    results, errors = at_once(20, lambda n: write.act(Incident.objects.get(pk=record.pk), actors[n], "take").owner_id)
    assert len(results) == 1 and len(errors) == 19 and all(isinstance(e, NotPossible) for e in errors), errors[:2]
    assert Event.objects.filter(subject=record.pk, name="incident.taken").count() == 1


def test_t_h3_the_same_key_at_once_does_it_once(company):
    agent = company.actor("agent")
    results, errors = at_once(12, lambda n: write.once("key", agent, lambda: write.open_record(registry["incident"], agent, title="once").number))
    assert errors == [] and len(set(results)) == 1 and mine(company).count() == 1


def test_different_fields_merge_under_load(company):
    agent, record = company.actor("agent"), None
    record = write.open_record(registry["incident"], agent, title="t")
    names = ("title", "description", "impact", "symptom", "channel", "urgency")
    values = dict(zip(names, ("new", "words", 1, "s", "mail", 1)))
    results, errors = at_once(6, lambda n: write.change(Incident.objects.get(pk=record.pk), agent, **{names[n]: values[names[n]]}).pk)
    fresh = Incident.objects.get(pk=record.pk)
    assert errors == [] and {n: getattr(fresh, n) for n in names} == values and fresh.version == 7 and fresh.priority == 1


def mine(company):
    return Incident.objects.filter(organisation=company.organisation)


def company_actor(person):
    return actor_of(Person.objects.select_related("organisation").get(pk=person.pk))


