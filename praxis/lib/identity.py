"""Which known machine a report is about (CMD-04, AC1, AC2): by what identifies strongly, what only hints, and what must be asked of a person.

Serial number with maker, and the board's UUID, are strong: no two machines share them, unless somebody cloned one or a factory forgot to set them, which
is what the list of placeholders is for. Network addresses, host name and the agent's id are hints: a docking station, a rename or a re-image moves them.
"""

import re
from dataclasses import dataclass, field

PLACEHOLDERS = {
    "", "0", "00", "000", "0000", "00000000", "0000000000", "1", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "0123456789", "1234567890", "x", "xx", "x" * 7,
    "none", "n/a", "na", "null", "nil", "unknown", "default", "default string", "defaultstring", "not specified", "not available", "not applicable", "notapplicable", "to be filled by o.e.m.",
    "to be filled by o.e.m", "tobefilledbyo.e.m.", "o.e.m.", "oem", "system serial number", "systemserialnumb", "chassis serial number", "base board serial number", "serial number", "serial",
    "mb-1234567890", "sys-1234567890", "empty", "invalid", "no asset tag", "asset-1234567890", "bss-0123456789", "eval", "ntbk", "evaluation", ".", "-", "..", "not set", "string", "type1productconfigid",
}
NO_UUID = {"00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff", "00020003000400050006000700080009", "03000200040005000006000700080009",
           "12345678123456781234567812345678", "12345678123412341234123456789012", "fefefefefefefefefefefefefefefefe"}
NO_MAC = {"000000000000", "ffffffffffff", "020000000000", "445053544200", "005056c00001", "005056c00008"}  # the last are adapters that every host of a program has
VIRTUAL_MAC = ("0242",)  # containers on every host
HARDWARE, VIRTUAL = "hardware", "virtual"
SAME, NEW, ASK = "same", "new", "ask"


def serial(text):
    """A serial number that identifies, in one way of writing; "" for a placeholder."""
    plain = re.sub(r"\s+", " ", str(text or "").strip()).casefold()
    bare = re.sub(r"[\s._-]", "", plain)
    if plain in PLACEHOLDERS or bare in PLACEHOLDERS or len(bare) < 3 or len(set(bare)) == 1:
        return ""
    return plain


def uuid(text):
    """The UUID of a board as 32 hexadecimal digits or as it came; "" for a placeholder."""
    plain = re.sub(r"[{}\s-]", "", str(text or "")).casefold()
    return "" if plain in NO_UUID or len(plain) < 8 or len(set(plain)) == 1 or plain in PLACEHOLDERS else plain


def mac(text):
    """A hardware address as twelve hexadecimal digits; "" for those that many machines have."""
    plain = re.sub(r"[^0-9a-f]", "", str(text or "").casefold())
    return "" if len(plain) != 12 or plain in NO_MAC or plain.startswith(VIRTUAL_MAC) or int(plain[:2], 16) & 1 else plain


def host(text):
    """A host name without its domain, in small letters; "" for what every machine calls itself."""
    plain = str(text or "").strip().casefold()
    if re.fullmatch(r"[0-9.]+|[0-9a-f:]+:[0-9a-f:]*", plain):
        return ""
    first = plain.partition(".")[0]
    return "" if first in ("localhost", "localhost2", "", "unknown", "android", "raspberrypi") else first


@dataclass(frozen=True)
class Marks:
    """What a report or a known item is told by, each already in its one way of writing. `agent` is the id of the program that reports."""

    serial: str = ""
    uuid: str = ""
    macs: frozenset = frozenset()
    host: str = ""
    agent: str = ""
    form: str = HARDWARE

    @property
    def strong(self):
        return bool(self.serial or self.uuid)


@dataclass(frozen=True)
class Verdict:
    """`what` is same, new or ask; `items` the one that it is, or those that it may be, the likeliest first; `why` in words for a log."""

    what: str
    items: tuple = ()
    why: str = ""


@dataclass
class Likeness:
    """How a report compares to one known item."""

    item: int
    same: set = field(default_factory=set)
    other: set = field(default_factory=set)

    @property
    def strong(self):
        return self.same & {"serial", "uuid"}

    @property
    def against(self):
        return self.other & {"serial", "uuid"}

    @property
    def hints(self):
        return self.same & {"mac", "host", "agent"}


def compare(item, report, known):
    """The Likeness of a report and the Marks of a known item; what one of them does not know says nothing."""
    found = Likeness(item)
    for name in ("serial", "uuid", "host", "agent"):
        mine, theirs = getattr(report, name), getattr(known, name)
        if mine and theirs:
            (found.same if mine == theirs else found.other).add(name)
    if report.macs and known.macs:
        (found.same if report.macs & known.macs else found.other).add("mac")
    return found


def identify(report, known):
    """The Verdict on a report, given {item id: Marks} of every item that shares at least one mark with it."""
    likes = [compare(item, report, marks) for item, marks in known.items()]
    clear = [x for x in likes if x.strong and not x.against]
    if len(clear) > 1:
        both = [x for x in clear if len(x.strong) == 2]
        told = [x for x in clear if x.hints]  # a copy that a person has told apart: the shared UUID, and a name and addresses of its own
        if len(both) == 1 or len(told) == 1:
            clear = both if len(both) == 1 else told
        else:
            return Verdict(ASK, _ranked(clear), "Its serial number and its UUID are known of different items.")
    if clear:
        one = clear[0]
        if report.form == VIRTUAL and not one.hints and {"mac", "host"} <= one.other:
            return Verdict(ASK, (one.item,), "The UUID is known, but the name and every network address are others: a copy of a virtual machine?")
        return Verdict(SAME, (one.item,), f"same {_words(one.same)}")
    mixed = [x for x in likes if x.strong and x.against]
    if mixed:
        swapped = [x for x in mixed if "serial" in x.same and x.hints]
        if len(swapped) == 1 and len(mixed) == 1:
            return Verdict(SAME, (swapped[0].item,), f"same {_words(swapped[0].same)}; another UUID: a new board")
        return Verdict(ASK, _ranked(mixed), f"same {_words(mixed[0].same)}, but another {_words(mixed[0].against)}.")
    return _by_hints(report, [x for x in likes if x.hints])


def _by_hints(report, likes):
    """Without a strong mark in common: adopt what had none, ask where hints pile up, else it is new."""
    free = [x for x in likes if not x.against]
    sure = [x for x in free if "agent" in x.same or {"mac", "host"} <= x.same or "host" in x.same and "mac" not in x.other and (report.strong or report.macs)
            or "mac" in x.same and "host" not in x.other]
    if len(sure) == 1:
        return Verdict(SAME, (sure[0].item,), f"same {_words(sure[0].hints)}")
    if len(sure) > 1:
        return Verdict(ASK, _ranked(sure), f"Several items have the same {_words(sure[0].hints)}.")
    if free and not report.strong:
        return Verdict(ASK, _ranked(free), f"Only the {_words(free[0].hints)} is the same.")
    piled = [x for x in likes if x.against and (len(x.hints) >= 2 and "host" in x.hints or "agent" in x.hints)]
    if piled:
        return Verdict(ASK, _ranked(piled), f"same {_words(piled[0].hints)}, but another {_words(piled[0].against)}: a new board, or another machine in its place?")
    return Verdict(NEW, (), "nothing that identifies is known")


def _ranked(likes):
    return tuple(x.item for x in sorted(likes, key=lambda x: (-len(x.strong), -len(x.hints), len(x.other), x.item)))


NAMES = {"serial": "serial number", "uuid": "UUID", "mac": "network address", "host": "host name", "agent": "agent"}


def _words(names):
    return " and ".join(NAMES[n] for n in ("serial", "uuid", "mac", "host", "agent") if n in names)
