"""What the demo company knows of trouble: outages, deployments, a problem with its known error, a release, a major incident that runs, alerts."""

from datetime import timedelta

from praxis.abilities.alerts import store
from praxis.estate.service.models import Service
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.kernel.models import Setting
from praxis.lib.signals import Signal
from praxis.practices.availability.models import Objective
from praxis.practices.deployment.models import Environment
from praxis.practices.incident.models import Incident
from praxis.practices.monitoring import weigh
from praxis.practices.problem.models import Cause
from praxis.records import write
from praxis.records.models import Record

OBJECTIVES = {"Warehouse Management": "99.9", "Transport planning": "99.9", "EDI gateway": "99.5", "Wireless network": "99.9", "E-mail & calendar": "99.5", "Track and trace": "99.5"}
OUTAGES = (  # what, days ago, at which hour, how long, sort, cause, agreed
    ("wlc-ham-01", 74, 9, 41, "unplanned", "network", False), ("EDI", 61, 14, 96, "unplanned", "software", False), ("db-01", 48, 3, 22, "unplanned", "hardware", False),
    ("TMS", 33, 22, 120, "planned", "maintenance", True), ("tracking.nordwind.example", 26, 11, 18, "unplanned", "change", False), ("Exchange", 19, 8, 55, "degraded", "capacity", False),
    ("wlc-ham-01", 12, 7, 27, "unplanned", "software", False), ("WMS", 5, 5, 12, "planned", "maintenance", True),
)
CAUSES = (  # text, question, branch, evidence, confidence, the one that it explains
    ("Handhelds lose the connection between two access points", "Why do scanners drop?", "technology", "Roaming trace of hall B, 14 minutes", "proved", None),
    ("The controller forgets the key when it switches over", "Why is the connection lost?", "technology", "Log of wlc-ham-01: 41 key misses an hour", "proved", 0),
    ("Firmware 17.9.5 keeps keys of one access point only", "Why is the key forgotten?", "supplier", "The maker's list of known faults", "likely", 1),
    ("Hall B has more access points than the plan says", "What makes it worse?", "place", "", "open", 0),
)


def build(company, story):
    """Needs the incidents, items and changes of the company."""
    by = system("Demo", company.home.pk)
    for title, target in OBJECTIVES.items():
        write.save(Objective(), by, service=company.services[title].record_ptr, target=target)
    for service in Service.objects.filter(organisation=company.home, title__in=OBJECTIVES):
        write.change(service, by, on_status=True)
    write.save(Setting(), by, key="status.public", organisation=company.home.pk, value=True)
    for one in OUTAGES:
        _outage(company, *one)
    _deployments(company)
    problem = _problem(company)
    _release(company, problem)
    _major(company)
    _alerts(company)


def _outage(company, name, days, hour, minutes, sort, cause, agreed):
    item, by = company.items[name], system("Demo", company.home.pk)
    began = (company.end - timedelta(days=days)).replace(hour=hour, minute=7, second=0, microsecond=0)
    made = write.open_record(registry["outage"], by, title=f"{name}, {minutes} minutes", item=item, sort=sort, began_at=began, agreed=agreed, team=item.team)
    write.move(made, by, "begin")
    made = write.move(made, by, "end", ended_at=began + timedelta(minutes=minutes), cause=cause)
    if days > 14:
        write.move(made, by, "confirm")


def _deployments(company):
    """Twelve weeks of one application; the third broke something and was rolled back."""
    by, production = system("Demo", company.home.pk), Environment.objects.get(organisation=None, key="production")
    lucas = company.named["Lucas Moreau"]
    for week in range(12, 0, -1):
        at = (company.end - timedelta(days=7 * week - 1)).replace(hour=5, minute=30, second=0, microsecond=0)
        commits = [f"{7 * week:04x}{n:04x}cafe {(at - timedelta(hours=5 + 9 * n)).isoformat()}" for n in range(3)]
        made = write.open_record(registry["deployment"], by, title=f"WMS 8.{20 - week}", service=company.services["Warehouse Management"].record_ptr, application="WMS", release_version=f"8.{20 - week}.0",
                                 environment=production, commits=commits, owner=lucas, team=company.teams["Applications"])
        write.link(made, company.items["WMS"], "affects", by)
        write.move(made, by, "start", started_at=at)
        made = write.move(made, by, "finish", result="succeeded", finished_at=at + timedelta(minutes=14))
        if week == 10:
            made = write.move(made, by, "roll_back", restored_at=at + timedelta(minutes=52))
        if week > 1:
            write.move(made, by, "close")


def _problem(company):
    """The handhelds of hall B: many incidents, a workaround that is published, causes with what shows them."""
    priya, item = company.named["Priya Nair"], company.items["wlc-ham-01"]
    by = company.actors[priya.pk]
    made = write.open_record(registry["problem"], by, title="Handhelds lose Wi-Fi while roaming in HAM2", description="The same report for weeks, from both halls, most in the early shift.", how="trend",
                             impact=2, urgency=2, item=item, service=company.services["Wireless network"].record_ptr, owner=priya, team=company.teams["Network"])
    alike = Incident.objects.filter(organisation=company.home, item=item).order_by("-pk").values_list("number", flat=True)[:25]
    if alike:
        write.act(made, system("Demo", company.home.pk), "gather", incidents=", ".join(alike))
    write.move(made, by, "analyse")
    rows = []
    for text, question, branch, evidence, sure, explains in CAUSES:
        write.act(_fresh(made), by, "add_cause", text=text, question=question, branch=branch, evidence=evidence, sure=sure, explains=str(rows[explains]) if explains is not None else "")
        rows.append(Cause.objects.filter(problem=made.pk).order_by("-pk").values_list("pk", flat=True)[0])
    write.act(_fresh(made), by, "add_contrast", yes="Hall B of HAM2", no="Hall A, the other sites", difference="24 access points on one controller", changed="Eight more since spring")
    write.act(_fresh(made), by, "write_workaround", workaround="Hold the handheld still, switch Wi-Fi off and on: 20 seconds. Forklift terminals: dock once.")
    write.act(_fresh(made), system("Demo", company.home.pk), "publish", symptoms="Handhelds and forklift terminals lose the connection while people walk, with two bars shown.", portal=True)
    return write.move(_fresh(made), by, "confirm", root_cause="Firmware 17.9.5 keeps the keys of one access point only.", cause_code="supplier")


def _release(company, problem):
    """What is planned against it: a change of the problem in a release whose gates are judged as far as they can be."""
    by, days = system("Demo", company.home.pk), timedelta(days=9)
    tomasz = company.named["Tomasz Kowalski"]
    change = write.act(problem, by, "raise_change", title="Controller firmware 17.12.4 on all sites, again")
    number = getattr(change, "number", "") if getattr(change, "kind", "") == "change" else ""
    made = write.open_record(registry["release"], by, title="Wireless network, winter", type_of="minor", release_version="2026.4", service=company.services["Wireless network"].record_ptr, planned_on=(company.end + days).date(),
                             plan="One controller a night, RTM first.", test_plan="Roaming walk with four handhelds.", backout="Boot the old image: 15 minutes.", owner=tomasz, team=company.teams["Network"])
    write.act(made, by, "bundle", numbers=", ".join(n for n in (problem.number, number) if n))
    write.act(_fresh(made), by, "usual_gates")
    made = write.move(_fresh(made), by, "plan_it")
    write.move(made, by, "build")


def _major(company):
    """A crisis that runs: declared by its manager, with roles, a log, and one text that went out."""
    elif_, mara, tomasz, jonas = (company.named[n] for n in ("Elif Demir", "Mara Lindqvist", "Tomasz Kowalski", "Jonas Weber"))
    by = company.actors[elif_.pk]
    incident = write.open_record(registry["incident"], company.actors[mara.pk], title="No Wi-Fi in hall B of HAM2", description="Nobody can pick. All handhelds of the hall are offline.", requester=company.named["Birgit Hansen"],
                                 impact=1, urgency=1, channel="phone", service=company.services["Wireless network"].record_ptr, item=company.items["wlc-ham-01"], team=company.teams["Network"])
    for child in Incident.objects.open().filter(organisation=company.home, item=company.items["wlc-ham-01"]).exclude(pk=incident.pk).order_by("-pk")[:5]:
        write.link(child, incident, "child_of", by)
    write.act(_fresh(incident), by, "declare_major", why="Hall B stands still, 42 people cannot pick.", title="Wi-Fi in HAM2 hall B is down", people=42)
    for role, who, note in (("technical", tomasz, "Has the console of wlc-ham-01"), ("communications", jonas, "Texts go out every half hour")):
        write.act(_fresh(incident), by, "major_role", role=role, person=who.pk, note=note)
    write.act(_fresh(incident), by, "major_log", text="wlc-ham-01 got new firmware at 06:10; it was rolled back at 07:45.")
    write.act(_fresh(incident), by, "major_log", text="Power-cycle the access points in groups of six.", sort="decision")
    write.act(_fresh(incident), by, "major_tell", text="Handhelds in HAM2 hall B are offline since this morning. Use the paper lists at the shift lead. Next news in 30 minutes.", stage="mitigating",
              status=True, announce=True, requesters=True)


def _alerts(company):
    """What monitoring said lately: a grave one that became an incident, small ones that are only kept."""
    at = company.end - timedelta(minutes=25)
    rows = [Signal("wlc-ham-02-ap", "Access points unreachable", "critical", True, at, "wlc-ham-02", "wireless", "6 of 24 access points do not answer", {"site": "HAM2"}),
            Signal("san-02-space", "Volume 91 % full", "warning", True, at - timedelta(hours=3), "san-02", "storage", "2.1 TB free", {"site": "HAM2"}),
            Signal("cert-03-days", "Certificate ends in 20 days", "info", True, at - timedelta(hours=9), "cert-03", "certificates", "", {})]
    store.take(company.home.pk, "demo", rows)
    weigh.weigh(company.home.pk)


def _fresh(record):
    return Record.objects.get(pk=record.pk).type.model.objects.get(pk=record.pk)
