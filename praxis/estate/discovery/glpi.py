"""Inventories of GLPI agents (its JSON format): read by type, refused with the place of the fault, never taken in halves.

Every text in them was written by the machine that reports, so that none is trusted: they are cut, stripped of control characters and escaped where shown.
"""

import zlib

import msgspec
from django.utils.translation import gettext as _t

from praxis.estate.cmdb.reconcile import Report
from praxis.lib.identity import VIRTUAL

MOST = 20 * 2**20  # bytes, unpacked
CHASSIS = {"laptop": "laptop", "notebook": "laptop", "portable": "laptop", "sub notebook": "laptop", "convertible": "laptop", "detachable": "laptop", "tablet": "tablet",
           "rack mount chassis": "physical-server", "blade": "physical-server", "main server chassis": "physical-server", "multi-system chassis": "physical-server"}
TYPES = {"Phone": "phone", "NetworkEquipment": "switch", "Printer": "printer", "Unmanaged": "peripheral"}
NOT_VIRTUAL = {"", "physical", "none"}


class Bad(ValueError):
    """An inventory that cannot be taken; the text says why, and where."""


class Bios(msgspec.Struct):
    ssn: str | None = None
    msn: str | None = None
    smanufacturer: str | None = None
    mmanufacturer: str | None = None
    smodel: str | None = None
    mmodel: str | None = None


class Hardware(msgspec.Struct):
    name: str | None = None
    uuid: str | None = None
    chassis_type: str | None = None
    vmsystem: str | None = None


class System(msgspec.Struct):
    full_name: str | None = None
    fqdn: str | None = None


class Network(msgspec.Struct):
    mac: str | None = None
    virtualdev: bool | None = None
    type: str | None = None


class Device(msgspec.Struct):
    name: str | None = None
    serial: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    mac: str | None = None
    firmware: str | None = None


class Content(msgspec.Struct):
    bios: Bios | None = None
    hardware: Hardware | None = None
    operatingsystem: System | None = None
    networks: list[Network] = []
    network_device: Device | None = None


class Inventory(msgspec.Struct):
    deviceid: str
    content: Content | None = None
    itemtype: str = "Computer"
    action: str = "inventory"
    partial: bool = False


_decoder = msgspec.json.Decoder(Inventory)


def unpacked(body, encoding=""):
    """The JSON of a body that an agent may have packed; Bad for what would be larger than MOST."""
    if body[:1] == b"{":
        packed = False
    else:
        packed = body[:2] == b"\x1f\x8b" or body[:1] == b"\x78" or encoding in ("gzip", "deflate")
    if packed:
        try:
            reader = zlib.decompressobj(wbits=47)  # gzip or zlib, by its head
            body = reader.decompress(body, MOST + 1)
        except zlib.error:
            raise Bad(_t("The packed inventory is damaged.")) from None
    if len(body) > MOST:
        raise Bad(_t("The inventory is larger than %s MB.") % (MOST // 2**20))
    return body


def read(body):
    """The Inventory in a JSON text; Bad says what is wrong with it and where."""
    try:
        found = _decoder.decode(body)
    except msgspec.ValidationError as problem:
        raise Bad(_t("This is no inventory: %s.") % problem) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Bad(_t("This is no JSON: %s.") % problem) from None
    if not found.deviceid.strip():
        raise Bad(_t("It does not say which device it is of (deviceid)."))
    if found.itemtype not in ("Computer", *TYPES):
        raise Bad(_t("Items of type “%s” are not known.") % found.itemtype[:40])
    return found


def report(found):
    """The Report of an Inventory; Bad if it says nothing about the device itself."""
    content = found.content or Content()
    if device := content.network_device:
        return Report(TYPES.get(found.itemtype, "switch"), {"title": device.name or found.deviceid, "hostname": device.name, "serial": device.serial, "maker": device.manufacturer,
                                                           "product": device.model, "version_of": device.firmware}, [device.mac] if device.mac else [], "", found.deviceid)
    if content.bios is None and content.hardware is None:
        raise Bad(_t("It holds neither bios nor hardware nor network_device, so that nothing tells which item it is."))
    bios, hardware, system = content.bios or Bios(), content.hardware or Hardware(), content.operatingsystem or System()
    virtual = (hardware.vmsystem or "").casefold() not in NOT_VIRTUAL
    row = TYPES.get(found.itemtype) or ("virtual-machine" if virtual else CHASSIS.get((hardware.chassis_type or "").casefold(), "desktop"))
    macs = [n.mac for n in content.networks if n.mac and not n.virtualdev and n.type != "loopback"]
    values = {"title": hardware.name or found.deviceid, "hostname": hardware.name, "serial": bios.ssn or bios.msn, "maker": bios.smanufacturer or bios.mmanufacturer,
              "product": bios.smodel or bios.mmodel, "version_of": system.full_name}
    made = Report(row, values, macs, hardware.uuid or "", found.deviceid)
    if virtual:
        made.form = VIRTUAL
    return made
