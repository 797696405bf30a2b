"""Reports on their way in: each whole or not at all, each with what became of it."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from praxis.abilities.sources import store
from praxis.estate.cmdb import reconcile
from praxis.kernel.errors import Refused

from . import glpi, nmap


@dataclass(frozen=True)
class Outcome:
    """What became of one report: made, changed, same, ask, unmanaged, left (with its reason), bad."""

    name: str
    what: str
    number: str = ""
    why: str = ""


def taken(name, report, source, organisation, by):
    """The Outcome of one Report."""
    try:
        what, one, why = reconcile.take(report, source, organisation, by)
    except (ValidationError, Refused) as problem:
        return Outcome(name, "bad", "", " ".join(getattr(problem, "messages", [str(problem)])))
    return Outcome(name, what, getattr(one, "number", ""), why)


def inventory(name, body, organisation, by, source=""):
    """The Outcome of a GLPI inventory: bytes as an agent sends them."""
    try:
        found = glpi.read(glpi.unpacked(body))
        report = glpi.report(found)
    except glpi.Bad as problem:
        return Outcome(name, "bad", "", str(problem))
    key = source or ("network" if found.action == "netinventory" else "agent")
    return taken(name, report, store.source_of(key, organisation), organisation, by)


def scan(name, body, organisation, by, source="scan"):
    """[Outcome] of a scan, a host each; one for the whole file if it cannot be read."""
    try:
        hosts = nmap.read(body)
    except nmap.Bad as problem:
        return [Outcome(name, "bad", "", str(problem))]
    row, found = store.source_of(source, organisation), []
    for host, report, why in hosts:
        label = f"{name}: {host.names[0] if host.names else host.address or host.mac}"[:120]
        found.append(taken(label, report, row, organisation, by) if report else Outcome(label, "left", "", why))
    return found
