"""The story of a bad morning, whole, in a browser: alerts and callers, one major incident, the change that was it and the way back, workaround, cause by two
methods, known error, the fix in a release, everything closed by its links, the review, and what two services lost to the second.

SHOTS=<folder> keeps a picture of each step, to lay beside the mockups.
"""

import json
import os
import re
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

ELIF, MARA, JONAS, BIRGIT, PRIYA, HENRIK, TOMASZ, PIOTR, LUCAS, SOFIA = (f"{n}@nordwind.example" for n in (
    "elif.demir", "mara.lindqvist", "jonas.weber", "birgit.hansen", "priya.nair", "henrik.voss", "tomasz.kowalski", "piotr.zielinski", "lucas.moreau", "sofia.marino"))
SHOTS = os.environ.get("SHOTS", "")
CALLS = ("Scanner has no network", "Scanner offline in hall B", "No Wi-Fi at gate 12", "Forklift terminal offline", "Handheld shows no connection", "Picking stands still, no Wi-Fi", "Wi-Fi gone in hall B")


def shot(page, name):
    if SHOTS:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


class Desk:
    """A person's browser, with the few moves that the story repeats."""

    def __init__(self, page, base):
        self.page, self.base = page, base

    def open(self, path):
        self.page.goto(self.base + path)
        return self.page

    def find(self, kind, title):
        """The number of the newest record of a kind whose title has these words."""
        self.open(f"/k/{kind}?view=all&all=1&title.contains={title}&sort=-number")
        return self.page.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1]

    def act(self, number, verb, **values):
        """A verb by its own page, filled and sent."""
        self._send(f"/r/{number}/do/{verb}", values)

    def move(self, number, step, **values):
        self.open(f"/r/{number}")
        button = self.page.locator(f"#buttons [formaction$='/move/{step}'], #buttons [href$='/move/{step}'], #buttons [hx-get$='/move/{step}']").first
        if not button.is_visible():
            self.page.click("#buttons summary")
        button.click()
        if values:
            self._fill(self.page.locator("dialog form").first, values)
            self.page.click("dialog button[data-kind=primary]")
        self.page.wait_for_load_state("networkidle")

    def _send(self, path, values):
        self.open(path)
        form = self.page.locator("main form:has(button[data-kind=primary])").first
        self._fill(form, values)
        form.locator("button[data-kind=primary]").click()
        self.page.wait_for_load_state("networkidle")
        assert "/do/" not in self.page.url, self.page.inner_text("main")

    def _fill(self, form, values):
        for name, value in values.items():
            field = form.locator(f"[name={name}]").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            elif field.get_attribute("type") == "checkbox":
                field.set_checked(value)
            else:
                field.fill(value)

    def stage(self, number):
        self.open(f"/r/{number}")
        return self.page.locator("#head")


def here():
    """Now, where the people of the story are."""
    return datetime.now(ZoneInfo("Europe/Berlin"))


def token(desk, scopes):
    """A token made on the account's page, as whoever connects monitoring does."""
    desk.open("/account")
    desk.page.fill("[name=name]", "story")
    desk.page.fill("[name=scopes]", scopes)
    desk.page.locator("form:has([name=scopes]) button").first.click()
    return re.search(r"px_[\w-]+", desk.page.inner_text("main"))[0]


def asked(site, secret, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(site.base + path, data, {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"})
    return json.load(urllib.request.urlopen(request, timeout=20))


def emergency(planner, approvers, title):
    """An emergency change on the controller: planned, authorised by two, carried out with success."""
    now = here()
    page = planner.open("/changes/new?model=emergency")
    for name, value in (("title", title), ("reason", "Handhelds lose their connection."), ("items", "wlc-ham-01"), ("planned_start", f"{now:%Y-%m-%dT%H:%M}"),
                        ("planned_end", f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}"), ("plan", "Load, restart."), ("backout", "Boot the other image.")):
        page.fill(f"[name={name}]", value)
    page.select_option("[name=service]", label="Wireless network")
    page.select_option("[name=owner]", label="Piotr Zieliński")
    page.select_option("[name=team]", label="Network")
    page.click("main form button[data-kind=primary]")
    page.wait_for_url(re.compile(r"/r/CHG-\d+"))
    number = page.url.rsplit("/", 1)[1]
    planner.move(number, "expedite")
    for one in approvers:
        one.open(f"/r/{number}").keyboard.press("y")
        expect(one.page.locator("#p-approvals-rounds")).to_contain_text("Approved")
    planner.move(number, "start")
    return number


def decided(planner, others, number):
    """A normal change judged and authorised by whoever is asked: each opens it and says yes."""
    planner.act(number, "answer_risk", service="0", reach="0", practice="0", test="0", backout="0", outage="0", teams="0", security="0")
    planner.move(number, "submit")
    for _round in range(2):
        for one in others:
            page = one.open(f"/r/{number}")
            page.wait_for_load_state("networkidle")
            if page.locator("#buttons :is(a, button):has-text('Approve')").count():
                page.keyboard.press("y")
                page.wait_for_load_state("networkidle")
    expect(planner.stage(number)).to_contain_text("Scheduled")


def report(site, secret, *hosts, state="firing"):
    """What monitoring says of these access points, and what Praxis makes of it."""
    rows = [{"key": f"{host}-down", "title": "Access point unreachable", "severity": "critical", "state": state, "host": host} for host in hosts]
    asked(site, secret, "/api/events/praxis", {"events": rows})
    site.praxis("work", "--until-empty")


def called(employee, agent, lead, parent):
    """Four write in the portal, three call; the lead gathers them under one incident with the bar of the list. Their numbers."""
    numbers = []
    for title in CALLS[:4]:
        page = employee.open("/my/new")
        page.fill("[name=title]", title)
        page.fill("[name=description]", "Since a few minutes ago. Nobody here can pick.")
        page.click("main form button[data-kind=primary]")
        page.wait_for_url(re.compile(r"/my/INC-\d+"))
        numbers.append(re.search(r"INC-\d+", page.url)[0])
    for title in CALLS[4:]:
        page = agent.open("/incidents/new?caller=Birgit Hansen")
        page.fill("[name=title]", title)
        page.click("button:has-text('Save'):not([name=solve])")
        page.wait_for_url(re.compile(r"/r/INC-\d+"))
        numbers.append(page.url.rsplit("/", 1)[1])
    page = lead.open("/k/incident?all=1&state.is=new&sort=-opened_at")
    for number in numbers:
        page.check(f"[name=pick][value={number}]")
    page.click("#bulk button:has-text('Make it a child')")
    page.fill("main form [name=parent]", parent)
    page.click("main form button[data-kind=primary]")
    page.wait_for_url(re.compile(r"/k/incident"))
    return numbers


def suspects(desk, number):
    desk.open(f"/r/{number}")
    desk.page.wait_for_load_state("networkidle")
    return desk.page.locator("#p-cmdb-recent .item")


def judged(desk, number, gate, state, evidence):
    """A gate of a release, passed or waived with what shows it."""
    page = desk.open(f"/r/{number}/do/judge_gate")
    page.select_option("main form [name=gate]", label=gate)
    page.select_option("main form [name=state]", state)
    page.fill("main form [name=evidence]", evidence)
    page.click("main form button[data-kind=primary]")
    page.wait_for_url(re.compile(f"/r/{number}$"))


def unlinked(desk, number, other):
    """Take the relation between two records away."""
    page = desk.open(f"/r/{number}/do/unlink")
    page.select_option("main form [name=link]", label=f"affects {other}")
    page.click("main form button[data-kind=primary]")
    page.wait_for_url(re.compile(f"/r/{number}$"))


def test_a_bad_morning_from_the_first_alert_to_the_review(site, enter):
    admin, agent, lead, employee, priya, henrik, piotr = (Desk(enter(n), site.base) for n in (ELIF, MARA, JONAS, BIRGIT, PRIYA, HENRIK, PIOTR))
    secret = token(admin, "*")
    services = {title: admin.find("service", title) for title in ("Wireless network", "Warehouse Management")}
    before = {number: asked(site, secret, f"/api/v1/service/{number}/availability") for number in services.values()}

    earlier = agent.find("incident", "Access points unreachable")  # of the demo, minutes ago and near by: it would take these alerts in
    agent.act(earlier, "take")
    agent.move(earlier, "resolve", close_code="solved", solution="A loose cable, plugged in again.")

    # this morning: new firmware on the controller of hall B
    firmware = emergency(piotr, (priya, henrik), "Controller firmware 17.13.1")
    piotr.move(firmware, "finish", result="successful", outcome="All access points are back.")
    expect(piotr.stage(firmware)).to_contain_text("Review")
    shot(piotr.page, "01-firmware")

    # alerts make one incident, seven callers report, the lead gathers them and declares it major
    report(site, secret, "ap-ham-b07", "ap-ham-b08", "ap-ham-b09")
    major = agent.find("incident", "Access point unreachable")
    shot(agent.open("/alerts"), "02-alerts")
    calls = called(employee, agent, lead, major)
    lead.open(f"/r/{major}")
    assert all(number in lead.page.inner_text("main") for number in calls)
    shot(lead.page, "03-gathered")
    lead.act(major, "declare_major", why="Hall B stands still, nobody can pick.", title="Wi-Fi in hall B is down", people="42")
    page = lead.open(f"/r/{major}")  # the three access points have their controller in common
    page.click("#f-item .edit")
    page.fill("#f-item input:visible", "wlc-ham-01")
    page.click("#f-item [role=option]:has-text('wlc-ham-01')")
    expect(page.locator("#f-item")).to_contain_text("wlc-ham-01")
    lead.act(major, "record_outage")
    outage = lead.find("outage", "Access point")
    page = lead.open(f"/incidents/{major}/room")
    page.check(".composer [name=sort][value=decision]", force=True)
    page.fill(".composer textarea", "Look at what was changed this morning first.")
    page.click(".composer button:has-text('Log')")
    expect(page.locator("#line li").first).to_contain_text("Look at what was changed")
    page.fill("#up", "Hall B is offline. Use the paper lists at the shift lead. Next news in 30 minutes.")
    for name in ("status", "requesters"):
        page.check(f".rail [name={name}]")
    page.click(".rail button:has-text('Send')")
    expect(page.locator("#line")).to_contain_text("Use the paper lists")
    shot(page, "04-room")
    for page, name in ((employee.open(f"/my/{calls[0]}"), "05-portal"), (employee.open("/status/nordwind"), "06-status")):
        assert "Use the paper lists" in page.inner_text("body")
        shot(page, name)

    # what changed before: nothing is proposed while no change touches the controller, and with its reasons when one does
    controller = admin.find("item", "wlc-ham-01")
    night = admin.find("change", "Controller firmware 17.12.4&state.is=review")  # of the demo, rolled back hours ago
    for number in (firmware, night):
        unlinked(admin, number, controller)
    expect(suspects(lead, major)).to_have_count(0)
    for number in (night, firmware):
        admin.act(number, "link", to=controller, type="affects")
    found = suspects(lead, major).filter(has_text="Controller firmware 17.13.1")
    expect(found).to_contain_text("same item")
    shot(lead.page, "07-suspect")
    found.locator("button:has-text('It was this')").click()
    expect(lead.page.locator("#p-cmdb-recent .badge[data-tone=red]").first).to_be_visible()

    # the way back, by an emergency change; the outage is over
    back = emergency(piotr, (priya, henrik), "Back to controller firmware 17.9.5")
    piotr.move(back, "finish", result="successful", outcome="All access points have joined.")
    shot(piotr.open(f"/r/{back}"), "08-way-back")
    report(site, secret, "ap-ham-b07", "ap-ham-b08", "ap-ham-b09", state="resolved")
    lead.move(outage, "end", cause="change")

    # the problem behind it: the seven are told what helps, the cause is shown by two methods
    lead.act(major, "raise_problem", title="Hall B loses its keys after new firmware")
    problem = priya.find("problem", "loses its keys")
    priya.act(problem, "gather", incidents=", ".join(calls))
    priya.move(problem, "analyse")
    priya.act(problem, "write_workaround", workaround="Press the side button for ten seconds, then sign in again.")
    page = priya.open(f"/problems/{problem}/tell")
    page.check("main form [name=callers]")
    page.click("main form button[data-kind=primary]")
    page.wait_for_url(re.compile(f"/r/{problem}"))
    for number in (calls[0], calls[6]):
        assert "side button for ten seconds" in employee.open(f"/my/{number}").inner_text("main")
    priya.act(problem, "add_cause", text="The cache of keys is emptied", question="Why do scanners drop?", evidence="Log of wlc-ham-01", sure="proved", shown=firmware)
    priya.act(problem, "add_contrast", yes="Hall B", no="Hall A", changed="firmware of this morning")
    shot(priya.open(f"/problems/{problem}/analysis?as=fish"), "09-cause-and-effect")
    priya.act(problem, "publish", symptoms="Barcode gun shows a crossed antenna after lunch", portal=True)
    shot(priya.open(f"/r/{problem}"), "10-problem")
    priya.move(problem, "confirm", root_cause="The new software empties the cache of keys.", cause_code="supplier")

    # the next caller's agent finds the known error and solves with it
    page = employee.open("/my/new")
    page.fill("[name=title]", "Barcode gun shows a crossed antenna")
    page.fill("[name=description]", "Since after lunch, nothing scans.")
    page.click("main form button[data-kind=primary]")
    next_one = agent.find("incident", "crossed antenna")
    page = agent.open(f"/r/{next_one}")
    expect(page.locator("#p-problem-fitting")).to_contain_text("loses its keys")
    shot(page, "11-known-error")
    page.locator("#p-problem-fitting button:has-text('Apply')").first.click()
    expect(page.locator("#head")).to_contain_text("Resolved")

    # the fix, planned as a normal change and carried out inside a release
    page = admin.open(f"/r/{problem}")
    page.locator("#buttons :is(a, button):has-text('Raise change')").first.click()
    panel = page.locator("dialog.beside")
    assert f"{problem} Hall B loses its keys" in panel.locator("[name=reason]").input_value() and panel.locator("[name=items]").input_value() == controller
    panel.locator("[name=title]").fill("Firmware that keeps its keys")
    panel.locator("[name=planned_start]").fill(f"{here() + timedelta(minutes=3):%Y-%m-%dT%H:%M}")
    panel.locator("[name=plan]").fill("Stage, restart the standby, switch over.")
    panel.locator("[name=backout]").fill("Boot the old image: 15 minutes.")
    shot(page, "12-side-panel")
    panel.locator("button[data-kind=primary]").click()
    expect(page.locator(".toast a:has-text('Open')")).to_be_visible()  # and the problem's page is still there, with what follows from it
    assert page.url.endswith(f"/r/{problem}")
    change = admin.find("change", "keeps its keys")
    decided(admin, [Desk(enter(n), site.base) for n in (TOMASZ, LUCAS, SOFIA)] + [lead, priya, henrik], change)
    admin.move(change, "start")
    admin.move(change, "finish", result="successful", outcome="Walked hall B with four scanners: no loss.")
    page = admin.open("/k/release/new")
    page.fill("[name=title]", "Wireless network, hotfix")
    page.fill("[name=backout]", "Boot the old image: 15 minutes.")
    page.select_option("[name=service]", label="Wireless network")
    page.click("main form button[data-kind=primary]")
    page.wait_for_url(re.compile(r"/r/REL-\d+"))
    release = page.url.rsplit("/", 1)[1]
    admin.act(release, "bundle", numbers=f"{problem}, {change}")
    admin.act(release, "usual_gates")
    shot(admin.open(f"/r/{release}"), "12-release")
    for step in ("plan_it", "build"):
        admin.move(release, step)
    for gate in ("Everything that belongs to it is built", "The customer accepted it"):
        judged(admin, release, gate, "passed", "Seen with Birgit Hansen")
    judged(admin, release, "Tests passed in a test environment", "waived", "There is no second hall to try it in")
    for step in ("test", "accept", "deploy", "finish"):
        admin.move(release, step)
    expect(admin.stage(release)).to_contain_text("Review")
    shot(admin.open(f"/r/{release}"), "13-release")

    # closed by the links: the release's problem, and with it the incident, its seven callers; each shown before it is done
    admin.act(release, "follow", numbers=problem)
    expect(admin.stage(problem)).to_contain_text("Resolved")
    shot(admin.open(f"/r/{problem}"), "14-follows")
    admin.act(problem, "follow", numbers=", ".join((major, *calls)))
    for number in (major, *calls):
        expect(admin.stage(number)).to_contain_text("Resolved")

    # stood down, reviewed, closed
    lead.act(major, "stand_down", words="All scanners work since the old software is back.")
    lead.act(major, "review_major", findings="The new software empties the cache of keys.", lessons="Walk with four scanners before the other sites.")
    shot(lead.open(f"/incidents/{major}/review"), "15-review")
    assert "empties the cache" in lead.page.inner_text("main") and "Use the paper lists" in lead.page.inner_text("main")
    admin.move(major, "close")
    expect(admin.stage(major)).to_contain_text("Closed")

    # what both services lost, to the second
    lost = asked(site, secret, f"/api/v1/outage/{outage}")
    seconds = (datetime.fromisoformat(lost["ended_at"]) - datetime.fromisoformat(lost["began_at"])).total_seconds()
    for title, number in services.items():
        after = asked(site, secret, f"/api/v1/service/{number}/availability")
        assert abs(after["down_seconds"] - before[number]["down_seconds"] - seconds) < 1e-3, title
        page = admin.open(f"/services/{number}/availability")
        assert "Access point unreachable" in page.inner_text("main")
        shot(page, f"16-availability-{title.split()[0].lower()}")
        assert f"{after['percent']:.3f}".rstrip("0").rstrip(".") + " %" in page.inner_text("main"), title
    shot(admin.open(f"/timeline/{services['Wireless network']}"), "17-timeline")
    line = admin.open("/evidence?practice=problem").locator("tr:has-text('A known error says symptom')")
    expect(line.locator(".badge[data-tone=green]")).to_be_visible()
    shot(admin.page, "18-evidence")
