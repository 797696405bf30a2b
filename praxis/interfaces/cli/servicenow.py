"""Takes over the event log of a ServiceNow instance: one row an event, the state of all attributes after it.

Each incident is rebuilt with its whole history through `write.replay`. Facts about the format: dates are day/month/year,
"?" is unknown, `sys_mod_count` and then the time order the rows of one incident.
"""

import csv
import gzip
import lzma
import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from praxis.abilities.categories.models import Category
from praxis.abilities.fields.models import CustomField
from praxis.kernel.actors import Actor, system
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.people.models import Organisation, Person, Site, Team
from praxis.records import write
from praxis.records.models import Record

UNKNOWN = "?"
STATES = {"New": ("new", ""), "Active": ("in_progress", ""), "Awaiting User Info": ("on_hold", "caller"),
          "Awaiting Vendor": ("on_hold", "supplier"), "Awaiting Problem": ("on_hold", "problem"),
          "Awaiting Evidence": ("on_hold", "scheduled"), "Resolved": ("resolved", ""), "Closed": ("closed", "")}
LEVELS = {"1 - High": 1, "2 - Medium": 2, "3 - Low": 3}
PRIORITIES = {"1 - Critical": 1, "2 - High": 2, "3 - Moderate": 3, "4 - Low": 4}
CHANNELS = {"Phone": "phone", "Email": "mail", "Self service": "portal", "IVR": "phone", "Direct opening": "walk_in"}
FLAGS = ("active", "made_sla", "knowledge", "u_priority_confirmation")
TEXTS = ("opened_by", "sys_created_by", "sys_created_at", "cmdb_ci", "notify", "problem_id", "rfc", "vendor", "caused_by",
         "closed_code", "resolved_by")
DATES = ("opened_at", "sys_created_at", "sys_updated_at", "resolved_at", "closed_at")
COLUMNS = ("number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "made_sla", "caller_id",
           "opened_by", "opened_at", "sys_created_by", "sys_created_at", "sys_updated_by", "sys_updated_at", "contact_type",
           "location", "category", "subcategory", "u_symptom", "cmdb_ci", "impact", "urgency", "priority", "assignment_group",
           "assigned_to", "knowledge", "u_priority_confirmation", "notify", "problem_id", "rfc", "vendor", "caused_by",
           "closed_code", "resolved_by", "resolved_at", "closed_at")


@dataclass
class Result:
    made: int = 0
    same: int = 0
    changed: int = 0
    events: int = 0
    seconds: float = 0.0
    bad: list = field(default_factory=list)  # (line, reason)


class BadRow(ValueError):
    """A row that cannot be taken over, with the reason."""


class ServiceNowLog:
    """One file: `read` it, then `run` the import in chunks that commit one by one, so that it can be resumed."""

    def __init__(self, path, organisation, zone="UTC"):
        self.path, self.key, self.zone = str(path), organisation, ZoneInfo(zone)
        self.by, self.result, self.incidents, self.known = system("Import"), Result(), {}, {}

    def read(self):
        """Parse the file; returns the number of incidents. Bad rows are noted with their line, never fatal."""
        opener = gzip.open if self.path.endswith(".gz") else lzma.open if self.path.endswith(".xz") else open
        with opener(self.path, "rt", encoding="utf-8", errors="replace", newline="") as file:
            rows = csv.reader(file)
            header = next(rows, None)
            if header is None or tuple(h.strip() for h in header) != COLUMNS:
                self.result.bad.append((1, f"the first line must name the {len(COLUMNS)} columns of the log"))
                return 0
            for values in rows:
                try:
                    row = self._parsed(values)
                    steps = self.incidents.setdefault(row["number"], {})
                    if row["step"] in steps:
                        raise BadRow(f"the same step of {row['number']} stands in an earlier row already")
                    steps[row["step"]] = row
                except BadRow as problem:
                    self.result.bad.append((rows.line_num, str(problem)))
        return len(self.incidents)

    def _parsed(self, values):
        if len(values) != len(COLUMNS):
            raise BadRow(f"{len(values)} values instead of {len(COLUMNS)}")
        row = dict(zip(COLUMNS, (v.strip() for v in values)))
        if not re.fullmatch(r"[A-Z]{2,5}\d{4,12}", row["number"]):
            raise BadRow(f"{row['number']!r} is no number of an incident")
        for name, known in (("incident_state", STATES), ("impact", LEVELS), ("urgency", LEVELS), ("priority", PRIORITIES),
                            ("contact_type", CHANNELS)):
            if row[name] not in known:
                raise BadRow(f"{name} {row[name]!r} is unknown")
        for name in FLAGS:
            if row[name] not in ("true", "false"):
                raise BadRow(f"{name} {row[name]!r} is neither true nor false")
        for name in ("reassignment_count", "reopen_count", "sys_mod_count"):
            if not row[name].isascii() or not row[name].isdigit() or len(row[name]) > 6:
                raise BadRow(f"{name} {row[name]!r} is no number")
        for name in DATES:
            row[f"@{name}"] = self._date(name, row[name])
        if not row["@opened_at"] or not row["@sys_updated_at"]:
            raise BadRow("opened_at and sys_updated_at are needed")
        row["step"] = (int(row["sys_mod_count"]), row["@sys_updated_at"])  # a few share a count, never count and time
        return row

    def _date(self, name, text):
        if text in (UNKNOWN, ""):
            return None
        try:
            return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=self.zone)
        except ValueError:
            raise BadRow(f"{name} {text!r} is no date such as 29/2/2016 01:16") from None

    def run(self, chunk=200, done=lambda n: None):
        """Import what is not there yet; returns the Result."""
        started = time.monotonic()
        self._prepare()
        numbers = sorted(self.incidents)
        for i in range(0, len(numbers), chunk):
            part = numbers[i : i + chunk]
            self._chunk(part)
            done(len(part))
        self.result.seconds = time.monotonic() - started
        return self.result

    def _chunk(self, numbers):
        there = dict(Record.objects.filter(kind="incident", external_ref__in=numbers, organisation=self.organisation.pk)
                     .values_list("external_ref", "pk"))
        digests = dict(Event.objects.filter(subject__in=there.values(), name="incident.opened").values_list("subject", "data"))
        histories = []
        for number in numbers:
            rows = [self.incidents[number][n] for n in sorted(self.incidents[number])]
            digest = sha256(repr([[r[c] for c in COLUMNS] for r in rows]).encode()).hexdigest()[:32]
            if number in there:
                same = digests.get(there[number], {}).get("source") == digest
                self.result.same += same
                self.result.changed += not same
            else:
                histories.append(self._history(number, rows, digest))
        if histories:
            write.replay(histories)
            self.result.made += len(histories)
            self.result.events += sum(len(h.events) for h in histories)

    def _history(self, number, rows, digest):
        steps = [write.Happening(row["@sys_updated_at"], self._actor(row["sys_updated_by"]), self._values(row, first=n == 0),
                                 custom=self._custom(row), kept=True, data={"source": digest} if n == 0 else {})
                 for n, row in enumerate(rows)]
        return write.History(registry["incident"], self.organisation.pk, steps, number)

    def _values(self, row, first):
        state, reason = STATES[row["incident_state"]]
        done = state in ("resolved", "closed")
        values = {
            "state": state, "hold_reason": reason, "impact": LEVELS[row["impact"]], "urgency": LEVELS[row["urgency"]],
            "priority": PRIORITIES[row["priority"]], "channel": CHANNELS[row["contact_type"]],
            "requester": self._of(Person, row["caller_id"]), "owner": self._of(Person, row["assigned_to"]),
            "team": self._of(Team, row["assignment_group"]), "site": self._of(Site, row["location"]),
            "category": self._category(row), "symptom": "" if row["u_symptom"] == UNKNOWN else row["u_symptom"],
            "hops": int(row["reassignment_count"]), "reopened": int(row["reopen_count"]),
            "resolved_at": row["@resolved_at"] if done else None, "closed_at": row["@closed_at"] if state == "closed" else None,
        }
        if first:
            what = [row[n] for n in ("category", "subcategory", "u_symptom") if row[n] != UNKNOWN]
            values |= {"title": ", ".join(what) or row["number"], "opened_at": row["@opened_at"]}
        return values

    @staticmethod
    def _custom(row):
        found = {name: row[name] == "true" for name in FLAGS} | {"sys_mod_count": int(row["sys_mod_count"])}
        return found | {name: None if row[name] == UNKNOWN else row[name] for name in TEXTS}

    @staticmethod
    def _actor(name):
        return Actor(None, name)

    def _of(self, model, name):
        return None if name == UNKNOWN else self.known[model][name]

    def _category(self, row):
        path = _path(row)
        return self.known[Category][path] if path else None

    def _prepare(self):
        """The rows that the incidents name: organisation, people, teams, sites, categories, custom fields."""
        self.organisation = Organisation.objects.filter(key=self.key).first() or write.save(
            Organisation(), self.by, key=self.key, name=self.key.replace("-", " ").capitalize(), zone=str(self.zone))
        rows = [row for steps in self.incidents.values() for row in steps.values()]
        home = {"organisation": self.organisation}
        self._make(Person, {r[c] for r in rows for c in ("caller_id", "assigned_to")}, lambda n: Person(
            name=n, email=f"{re.sub(r'[^a-z0-9]+', '-', n.lower())}@{self.key}.invalid", external_ref=n, password="", **home))
        self._make(Team, {r["assignment_group"] for r in rows}, lambda n: Team(name=n, **home))
        self._make(Site, {r["location"] for r in rows}, lambda n: Site(name=n, **home))
        paths = {_path(r) for r in rows} - {""}
        tops = {p.split(", ")[0] for p in paths}
        self._make(Category, tops, lambda n: Category(name=n, path=n, **home), "path")
        self._make(Category, paths, lambda p: Category(name=p.split(", ")[1], path=p, parent=self.known[Category][p.split(", ")[0]], **home), "path")
        for name in (*FLAGS, *TEXTS, "sys_mod_count"):
            if not CustomField.objects.filter(kind="incident", key=name, organisation=self.organisation).exists():
                write.save(CustomField(), self.by, kind="incident", key=name, on_page=False, label=name.removeprefix("u_").replace("_", " ").capitalize(),
                           type="yes" if name in FLAGS else "number" if name == "sys_mod_count" else "text", **home)

    def _make(self, model, names, new, key="name"):
        names = names - {UNKNOWN}
        found = {getattr(r, key): r for r in model.objects.filter(organisation=self.organisation)}
        missing = [new(n) for n in sorted(names - set(found))]
        write.save_many(missing, self.by)
        self.known[model] = found | {getattr(r, key): r for r in missing}


def _path(row):
    """The category's full path; a subcategory without its category hangs below Unknown."""
    top, below = (row[n] for n in ("category", "subcategory"))
    if below == UNKNOWN:
        return "" if top == UNKNOWN else top
    return f"{'Unknown' if top == UNKNOWN else top}, {below}"
