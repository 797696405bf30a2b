"""Nordwind Logistics, made by a seeded generator through the same write path as real work."""

import random
from datetime import timedelta
from pathlib import Path

import yaml
from django.db import transaction
from django.db.models import ProtectedError

from praxis.abilities.categories.models import Category
from praxis.abilities.measures import days
from praxis.abilities.staffing.models import Absence, AssignmentRule, Handover
from praxis.abilities.tasks.models import TaskTemplate
from praxis.kernel import journal
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Seal, Setting
from praxis.kernel.now import now
from praxis.lib import priority
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Membership, Organisation, Person, Role, Site, Team
from praxis.practices.incident import rules
from praxis.practices.incident.models import Incident
from praxis.records import write
from praxis.records.jobs import refresh_statistics
from praxis.records.models import Record

from . import assets, changes, crises, estate

STORY = yaml.safe_load((Path(__file__).parent / "nordwind.yaml").read_text(encoding="utf-8"))
SIGN_IN = {"Agent": "mara.lindqvist@nordwind.example", "Team lead": "jonas.weber@nordwind.example",
           "Employee": "birgit.hansen@nordwind.example", "Administrator": "elif.demir@nordwind.example"}
KEY, PEOPLE, DAYS, CHUNK, FRESH = "nordwind", 200, 175, 100, 70
HUES = ("teal", "green", "rose", "blue", "violet", "grey")


@write.writing()
def load(incidents, seed=7, done=lambda n: None):
    """Make the company and its history, all or nothing; returns the number of people."""
    company = Company(random.Random(seed))
    made = [company.history(n, incidents) for n in range(incidents)]
    made.sort(key=lambda h: h.happenings[0].at)  # numbers follow the time of opening
    for i in range(0, incidents, CHUNK):
        write.replay(made[i : i + CHUNK], origin="import")
        made[i : i + CHUNK] = [None] * len(made[i : i + CHUNK])  # what is stored need not be kept: at 100,000 it was more than a gigabyte
        done(len(made[i : i + CHUNK]))
    company.today()
    changes.build(company, STORY)
    assets.build(company, STORY)
    crises.build(company, STORY)
    days.catch_up([company.home])
    refresh_statistics()
    return len(company.people)


@transaction.atomic
def remove():
    """Remove the demo organisation with its records and its part of the log; returns the number of records."""
    with journal.lifted("The demo is removed."):
        for home in Organisation.objects.filter(is_demo=True):
            rows = Record.objects.filter(organisation=home)
            count = rows.count()
            Event.objects.filter(organisation=home.pk).delete()
            Seal.objects.filter(organisation=home.pk).delete()
            Setting.objects.filter(organisation=home.pk).delete()
            left = [kind.model._base_manager.filter(organisation=home) for kind in registry.values()]
            while left:  # what others point at goes after them
                still = [found for found in left if not _gone(found)]
                if len(still) == len(left):
                    left[0].delete()  # says who points at whom
                left = still
            rows.delete()
            home.delete()
    return count


def _gone(rows):
    """Whether these records could be removed; not while others point at them."""
    try:
        with transaction.atomic():
            rows.delete()
    except ProtectedError:
        return False
    return True


class Company:
    """The rows that incidents refer to, and the generator of their histories."""

    def __init__(self, dice):
        self.dice, self.by, self.end = dice, system("Demo"), now()
        self.home = write.save(Organisation(), self.by, key=KEY, name="Nordwind Logistics", zone="Europe/Berlin", country="DE", is_demo=True)
        self.sites = [write.save(Site(), self.by, organisation=self.home, **s) for s in STORY["sites"]]
        self.teams = {t: write.save(Team(), self.by, organisation=self.home, name=t, is_desk=t == STORY["teams"][0]) for t in STORY["teams"]}
        self.people = write.save_many(list(self._people()), self.by)
        self.named = {p.name: p for p in self.people}
        self._grants()
        self.actors = {p.pk: actor_of(p) for p in self.people}
        self.services = {s["title"]: self._service(s) for s in STORY["services"]}
        self.items = estate.build(self, STORY)
        self.categories = {c.path: c for c in Category.objects.filter(organisation=None)}

    def _people(self):
        staff = [dict(zip(("name", "job", "team", "roles"), p)) for p in STORY["staff"]]
        for n, row in enumerate(staff):
            yield self._person(row["name"], row["job"], self.sites[n % 4], "IT")
        names = {p["name"] for p in staff}
        while len(names) < PEOPLE:
            name = f"{self.dice.choice(STORY['first_names'])} {self.dice.choice(STORY['last_names'])}"
            if name not in names:
                names.add(name)
                job = self.dice.choice(STORY["jobs"])
                yield self._person(name, job, self.dice.choice(self.sites), self.dice.choice(STORY["departments"]))

    def _person(self, name, job, site, department):
        plain = name.lower().translate(str.maketrans("äöüéèńłśżøåç ", "aoueenlszoac.")).replace("ß", "ss")
        return Person(organisation=self.home, name=name, email=f"{plain}@nordwind.example", job=job, site=site, department=department,
                      hue=self.dice.choice(HUES), phone=f"+49 40 555 {self.dice.randrange(1000, 9999)}", password="",
                      vip=self.dice.random() < 0.03)

    def _grants(self):
        roles, grants, members = {r.key: r for r in Role.objects.all()}, [], []
        for name, _job, team, keys in STORY["staff"]:
            # the administrator keeps what all organisations share, so this role has no border
            grants += [Grant(person=self.named[name], role=roles[k], organisation=None if k == "administrator" else self.home)
                       for k in keys if k != "requester"]
            members += [Membership(person=self.named[name], team=self.teams[team], leads="team_lead" in keys)] if team else []
        grants += [Grant(person=p, role=roles["requester"], organisation=self.home) for p in self.people]
        write.save_many(grants, self.by)
        write.save_many(members, self.by)
        self.staff = {t: [self.named[n] for n, _j, own, k in STORY["staff"] if own == t and "agent" in k + ["agent"] * ("specialist" in k)]
                      for t in self.teams}

    def _service(self, row):
        start = self.end - timedelta(days=400)
        first = {"title": row["title"], "description": row["about"], "team": self.teams[row["team"]], "criticality": row["criticality"],
                 "hours": row["hours"], "targets": row.get("targets", ""), "customers": row["customers"], "owner": self.named[row["owner"]]}
        steps = [write.Happening(start, self.by, first)]
        for n, (move, state) in enumerate((("define", "defined"), ("approve", "approved"), ("go_live", "live")), 1):
            steps.append(write.Happening(start + timedelta(days=20 * n), self.by, {"state": state}, data={"move": move}))
        return write.replay([write.History(registry["service"], self.home.pk, steps)])[0]

    def history(self, n, total):
        """One incident's life: opened, taken, talked about, perhaps on hold or re-assigned, resolved, closed."""
        dice, story = self.dice, self.dice.choices(STORY["incidents"], [i.get("often", 3) for i in STORY["incidents"]])[0]
        at = self._moment(n, total)
        who = self.named["Birgit Hansen"] if n in (total - 3, total - 30, total // 2) else dice.choice(self.people[14:])
        site = who.site
        text = story["title"].format(site=site.name.split()[0], hall=dice.choice("ABCD"), n=dice.randrange(1, 40))
        fresh = n > total - FRESH
        impact, urgency = dice.choices([(3, 3), (3, 2), (2, 2), (2, 1), (1, 1)], [8, 22, 46, 22, 2] if fresh else [22, 45, 24, 7, 2])[0]
        service = self.services[story["service"]]
        level = priority.priority(rules.lifted_impact(impact, service.criticality), urgency)
        first = {"title": text, "description": story["said"], "requester": who, "site": site, "impact": impact, "urgency": urgency,
                 "priority": level, "channel": dice.choices(("portal", "phone", "mail"), (5, 3, 2))[0], "service": service.record_ptr,
                 "item": self.items.get(story.get("item", "").format(s=site.name[:3].lower())), "category": self.categories.get(story["category"]), "team": self.teams["Service Desk EMEA"]}
        steps = [write.Happening(at, self.actors[who.pk], first)]
        self._work(steps, at, story, who, level)
        return write.History(registry["incident"], self.home.pk, steps)

    def _moment(self, n, total):
        """Most in working hours, spread over half a year; the last ones in the last hours."""
        if n > total - FRESH:
            return self.end - timedelta(minutes=int(2 + 60 * 28 * self.dice.random() ** 1.6))
        day = (self.end - timedelta(days=self.dice.random() ** 1.1 * DAYS)).replace(second=0, microsecond=0)
        while day.weekday() > 4 and self.dice.random() < 0.85:
            day -= timedelta(days=1)
        return min(day.replace(hour=self.dice.choices(range(5, 19), [1, 3, 7, 9, 9, 8, 6, 5, 7, 8, 7, 5, 3, 1])[0],
                               minute=self.dice.randrange(60)), self.end - timedelta(minutes=3))

    def _work(self, steps, at, story, who, priority):
        dice, add = self.dice, lambda after, by, **parts: self._add(steps, after, by, **parts)
        pace = {1: 0.15, 2: 0.4, 3: 1, 4: 1.6, 5: 2.5}[priority]
        team = "Service Desk EMEA"
        agent = dice.choice(self.staff[team])
        if not add(dice.uniform(2, 90) * pace, agent, values={"owner": agent, "state": "in_progress"}, name="incident.taken"):
            return
        if dice.random() < 0.8:
            add(dice.uniform(2, 40) * pace, agent, body={"text": dice.choice(STORY["replies"]).format(name=who.first_name)}, name="conversation.replied")
        if dice.random() < 0.3 and story.get("team"):
            team = story["team"]
            first, agent = agent, dice.choice(self.staff[team])
            why = dice.choice(STORY["why"])
            if not add(dice.uniform(10, 180) * pace, first, values={"team": self.teams[team], "owner": agent, "hops": 1,
                       "previous_team": self.teams["Service Desk EMEA"]}, name="incident.reassigned", data={"why": why}):
                return
        if dice.random() < 0.5:
            add(dice.uniform(5, 120) * pace, agent, body={"text": story["note"], "internal": True}, name="conversation.noted")
        if dice.random() < 0.35:
            reason = dice.choices(("caller", "supplier", "change"), (6, 3, 1))[0]
            if not add(dice.uniform(5, 90) * pace, agent, values={"state": "on_hold", "hold_reason": reason}, data={"move": "hold"}):
                return
            if reason == "caller":
                add(dice.uniform(30, 1500), who, body={"text": dice.choice(STORY["answers"])}, name="conversation.replied")
            if not add(dice.uniform(1, 900), agent, values={"state": "in_progress", "hold_reason": ""}, data={"move": "resume"}):
                return
        after = dice.lognormvariate(5.2, 1.1) * pace
        solved = {"state": "resolved", "close_code": dice.choice(story["codes"]), "cause": story["cause"], "solution": story["solution"],
                  "closing_category": self.categories.get(story["category"])}
        if not add(after, agent, values=solved, data={"move": "resolve"}, stamp="resolved_at"):
            return
        if dice.random() < 0.04:
            add(dice.uniform(60, 2000), who, values={"state": "in_progress", "resolved_at": None, "close_code": "", "reopened": 1,
                                                      "last_reopened_by": who.name}, data={"move": "reopen"})
            if not add(dice.uniform(60, 900), agent, values=solved, data={"move": "resolve"}, stamp="resolved_at"):
                return
        if dice.random() < 0.3:
            add(dice.uniform(60, 4000), who, values={"state": "closed", "closed_how": "user"}, data={"move": "close"}, stamp="closed_at")
        else:
            add(7 * 24 * 60, None, values={"state": "closed", "closed_how": "automatic"}, data={"move": "close"}, stamp="closed_at")

    def today(self):
        """What makes it a working day: a rule, somebody away, a hand-over, tasks on something open."""
        desk = self.teams["Service Desk EMEA"]
        mara, jonas, samuel = (self.named[n] for n in ("Mara Lindqvist", "Jonas Weber", "Samuel Okafor"))
        write.save(AssignmentRule(), self.by, team=self.teams["Network"], way="least")
        write.save(Absence(), self.by, person=samuel, starts_at=self.end - timedelta(hours=2), ends_at=self.end + timedelta(minutes=33), substitute=mara,
                   note="Training")
        write.save(Handover(), self.by, team=desk, author=jonas, text=STORY["handover"], at=self.end - timedelta(hours=2, minutes=44))
        for waiting in Incident.objects.open().filter(organisation=self.home, team=desk, owner=None).order_by("priority", "pk")[:3]:
            write.act(waiting, self.actors[mara.pk], "take")  # a full day, so that the lead has something to even out
        hers = Incident.objects.open().filter(organisation=self.home, owner=mara, title__contains="Wi-Fi").order_by("priority", "pk").first()
        outage = TaskTemplate.objects.filter(organisation=None, key="site-outage").first()
        if hers and outage:
            write.act(hers, self.actors[mara.pk], "add_tasks", template=outage.pk)
            write.act(hers, self.actors[mara.pk], "log_time", time="35m", note="On the phone with the site")

    def _add(self, steps, minutes, person, *, values=None, name="", data=None, body=None, stamp=""):
        """Append what happens some minutes later, unless that lies in the future; tells whether it happened."""
        at = steps[-1].at + timedelta(minutes=minutes)
        if at > self.end:
            return False
        values = dict(values or {})
        if stamp:
            values[stamp] = at
        by = self.actors[person.pk] if person else system("Praxis")
        steps.append(write.Happening(at, by, values, name=name, data=data or {}, body=body or {}))
        return True
