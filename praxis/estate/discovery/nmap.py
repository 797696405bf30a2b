"""Reports of network scans (nmap -oX): one Report a host that is up. No entity of the file is resolved, whatever it declares."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from xml.parsers import expat

from django.utils.translation import gettext as _t

from praxis.estate.cmdb.reconcile import Report

MOST, MOST_HOSTS, DEEPEST = 50 * 2**20, 70_000, 30
CLASSES = {"router": "router", "switch": "switch", "firewall": "firewall", "printer": "printer", "print server": "printer", "phone": "phone", "VoIP phone": "phone", "WAP": "access-point",
           "storage-misc": "storage-array", "load balancer": "load-balancer", "power-device": "power"}


class Bad(ValueError):
    """A scan that cannot be read; the text says why."""


@dataclass
class Host:
    up: bool = False
    address: str = ""
    mac: str = ""
    vendor: str = ""
    names: list = field(default_factory=list)
    kind: str = ""
    ports: int = 0


class _Reader:
    """Keeps what is needed of each host while the file goes by."""

    def __init__(self):
        self.hosts, self.host, self.depth, self.root = [], None, 0, ""

    def start(self, name, attributes):
        self.depth += 1
        if self.depth > DEEPEST:
            raise Bad(_t("The file nests too deep for a scan."))
        self.root = self.root or name
        if self.root != "nmaprun":
            raise Bad(_t("This is no scan of nmap: it begins with <%s>.") % name[:40])
        if name == "host":
            self.host = Host()
            if len(self.hosts) >= MOST_HOSTS:
                raise Bad(_t("The scan has more than %s hosts.") % MOST_HOSTS)
        elif self.host is not None:
            self._inside(name, attributes)

    def _inside(self, name, attributes):
        host = self.host
        if name == "status":
            host.up = attributes.get("state") == "up"
        elif name == "address" and attributes.get("addrtype") == "mac":
            host.mac, host.vendor = attributes.get("addr", ""), attributes.get("vendor", "")
        elif name == "address" and not host.address:
            host.address = attributes.get("addr", "")[:45]
        elif name == "hostname" and attributes.get("name"):
            host.names.append(attributes["name"])
        elif name == "osclass" and not host.kind:
            host.kind = attributes.get("type", "")
        elif name == "state":
            host.ports += attributes.get("state") == "open"

    def end(self, name):
        self.depth -= 1
        if name == "host" and self.host is not None:
            self.hosts.append(self.host)
            self.host = None


def read(body):
    """([(Host, Report or None, why not)]) of a scan's XML; Bad for what is none, is damaged, or declares entities."""
    if len(body) > MOST:
        raise Bad(_t("The scan is larger than %s MB.") % (MOST // 2**20))
    reader, parser = _Reader(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.StartDoctypeDeclHandler = _doctype
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError) as problem:
        raise Bad(_t("The file is damaged: %s.") % problem) from None
    if not reader.root:
        raise Bad(_t("The file is empty."))
    return [(host, *_report(host)) for host in reader.hosts]


def _doctype(_name, elsewhere, public, inside):
    if elsewhere or public or inside:
        _refuse()


def _refuse(*_arguments):
    raise Bad(_t("The file declares a type or entities of its own, which no scan needs."))


def _report(host):
    if not host.up:
        return None, _t("it did not answer")
    try:
        if ip_address(host.address).is_loopback:
            return None, _t("it is the scanner itself")
        address = f"ip:{host.address}"
    except ValueError:
        if not host.mac and not host.names:
            return None, _t("it has no address that can be read")
        address = ""
    name = host.names[0] if host.names else ""
    values = {"title": name or host.address or host.mac, "hostname": name, "maker": host.vendor}
    return Report(CLASSES.get(host.kind, "peripheral"), values, [host.mac] if host.mac else [], "", "" if name or host.mac else address), ""
