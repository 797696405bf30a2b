"""Commands of the operator: backup, restore, configuration as text, a bundle for support."""

import json
import platform
import sys
import tarfile
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import click
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from praxis import __version__
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.kernel.logs import masked
from praxis.kernel.models import Event, Job
from praxis.records import config as text
from praxis.records.models import Record

from . import checks, safekeeping


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False))
def backup(file):
    """Write a backup of database and files to FILE while Praxis works. Without FILE: praxis-DATE.tar here."""
    file = Path(file or f"praxis-{timezone.now():%Y%m%d-%H%M}.tar")
    try:
        manifest = safekeeping.backup(file, lambda words: click.echo(f"Keeping {words} ..."))
    except safekeeping.Unfit as problem:
        raise click.ClickException(str(problem)) from None
    rows = sum(n for n, _hash in manifest["tables"].values())
    click.echo(f"{file}: {len(manifest['tables'])} tables, {rows} rows, {len(manifest['files'])} files, {file.stat().st_size / 2**20:.1f} MB.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def restore(file):
    """Restore FILE into the empty database of DATABASE_URL and the empty PRAXIS_HOME, then compare everything with the backup."""
    try:
        manifest, faults = safekeeping.restore(file, lambda words: click.echo(f"Restoring {words} ..."))
    except safekeeping.Unfit as problem:
        raise click.ClickException(str(problem)) from None
    except tarfile.TarError:
        raise click.ClickException("This is no backup of Praxis: it is no tar file, or it is cut off.") from None
    for fault in faults:
        click.echo(fault, err=True)
    rows = sum(n for n, _hash in manifest["tables"].values())
    click.echo(f"{len(manifest['tables'])} tables with {rows} rows and {len(manifest['files'])} files, "
               + ("equal to the backup in counts and hashes; the search is whole." if not faults else f"{len(faults)} faults."))
    sys.exit(1 if faults else 0)


@click.group(name="config")
def config_group():
    """The configuration as text: what the pages of the administration keep."""


@config_group.command(name="export")
@click.argument("file", required=False, type=click.Path(dir_okay=False))
def config_export(file):
    """Write the configuration as YAML to FILE, or print it."""
    out = text.export()
    Path(file).write_text(out, encoding="utf-8") if file else click.echo(out, nl=False)


@config_group.command(name="diff")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def config_diff(file):
    """Say what applying FILE would change; exit code 1 if anything."""
    lines = _told(lambda: text.diff(Path(file).read_text(encoding="utf-8")))
    for line in lines:
        click.echo(line)
    click.echo("Equal." if not lines else f"{len(lines)} differences.")
    sys.exit(1 if lines else 0)


@config_group.command(name="apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--remove", is_flag=True, help="Also remove rows that the file lacks.")
def config_apply(file, dry_run, remove):
    """Make the configuration as FILE says, all or nothing."""
    wanted = Path(file).read_text(encoding="utf-8")
    lines = _told(lambda: text.diff(wanted) if dry_run else text.apply(wanted, system("praxis config"), remove))
    for line in lines:
        click.echo(line)
    click.echo(f"{len(lines)} {'would change' if dry_run else 'changed'}.")


def _told(run):
    try:
        return run()
    except text.BadText as problem:
        raise click.ClickException(str(problem)) from None


@click.command(name="support-bundle")
@click.argument("file", default="praxis-support.zip", type=click.Path(dir_okay=False))
def support_bundle(file):
    """Write versions, counts, findings and failed jobs to FILE: no secret, no personal data, nothing that people wrote."""
    facts = {
        "praxis": __version__, "python": sys.version, "platform": platform.platform(), "database": connection.vendor,
        "packages": sorted(f"{d.metadata['Name']} {d.version}" for d in distributions()),
        "settings": {"hosts": len(settings.ALLOWED_HOSTS), "https": settings.HTTPS, "debug": settings.DEBUG, "proxies": len(settings.PROXIES)},
        "records": {k: Record.objects.filter(kind=k).count() for k in registry}, "events": Event.objects.count(),
        "jobs": dict(Job.objects.values_list("state").annotate(n=Count("pk"))),
        "failed": [{"task": j.task, "tries": j.attempts, "error": _last(j.error)} for j in Job.objects.filter(state="dead")[:100]],
        "check": [masked(line) for line in checks.settings_only()],
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("facts.json", json.dumps(facts, indent=1, default=str))
    click.echo(f"{file} written. Look into it before you send it.")


def _last(error):
    """The kind of an error and the places it passed, without its text, which may hold what people wrote."""
    lines = error.strip().splitlines()
    places = [line.strip() for line in lines if line.strip().startswith("File ")]
    return [*places[-6:], lines[-1].partition(":")[0] if lines else ""]


COMMANDS = {c.name: c for c in (backup, restore, config_group, support_bundle)}
