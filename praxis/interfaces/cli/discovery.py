"""praxis import glpi-inventory and praxis import nmap: files of agents and scans."""

from collections import Counter
from pathlib import Path

import click

from praxis.estate.discovery import intake
from praxis.kernel.actors import system
from praxis.kernel.context import come_from
from praxis.people.models import Organisation

SHOWN = ("made", "changed", "same", "ask", "unmanaged", "left", "bad")


def _home(key):
    rows = list(Organisation.objects.filter(**({"key": key} if key else {}))[:2])
    if len(rows) != 1:
        raise click.ClickException("Say for which organisation: --organisation with its key." if not key else f"There is no organisation {key!r}.")
    return rows[0]


def _files(path, endings):
    path = Path(path)
    return sorted(p for p in path.rglob("*") if p.suffix in endings) if path.is_dir() else [path]


def _tell(outcomes, quiet):
    for one in outcomes if not quiet else [o for o in outcomes if o.what in ("ask", "bad")]:
        click.echo(f"{one.what:<10} {one.number:<10} {one.name}{f': {one.why}' if one.why else ''}")
    counts = Counter(o.what for o in outcomes)
    click.echo(f"{len(outcomes)} reports: " + ", ".join(f"{counts[w]} {w}" for w in SHOWN if counts[w]))
    if counts["bad"]:
        raise SystemExit(1)


@click.command(name="glpi-inventory")
@click.argument("path", type=click.Path(exists=True))
@click.option("--organisation", default="", help="Its key; needed when there is more than one.")
@click.option("--quiet", is_flag=True, help="Only what has to be judged, and what could not be taken.")
def glpi_inventory(path, organisation, quiet):
    """Take inventories of GLPI agents (.json) from a file or a folder. Safe to repeat."""
    home = _home(organisation)
    with come_from(origin="import"):
        _tell([intake.inventory(p.name, p.read_bytes(), home, system("Import", home.pk)) for p in _files(path, {".json"})], quiet)


@click.command(name="nmap")
@click.argument("path", type=click.Path(exists=True))
@click.option("--organisation", default="", help="Its key; needed when there is more than one.")
@click.option("--quiet", is_flag=True, help="Only what has to be judged, and what could not be taken.")
def nmap_scan(path, organisation, quiet):
    """Take scans of nmap -oX (.xml) from a file or a folder: what is known is seen, what is not is listed under Discovery. Safe to repeat."""
    home = _home(organisation)
    with come_from(origin="import"):
        _tell([o for p in _files(path, {".xml"}) for o in intake.scan(p.name, p.read_bytes(), home, system("Import", home.pk))], quiet)
