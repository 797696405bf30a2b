"""The commands. Exit codes: 0 done, 1 something is wrong and was said, 2 the command was not understood."""

import signal
import subprocess
import sys
from pathlib import Path

import click
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from praxis.kernel import content, numbers, seals
from praxis.kernel.actors import system
from praxis.people.models import Grant, Organisation, Person, Role
from praxis.people.signin import make_link
from praxis.records import write
from praxis.records.jobs import refresh_statistics

from . import checks, demo, discovery, facts, operate
from .servicenow import ServiceNowLog


@click.command()
@click.option("--organisation", default="My company", help="Name of the first organisation, when there is none.")
@click.option("--zone", default="UTC", help="Its time zone, such as Europe/Berlin.")
@click.option("--administrator", default="", help="E-mail of a first administrator to make; prints a one-time link.")
@click.option("--port", default=8000, help="That of the link.")
def setup(organisation, zone, administrator, port):
    """Create or upgrade the database of DATABASE_URL, load the default content. Safe to repeat."""
    call_command("migrate", verbosity=0, interactive=False)
    numbers.prepare()
    call_command("collectstatic", verbosity=0, interactive=False)
    counts = content.load_all(system())
    refresh_statistics()
    made = sum(c.get("made", 0) for c in counts.values())
    click.echo(f"Database ready ({connection.vendor}); {made} default rows made.")
    if administrator:
        try:
            person = _administrator(organisation, zone, administrator)
        except ValidationError as problem:
            raise click.ClickException(" ".join(problem.messages)) from None
        click.echo(f"{person.name} signs in once within an hour at {_address(port)}/in/{make_link(person)}")


@click.command()
@click.argument("person")
@click.option("--port", default=8000)
def link(person, port):
    """Print a fresh one-time sign-in link for PERSON, an e-mail or a name. It works once, within an hour."""
    found = list(Person.objects.filter(email__iexact=person)[:2]) or list(Person.objects.filter(name__iexact=person)[:2])
    if len(found) != 1:
        raise click.ClickException(f"{len(found) or 'No'} people fit {person!r}. Give the e-mail of one.")
    click.echo(f"{_address(port)}/in/{make_link(found[0])}")


@click.command()
@click.option("--port", default=8000)
@click.option("--workers", default=2, help="Web processes.")
@click.option("--with-worker", is_flag=True, help="Run one job worker beside them.")
def serve(port, workers, with_worker):
    """Serve on 127.0.0.1. Put a reverse proxy in front for others (docs/run)."""
    _ready()
    connections.close_all()
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", str(workers), "--blocking-threads", "1", "--log-level", "warning", "praxis.site.wsgi:application"]
    web = subprocess.Popen(command)
    jobs = subprocess.Popen([sys.executable, "-m", "praxis.interfaces.cli.main", "work"]) if with_worker else None
    click.echo(f"Praxis is served on {_address(port)} (stop with Ctrl C).")

    def stop(*_):
        for process in filter(None, (web, jobs)):
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    try:
        code = web.wait()
    except KeyboardInterrupt:
        stop()
        code = web.wait()
    if jobs:
        if jobs.poll() is None:
            jobs.terminate()
        jobs.wait()
    sys.exit(0 if code in (0, -signal.SIGTERM, -signal.SIGINT) else 1)


@click.command()
@click.option("--until-empty", is_flag=True, help="Stop when nothing is ready.")
def work(until_empty):
    """Run jobs until stopped; finishes the job in hand first."""
    _ready()
    worker = import_string(settings.WORKER)()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    click.echo(f"{worker.run(until_empty=until_empty)} jobs done.")


@click.group(name="demo")
def demo_group():
    """The demo company, Nordwind Logistics."""


@demo_group.command()
@click.option("--incidents", default=2000)
@click.option("--seed", default=7)
def load(incidents, seed):
    """Load the demo through the write path; does nothing when it is there."""
    if Organisation.objects.filter(is_demo=True).exists():
        click.echo("The demo is loaded already.")
        return
    with click.progressbar(length=incidents, label="Loading Nordwind Logistics") as bar:
        people = demo.load(incidents, seed, bar.update)
    click.echo(f"{people} people, 12 services, {incidents} incidents.")


@demo_group.command()
def remove():
    """Remove the demo with everything that happened in it."""
    click.echo(f"{demo.remove()} records removed." if Organisation.objects.filter(is_demo=True).exists() else "There is no demo.")


@demo_group.command()
@click.option("--port", default=8000)
def links(port):
    """Print one-time links for an agent, a lead, an employee and an administrator of the demo."""
    for role, email in demo.SIGN_IN.items():
        person = Person.objects.filter(email=email).first()
        if person:
            click.echo(f"  {role:14} {person.name:18} {_address(port)}/in/{make_link(person)}")


@click.group(name="import")
def import_group():
    """Take over data from elsewhere."""


@import_group.command(name="servicenow-log")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--organisation", default="imported", help="Key of the organisation to import into; made when missing.")
@click.option("--zone", default="UTC", help="Time zone of the dates in the file.")
@click.option("--facts", "facts_file", type=click.Path(dir_okay=False), help="Write facts of what was imported as JSON.")
@click.option("--chunk", default=200, help="Incidents a transaction.")
def servicenow_log(file, organisation, zone, facts_file, chunk):
    """Rebuild incidents with their whole history from an event log of ServiceNow (.csv, .gz, .xz). Safe to repeat."""
    _ready()
    log = ServiceNowLog(file, organisation, zone)
    with click.progressbar(length=log.read(), label="Importing") as bar:
        result = log.run(chunk, bar.update)
    for line, reason in result.bad[:50]:
        click.echo(f"  line {line}: {reason}", err=True)
    if len(result.bad) > 50:
        click.echo(f"  and {len(result.bad) - 50} more rows", err=True)
    click.echo(f"{result.made} incidents made, {result.same} unchanged, {result.changed} differ, {len(result.bad)} bad rows, "
               f"{result.events} events in {result.seconds:.1f} s ({result.events / max(result.seconds, .001):.0f}/s).")
    if facts_file:
        facts.write(organisation, facts_file)
    sys.exit(0)


@click.command()
def check():
    """List insecure settings and faults of the data; exit code 1 if there are any."""
    found = checks.run()
    for line in found:
        click.echo(line)
    click.echo("Nothing found." if not found else f"{len(found)} found.")
    sys.exit(1 if found else 0)


@click.command(name="verify-log")
def verify_log():
    """Check the hash chain of the event log, then seal what is new; names what was changed, is missing or was added."""
    faults = seals.verify()
    seals.seal()
    for fault in faults:
        click.echo(f"Organisation {fault.organisation or '-'}, events {fault.after + 1} to {fault.upto}: {fault.text}.")
    click.echo("The event log is whole." if not faults else f"{len(faults)} faults.")
    sys.exit(1 if faults else 0)


@click.command()
@click.option("--records", default=10_000)
@click.option("--items", type=int, help="Fill only an estate of so many items, with three relations each.")
@click.option("--db", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--check", "strict", is_flag=True, help="Exit 1 above one and a half times the budget.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False))
def bench(records, items, db, strict, json_file):
    """Measure CPU, statements and bytes of the usual requests on a filled database of its own, then remove it."""
    command = [sys.executable, "-m", "praxis.interfaces.cli.bench", "--records", str(records), "--db", db]
    command += ["--items", str(items)] if items else []
    command += ["--check"] if strict else []
    command += ["--json", json_file] if json_file else []
    sys.exit(subprocess.call(command))


def _administrator(organisation, zone, email):
    """The first administrator, with a grant for every organisation; made when missing."""
    by = system("praxis setup")
    home = Organisation.objects.filter(is_demo=False).first() or write.save(Organisation(), by, key="home", name=organisation, zone=zone)
    person = Person.objects.filter(organisation=home, email__iexact=email).first() or write.save(
        Person(), by, organisation=home, email=email, name=email.split("@")[0].replace(".", " ").title(), password=make_password(None))
    role = Role.objects.get(key="administrator")
    if not Grant.objects.filter(person=person, role=role, organisation=None).exists():
        write.save(Grant(), by, person=person, role=role)
    return person


def _ready():
    plan = MigrationExecutor(connection)
    if plan.migration_plan(plan.loader.graph.leaf_nodes()):
        raise click.ClickException("The database is not set up for this version. Run: praxis setup")
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():  # another home than the one that was set up, or a restored one
        call_command("collectstatic", verbosity=0, interactive=False)


def _address(port):
    return f"http://127.0.0.1:{port}"


import_group.add_command(discovery.glpi_inventory)
import_group.add_command(discovery.nmap_scan)
COMMANDS = {c.name: c for c in (setup, link, serve, work, demo_group, import_group, check, verify_log, bench)} | operate.COMMANDS
