"""What sources report becomes items: identified, reconciled attribute by attribute, or put before a person (CMD-04, AC1 to AC3)."""

from dataclasses import dataclass, field
from hashlib import sha256

from django.db.models import F, Q
from django.utils.translation import gettext as _t

from praxis.abilities.sources import store
from praxis.abilities.sources.models import Candidate
from praxis.kernel.actors import system
from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib import identity
from praxis.lib.identity import ASK, HARDWARE, SAME, VIRTUAL, Marks
from praxis.lib.text import without_control
from praxis.people.models import Organisation
from praxis.records import write

from .models import ATTRIBUTES, Item, ItemClass

SINGLE = ("serial", "uuid", "host", "agent")  # an item has one of these; of network addresses many
LONGEST_MARK = 120
MOST_MACS, LONGEST = 64, {"title": 200, "serial": 80, "hostname": 120, "maker": 80, "product": 80, "version_of": 60}
VIRTUAL_CLASSES = {"virtual-machine", "container"}


@dataclass
class Report:
    """One item as a source sees it. `values` are texts by attribute, not yet trusted; `macs`, `uuid` and `agent` only identify."""

    item_class: str
    values: dict = field(default_factory=dict)
    macs: list = field(default_factory=list)
    uuid: str = ""
    agent: str = ""
    form: str = HARDWARE

    def __post_init__(self):
        self.uuid, self.agent = (without_control(str(v))[:120] for v in (self.uuid, self.agent))
        self.macs = [without_control(str(m))[:40] for m in self.macs[:MOST_MACS]]
        self.values = {k: without_control(str(v)).strip()[: LONGEST[k]] for k, v in self.values.items() if k in ATTRIBUTES and v not in (None, "")}
        if "serial" in self.values and not identity.serial(self.values["serial"]):
            del self.values["serial"]  # "Default string" is no serial number
        if self.item_class in VIRTUAL_CLASSES:
            self.form = VIRTUAL

    @property
    def marks(self):
        return Marks(identity.serial(self.values.get("serial", "")), identity.uuid(self.uuid)[:120], frozenset(sorted({m for m in map(identity.mac, self.macs) if m})[:MOST_MACS]),
                     identity.host(self.values.get("hostname") or self.values.get("title", "")), without_control(self.agent)[:120], self.form)

    def as_json(self):
        return {"item_class": self.item_class, "values": self.values, "macs": [str(m)[:40] for m in self.macs[:MOST_MACS]], "uuid": str(self.uuid)[:120], "agent": str(self.agent)[:120], "form": self.form}


def pairs(marks):
    """[(sort, value)] of Marks."""
    return [(s, getattr(marks, s)[:LONGEST_MARK]) for s in SINGLE if getattr(marks, s)] + [("mac", m) for m in sorted(marks.macs)]


def known(marks, organisation):
    """{item id: Marks} of every item of the organisation that shares a mark; two statements."""
    found = {}
    for pk, rows in store.alike(pairs(marks), organisation).items():
        found[pk] = Marks(**({sort: value for sort, value in rows if sort != "mac"} | {"macs": frozenset(v for s, v in rows if s == "mac")}))
    return found


@write.writing()
def take(report, source, organisation, by):
    """("made" | "changed" | "same" | "ask" | "unmanaged", the Item or Candidate, why) of one report."""
    if source is None:
        raise NotPossible(_t("There is no source of this name. Add it under Settings, Sources of items."))
    Organisation.objects.select_for_update().values_list("pk").get(pk=organisation.pk)  # two first reports of one machine are one item
    marks, at = report.marks, now()
    near = known(marks, organisation.pk)
    verdict = identity.identify(marks, near)
    if verdict.what == SAME:
        item = Item.objects.get(pk=verdict.items[0])
        return ("changed" if apply(item, report, source, by, at) else "same"), item, verdict.why
    decided = store.candidate(organisation, source, _key(marks))
    if decided and decided.state == "same" and (item := Item.objects.exclude(phase="final").filter(pk__in=decided.items[:1]).first()):
        return ("changed" if apply(item, report, source, by, at) else "same"), item, _t("somebody said so")
    if verdict.what == ASK or not source.creates:
        unmanaged = verdict.what != ASK
        why = _t("Seen, and nothing like it is known") if unmanaged else verdict.why
        made = store.ask(organisation, source, _key(marks), report.as_json(), verdict.items, why, unmanaged, at)
        return ("unmanaged" if made.unmanaged else "ask"), made, made.why
    return "made", register(report, source, organisation, by, at), verdict.why


def _key(marks):
    return sha256(repr(pairs(marks)).encode()).hexdigest()


def register(report, source, organisation, by, at=None):
    """A new item from a report; live, since it was seen at work."""
    at = at or now()
    row = ItemClass.objects.filter(Q(organisation=None) | Q(organisation=organisation), key=report.item_class).order_by(F("organisation").asc(nulls_first=True)).last() or ItemClass.objects.get(organisation=None, key="peripheral")
    values = dict(report.values)
    values.setdefault("title", values.get("hostname") or values.get("serial") or _t("Unnamed %s") % row.label)
    if by.id is not None and by.organisation != organisation.pk:  # the provider's own staff, for a customer
        if not by.reaches(organisation.pk, "item.open"):
            raise Forbidden("item.open")
        by = system(by.name, organisation.pk)
    item = write.open_record(registry["item"], by, organisation=organisation.pk, item_class=row, data={"source": source.key}, **values)
    write.move(item, by, "go_live")
    store.keep(item, report.values, pairs(report.marks), source, at)
    return item


def apply(item, report, source, by, at=None):
    """Bring an item in line with what its sources say; returns whether anything changed. What a person entered stays."""
    at = at or now()
    if not by.may("item.change", item):
        raise Forbidden("item.change")
    store.keep(item, report.values, pairs(report.marks), source, at)
    wanted = {name: value for name, value in store.best(item).items() if getattr(item, name) != value}
    if not wanted:
        return False
    write.change(item, by, event="item.discovered", needs="item.change", data={"source": source.key, "words": source.label}, **wanted)
    return True


def decide(candidate, by, what, item=None, item_class=""):
    """A person's answer on a candidate: "same" as this item, "new", or "ignored". The next report like it needs no answer."""
    report = Report(**candidate.report)
    if item_class:
        report = Report(**(candidate.report | {"item_class": item_class}))
    with write.writing():
        if Candidate.objects.select_for_update().filter(pk=candidate.pk, state="open").first() is None:
            raise NotPossible(_t("Somebody judged this already."))
        if what == "same":
            apply(item, report, candidate.source, by)
        elif what == "new":
            item = register(report, candidate.source, candidate.organisation, by)
        store.judged(candidate, "ignored" if what == "ignored" else "same", [item.pk] if item else candidate.items, by)
        if item:
            write.note(item, by, needs="item.change", event="item.judged", data={"words": candidate.why, "what": what, "source": candidate.source.key})
    return item
