"""The changes of the demo company: half a year of them from the story, a freeze, and what is planned these days, decided by the people who would."""

from datetime import timedelta

from django.utils import timezone

from praxis.abilities.approvals import engine
from praxis.kernel.kinds import registry
from praxis.people.models import Membership, Team
from praxis.practices.change import rules
from praxis.practices.change.models import ChangeModel, Window
from praxis.records import write

PAST, HOURS = 46, {"normal": 2, "registration": 1}
ANSWERS = {key: 0 for key, _q, _o in rules.QUESTIONS}
RISKY = {"service": 2, "reach": 1, "practice": 2, "test": 1, "backout": 1, "outage": 2, "teams": 1, "security": 1}


def build(company, story):
    """Make them all; returns how many."""
    models = {m.key: m for m in ChangeModel.objects.filter(organisation=None)}
    board = write.save(Team(), company.by, organisation=company.home, name="Change advisory board")
    write.save_many([Membership(person=company.named[n], team=board, takes=False) for n in story["board"]], company.by)
    return _past(company, story, models) + _planned(company, models)


def _past(company, story, models):
    """Changes that ended, one every few days, evenings mostly; what they touched is linked to them."""
    dice, histories, touched = company.dice, [], []
    for n in range(PAST):
        row = story["past_changes"][n % len(story["past_changes"])]
        site = dice.choice(company.sites)
        words = {"site": site.name.split()[0], "s": site.name[:3].lower(), "n": 1 + n // len(story["past_changes"])}
        items = [company.items[i.format(**words)] for i in row["items"]]
        day = company.end - timedelta(days=3 + (PAST - n) * 3.6)
        begin = timezone.localtime(day).replace(hour=dice.choice((6, 18, 20, 21)), minute=0, second=0, microsecond=0)
        model, who, result = models[row["model"]], company.named[row["who"]], row.get("ended", "successful") if n % 3 == 0 else "successful"
        end = begin + timedelta(hours=HOURS.get(row["model"], 1))
        by = company.actors[who.pk]
        first = {"title": row["title"].format(**words), "reason": row["why"], "model": model, "subtype": model.type, "owner": who, "requester": who, "service": company.services[row["service"]].record_ptr,
                 "team": _team(company, who), "planned_start": begin, "planned_end": end, "plan": model.plan or "Announce, change, check, tell.", "backout": model.backout or "Back to what was before.",
                 "answers": ANSWERS if row["model"] != "normal" else ANSWERS | {"service": 1, "reach": 1}, "risk": "moderate" if row["model"] == "normal" else "low",
                 "scope": ", ".join(sorted(i.title for i in items))}
        steps = [write.Happening(begin - timedelta(days=4), by, first)]
        for move, state, at in _way(model.type, begin):
            steps.append(write.Happening(at, by, {"state": state} | ({"started_at": at} if state == "implement" else {}), data={"move": move}))
        steps.append(write.Happening(end, by, {"state": "review", "ended_at": end, "resolved_at": end, "result": result, "fault": row.get("fault", "") if result in rules.FAILED else ""},
                                     data={"move": "finish"}))
        if result in rules.FAILED:
            steps.append(write.Happening(end + timedelta(days=1), by, {"review": "Tested on another release than the one in use. The test bench now follows production."}, name="change.reviewed"))
        steps.append(write.Happening(min(end + timedelta(days=2), company.end), by, {"state": "closed", "closed_at": min(end + timedelta(days=2), company.end)}, data={"move": "close"}))
        histories.append(write.History(registry["change"], company.home.pk, steps))
        touched.append(items)
    made = write.replay(histories, origin="import")
    write.link_many([(change, item, "affects") for change, items in zip(made, touched) for item in items], company.by)
    return len(made)


def _way(type, begin):
    yield from (("submit", "assess", begin - timedelta(days=4)), ("assessed", "authorise", begin - timedelta(days=3)), ("authorised", "scheduled", begin - timedelta(days=2))) \
        if type == "normal" else (("schedule", "scheduled", begin - timedelta(days=3)),)
    yield "start", "implement", begin


def _team(company, person):
    return next((t for t in company.teams.values() if person in company.staff[t.name]), None)


def _planned(company, models):
    """What is going on: a firmware that was rolled back this morning, a conflict, a freeze, an emergency, some quiet ones."""
    today = timezone.localtime(company.end).replace(hour=0, minute=0, second=0, microsecond=0)
    thursday = today + timedelta(days=(3 - today.weekday()) % 7 or 7)
    anke = company.named["Anke de Vries"]
    write.save(Window(), company.by, organisation=company.home, kind="freeze", label="Black Friday freeze", zone="Europe/Berlin", starts=f"{thursday:%Y-%m-%dT00:00}",
               ends=f"{thursday + timedelta(days=4):%Y-%m-%dT08:00}", when={"field": "subtype", "op": "is", "values": ["normal", "standard"]}, owner=anke)
    night = thursday - timedelta(hours=2)
    rows = (
        ("SAN patch, part 1", "patching", "File shares", ["san-02"], "Hugo Lefèvre", today + timedelta(hours=20), 2),
        ("MFA for drivers", "registration", "Identity & access", ["dc-01"], "Sofia Marino", today + timedelta(days=1, hours=13), 2),
        ("SAN patch, part 2", "patching", "File shares", ["san-01"], "Hugo Lefèvre", night - timedelta(hours=1), 2),
        ("WMS 8.4.1", "devops", "Warehouse Management", ["WMS"], "Lucas Moreau", today + timedelta(days=1, hours=6), 1),
        ("Driver app 5.2", "devops", "Transport planning", ["TMS"], "Lucas Moreau", today + timedelta(days=1, hours=18), 1),
        ("Replace access points, hall A", "normal", "Wireless network", ["ap-ham-a01", "ap-ham-a02"], "Piotr Zieliński", today + timedelta(days=9, hours=19), 3),
        ("Certificates of the customer portal", "certificate", "Track and trace", ["cert-01"], "Sofia Marino", today + timedelta(days=10, hours=7), 1),
        ("Mailbox move, group 4", "normal", "E-mail & calendar", ["Exchange"], "Hugo Lefèvre", today + timedelta(days=12, hours=19), 3),
        ("VPN gateway release 10", "normal", "Remote access", ["vpn-01"], "Tomasz Kowalski", today + timedelta(days=15, hours=20), 2),
        ("Month-end printing", "registration", "Label printing", ["Label printers ham"], "Anke de Vries", today + timedelta(days=5, hours=9), 1),
    )
    made = [_open(company, models, title, model, service, items, who, at, hours) for title, model, service, items, who, at, hours in rows]
    for change, row in zip(made, rows):
        if models[row[1]].type in ("standard", "registration"):
            write.move(change, company.actors[company.named[row[4]].pk], "schedule")
    _rolled_back(company, models, today)
    _emergency(company, models, thursday)
    _big(company, models, night)
    return len(made) + 3


def _open(company, models, title, model, service, items, who, at, hours, **more):
    person = company.named[who]
    by = company.actors[person.pk]
    change = write.open_record(registry["change"], company.by, title=title, model=models[model], owner=person, requester=person, team=_team(company, person),
                               service=company.services[service].record_ptr, planned_start=at, planned_end=at + timedelta(hours=hours), reason=more.pop("reason", "Planned work."),
                               plan=more.pop("plan", "") or models[model].plan or "Announce, change, check, tell.",
                               backout=more.pop("backout", "") or models[model].backout or "Back to what was before.", answers=more.pop("answers", ANSWERS | {"reach": 1}), **more)
    write.act(change, by if by.may("change.change", change) else company.by, "affect", items=", ".join(company.items[i].number for i in items))
    return change


def _rolled_back(company, models, today):
    """The firmware of a wireless controller, this morning: the likeliest cause of what the halls report."""
    tomasz = company.named["Tomasz Kowalski"]
    by, item = company.actors[tomasz.pk], company.items["wlc-ham-01"]
    begin = min(today + timedelta(hours=6), company.end - timedelta(hours=2))
    first = {"title": "Controller firmware 17.12.4", "reason": "A fix for handhelds that lose their connection.", "model": models["normal"], "subtype": "normal", "owner": tomasz, "requester": tomasz,
             "team": company.teams["Network"], "service": company.services["Wireless network"].record_ptr, "planned_start": begin, "planned_end": begin + timedelta(hours=1, minutes=30),
             "plan": "Stage the image, restart the standby, switch over, restart the other.", "backout": "Switch back, boot the old image: 15 minutes.", "risk": "moderate",
             "answers": ANSWERS | {"service": 2, "reach": 1, "practice": 1, "test": 1}, "scope": item.title}
    steps = [write.Happening(begin - timedelta(days=5), by, first)]
    for move, state, at in _way("normal", begin):
        steps.append(write.Happening(at, by, {"state": state} | ({"started_at": at} if state == "implement" else {}), data={"move": move}))
    steps.append(write.Happening(begin + timedelta(minutes=70), by, {"backing_out": True}, name="change.backing_out", data={"words": "Access points of hall B do not come back."}))
    end = begin + timedelta(minutes=95)
    steps.append(write.Happening(end, by, {"state": "review", "ended_at": end, "resolved_at": end, "result": "failed_backed_out", "fault": "technical",
                                           "outcome": "After the switch the access points of hall B did not join. Backed out at once."}, data={"move": "finish"}))
    made = write.replay([write.History(registry["change"], company.home.pk, steps)], origin="import")[0]
    write.link(made, item, "affects", by, needs="change")


def _emergency(company, models, thursday):
    change = _open(company, models, "Emergency: EDI certificate", "emergency", "EDI gateway", ["cert-02"], "Sofia Marino", thursday + timedelta(hours=7), 1,
                   reason="The partner's authority is no longer trusted from Thursday on.")
    write.move(change, company.actors[company.named["Sofia Marino"].pk], "expedite")
    for name in ("Priya Nair", "Henrik Voss"):
        fresh = type(change).objects.get(pk=change.pk)
        if engine.open_ask(fresh, company.actors[company.named[name].pk]):
            write.act(fresh, company.actors[company.named[name].pk], "approve")


def _big(company, models, night):
    """The change of the mockup: assessed, two of the board have said yes, one of them with a word; it runs into the freeze."""
    change = _open(company, models, "Upgrade PostgreSQL 15 to 17 on the TMS primary cluster", "normal", "Transport planning", ["db-02", "san-01"], "Hugo Lefèvre", night, 4,
                   reason="End of support for 15 is one of the audit findings of 2026.", answers=RISKY, outage_minutes=180, backout_tested=(night - timedelta(days=8)).date(),
                   plan="A new cluster beside the old one, then the switch.", test_plan="14 tour plans and 3 invoices on the copy.",
                   backout="Before step 5: start the old primary, point the pool back, 6 minutes.\n\nAfter step 5: restore from the backup of step 2, 70 minutes, loses what was written since.",
                   affected="Dispatchers at three sites cannot plan tours for up to three hours. Track and trace shows the last known position.")
    hugo = company.actors[company.named["Hugo Lefèvre"].pk]
    for title, who, minutes, gate in (("Announce read-only mode to dispatch", "Aiko Tanaka", 10, ""), ("Full backup and restore test", "Hugo Lefèvre", 40, ""),
                                      ("Stop writers, switch the replica to 17", "Hugo Lefèvre", 45, ""), ("Smoke tests: 14 tour plans, 3 invoices", "Piotr Zieliński", 30, "go"),
                                      ("Promote 17 to primary", "Hugo Lefèvre", 10, "no_return"), ("Rebuild the second replica", "Hugo Lefèvre", 60, ""),
                                      ("Watch errors and latency, then reopen", "Samuel Okafor", 20, "")):
        write.act(change, company.by, "add_task", title=title, owner=company.named[who].pk, minutes=minutes, gate=gate)
    change = type(change).objects.get(pk=change.pk)
    write.move(change, hugo, "submit")
    for name in ("Elif Demir", "Jonas Weber", "Lucas Moreau", "Henrik Voss", "Priya Nair"):
        fresh, by = type(change).objects.get(pk=change.pk), company.actors[company.named[name].pk]
        if engine.open_ask(fresh, by):
            write.act(fresh, by, "approve_with", comment="Fine for me if the access rules stay as reviewed.") if name == "Priya Nair" else write.act(fresh, by, "approve")
