"""A problem, a major incident, a service with a long life and alerts for the bench, and what is timed once: clusters of all incidents, alerts of one key."""

import time

from praxis.abilities.alerts import store
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib import signals
from praxis.people.models import Grant, Organisation, Role
from praxis.practices.incident.models import Incident
from praxis.practices.major.models import Major
from praxis.practices.monitoring import weigh
from praxis.practices.problem import jobs
from praxis.practices.problem.models import Problem
from praxis.records import write
from praxis.records.models import Record

TITLE, LONG, LINKED, LINES, ALERTS = "Bench crisis", 10_000, 100, 40, 10_000


def made(bench):
    """{"problem", "major", "service"}: their numbers; made once in a database that is kept."""
    home = Organisation.objects.get(key="bench")
    by = system("Bench", home.pk)
    lead = bench.people[0]
    if not Grant.objects.filter(person=lead, role__key="major_incident_manager").exists():
        write.save(Grant(), by, person=lead, role=Role.objects.get(key="major_incident_manager"), organisation=home)
    problem = Problem.objects.filter(organisation=home, title=TITLE).first() or _problem(home, by)
    incident = Incident.objects.filter(organisation=home, title=TITLE).first() or _major(home, by)
    service = Record.objects.filter(organisation=home, kind="service", title=TITLE).first()
    if service is None:
        service = write.open_record(registry["service"], by, title=TITLE, organisation=home.pk)
        some = list(Incident.objects.filter(organisation=home).order_by("-pk").values_list("pk", flat=True)[:LONG])
        Record.objects.filter(pk__in=some).update(service=service.pk)
    return {"problem": problem.number, "major": incident.number, "service": service.number}


def _problem(home, by):
    problem = write.open_record(registry["problem"], by, title=TITLE, organisation=home.pk, workaround="Switch it off and on.")
    rows = Incident.objects.filter(organisation=home).order_by("-pk")[:LINKED]
    write.link_many([(one, problem, "problem") for one in rows], by)
    for n in range(6):
        write.act(Problem.objects.get(pk=problem.pk), by, "add_cause", text=f"Cause {n}", evidence="Log", sure="likely")
    return problem


def _major(home, by):
    incident = write.open_record(registry["incident"], by, title=TITLE, organisation=home.pk)
    write.act(incident, by, "declare_major", why="Bench")
    for n in range(LINES):
        write.act(Incident.objects.get(pk=incident.pk), by, "major_log", text=f"Line {n}")
    assert Major.objects.filter(incident=incident.pk).exists()
    return incident


def once():
    """[(name, CPU ms)] of what is measured in one run."""
    home = Organisation.objects.get(key="bench")
    began = time.process_time()
    jobs.found(home)
    clusters = 1000 * (time.process_time() - began)
    began = time.process_time()
    for n in range(ALERTS // 20):  # five minutes of one key, twenty a message as Alertmanager groups them
        rows = [{"key": "bench-one", "title": "Disk full", "severity": "critical", "state": "firing", "host": "nowhere"} for _k in range(20)]
        store.take(home.pk, "bench", signals.read("praxis", {"events": rows}, now()))
        if n % 50 == 0:
            weigh.weigh(home.pk)
    return [("clusters of all, once", clusters), ("one alert of 10,000", 1000 * (time.process_time() - began) / ALERTS)]
