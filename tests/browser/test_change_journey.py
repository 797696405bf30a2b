"""From an agent's inventory to a reviewed change: one machine stays one item, a copy is asked about; a firmware change runs into a freeze, moves, is
decided by two of three, carried out at its time and reviewed."""

import base64
import json
import re
import subprocess
import time
import urllib.request
from datetime import datetime, timedelta

from playwright.sync_api import expect

from .conftest import PRAXIS, free_port

ELIF, PIOTR, TOMASZ, JONAS, LUCAS, PRIYA, SOFIA, SAMUEL, HENRIK = (f"{n}@nordwind.example" for n in (
    "elif.demir", "piotr.zielinski", "tomasz.kowalski", "jonas.weber", "lucas.moreau", "priya.nair", "sofia.marino", "samuel.okafor", "henrik.voss"))
MACHINE = {"deviceid": "lt-501-2026", "itemtype": "Computer", "action": "inventory", "content": {
    "bios": {"ssn": "5CGJOURNEY1", "smanufacturer": "HP", "smodel": "EliteBook 840"},
    "hardware": {"name": "lt-501", "uuid": "4c4c4544-0034-3010-8048-b6c04f50aaaa", "chassis_type": "Laptop"}, "networks": [{"mac": "a4:bb:6d:50:10:01"}]}}


PLACES = {"ssn": "bios", "name": "hardware", "uuid": "hardware", "vmsystem": "hardware"}


def send(site, secret, deviceid="lt-501-2026", macs=(), **changes):
    """What Praxis answers to the inventory with these changes."""
    body = json.loads(json.dumps(MACHINE)) | {"deviceid": deviceid}
    if macs:
        body["content"]["networks"] = [{"mac": mac} for mac in macs]
    for name, value in changes.items():
        body["content"][PLACES[name]][name] = value
    asked = urllib.request.Request(site.base + "/api/agents/inventory", json.dumps(body).encode(), {
        "Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode(f"agent:{secret}".encode()).decode()})
    return json.load(urllib.request.urlopen(asked, timeout=20))


def press(page, words):
    """A step of the record, beside the title or in the menu."""
    button = page.locator(f"#buttons >> :is(a, button):has-text('{words}')").first
    if not button.is_visible():
        page.click("#buttons summary")
    button.click()


def open_change(page, base, number):
    page.goto(f"{base}/r/{number}")


def test_a_machine_stays_one_item_and_a_copy_is_asked_about(site, enter):
    admin = enter(ELIF)
    admin.goto(site.base + "/account")
    admin.fill("[name=name]", "agents")
    admin.fill("[name=scopes]", "item.*")
    admin.locator("form:has([name=scopes]) button").first.click()
    secret = re.search(r"px_[\w-]+", admin.inner_text("main"))[0]

    first = send(site, secret)
    assert first["outcome"] == "made"
    renamed = send(site, secret, name="lt-777")
    imaged = send(site, secret, name="DESKTOP-0F3", deviceid="DESKTOP-0F3-2026")
    docked = send(site, secret, name="DESKTOP-0F3", deviceid="DESKTOP-0F3-2026", macs=["a4:bb:6d:50:10:01", "00:e0:4c:68:01:db"])
    other = send(site, secret, name="lt-502", deviceid="lt-502-2026", ssn="5CGJOURNEY2", uuid="4c4c4544-0034-3010-8048-b6c04f50bbbb", macs=["00:e0:4c:68:01:db"])
    assert {r["number"] for r in (renamed, imaged, docked)} == {first["number"]} and other["outcome"] == "made" and other["number"] != first["number"]
    admin.goto(f"{site.base}/r/{first['number']}")
    assert "DESKTOP-0F3" in admin.inner_text("main") and "Agents" in admin.inner_text("#p-cmdb-sources")

    copy = {"ssn": "VMware-42 1f 88 01", "uuid": "4c4c4544-0034-3010-8048-b6c04f50cccc", "vmsystem": "VMware"}
    assert send(site, secret, name="vm-501", deviceid="vm-501-1", macs=["00:50:56:aa:05:01"], **copy)["outcome"] == "made"
    assert send(site, secret, name="vm-502", deviceid="vm-502-1", macs=["00:50:56:aa:05:02"], **copy)["outcome"] == "ask"
    admin.goto(site.base + "/items/candidates")
    line = admin.locator("form.item:has-text('vm-502')")
    assert "copy of a virtual machine" in line.inner_text()
    line.locator("button:has-text('Another one')").click()
    expect(admin.locator("form.item:has-text('vm-502')")).to_have_count(0)
    assert send(site, secret, name="vm-502", deviceid="vm-502-1", macs=["00:50:56:aa:05:02"], **copy)["outcome"] == "same"


def test_a_firmware_change_from_impact_to_review(site, enter):
    admin, piotr = enter(ELIF), enter(PIOTR)
    # what breaks: two services and the people of hall B, as drawn
    piotr.goto(site.base + "/k/item?title.contains=wlc-ham-01")
    item = piotr.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1]
    piotr.goto(f"{site.base}/items/{item}/impact")
    said = piotr.inner_text("main")
    assert "Warehouse Management" in said and "Label printing" in said and "412" in said

    # who decides: two of three, set by the administrator, before the shipped table
    admin.goto(site.base + "/admin/approval-policies/new")
    admin.fill("[name=label]", "Wireless: two of three")
    admin.fill("[name=key]", "wireless-two-of-three")
    admin.fill("[name=kind]", "change")
    admin.fill("[name=purpose]", "authorise")
    admin.fill("[name=position]", "1")
    admin.fill("[name=when]", "{field: subtype, op: is, values: [normal]}")
    admin.fill("[name=steps]", f'- {{label: Board, who: ["person:{PRIYA}", "person:{SOFIA}", "person:{HENRIK}"], rule: count, number: 2}}')
    admin.click("main form button[data-kind=primary]")
    admin.goto(site.base + "/admin/approval-policies")
    assert "Wireless: two of three" in admin.inner_text("main")
    sofia = enter(SOFIA)
    sofia.goto(site.base + "/delegate")
    sofia.select_option("[name=to]", label="Samuel Okafor")
    sofia.fill("[name=starts_at]", (datetime.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    sofia.fill("[name=ends_at]", (datetime.now() + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M"))
    sofia.click("main form button[data-kind=primary]")
    expect(sofia.locator("main")).to_contain_text("Samuel Okafor")

    # planned into the freeze
    piotr.goto(site.base + "/changes/calendar")
    frozen = piotr.locator(".cal-day.frozen").nth(1).get_attribute("data-day")
    piotr.goto(site.base + "/changes/new?model=normal")
    piotr.fill("[name=title]", "Controller firmware 17.12.5")
    piotr.fill("[name=reason]", "The fix that works.")
    piotr.fill("[name=items]", "wlc-ham-02")
    piotr.select_option("[name=service]", label="Wireless network")
    piotr.select_option("[name=owner]", label="Piotr Zieliński")
    piotr.select_option("[name=team]", label="Network")
    piotr.fill("[name=planned_start]", f"{frozen}T20:00")
    piotr.fill("[name=planned_end]", f"{frozen}T21:30")
    piotr.fill("[name=plan]", "Stage, restart the standby, switch over.")
    piotr.fill("[name=backout]", "Boot the old image: 15 minutes.")
    for key in ("service", "reach", "practice", "test", "backout", "outage", "teams", "security"):
        piotr.select_option(f"[name=risk_{key}]", "2" if key == "service" else "0")
    piotr.click("main form button[data-kind=primary]")
    piotr.wait_for_url(re.compile(r"/r/CHG-\d+"))
    number = piotr.url.rsplit("/", 1)[1]
    expect(piotr.locator("#p-change-window .note[data-tone=red]")).to_contain_text("Black Friday freeze")
    assert "High" in piotr.inner_text("#p-change-risk")

    # moved to a proposed window
    piotr.goto(f"{site.base}/changes/{number}/free")
    start = datetime.fromisoformat(piotr.locator("button[name=planned_start]").first.get_attribute("value"))
    piotr.locator("button:has-text('Take it')").first.click()
    piotr.wait_for_url(re.compile(f"/r/{number}"))
    expect(piotr.locator("#p-change-window .note[data-tone=red]")).to_have_count(0)

    # assessed by a peer, the lead and a service owner: this morning the same went wrong, so that its risk is high
    press(piotr, "Ask for assessment")
    expect(piotr.locator("#head [aria-current=step]")).to_contain_text("Assess")
    expect(piotr.locator("#buttons")).not_to_contain_text("Approve")
    for person in (TOMASZ, JONAS, LUCAS):
        page = enter(person)
        page.goto(site.base + "/")
        expect(page.locator(".rail")).to_contain_text("Controller firmware 17.12.5")
        open_change(page, site.base, number)
        page.keyboard.press("y")
        expect(page.locator("#buttons")).not_to_contain_text("Approve")
    # authorised by two of three, one of them by her delegate
    priya = enter(PRIYA)
    open_change(priya, site.base, number)
    priya.keyboard.press("y")
    expect(priya.locator("#p-approvals-rounds")).to_contain_text("Approved")
    samuel = enter(SAMUEL)
    open_change(samuel, site.base, number)
    samuel.keyboard.press("y")
    expect(samuel.locator("#head [aria-current=step]")).to_contain_text("Scheduled")
    rounds = samuel.inner_text("#p-approvals-rounds")
    assert "Sofia Marino" in rounds and "answered by Samuel Okafor" in rounds and "No longer needed" in rounds
    henrik = enter(HENRIK)
    henrik.goto(site.base + "/")
    expect(henrik.locator("main")).not_to_contain_text("Controller firmware 17.12.5")

    _carried_out(site, enter, number, start)


def _carried_out(site, enter, number, start):
    """In its window, on a second server whose clock stands there; then reviewed and closed."""
    moment = (start + timedelta(minutes=5)).isoformat()
    env = site.env | {"PRAXIS_NOW": moment}
    port = free_port()
    server = subprocess.Popen([PRAXIS, "serve", "--port", str(port)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _n in range(150):
            try:
                urllib.request.urlopen(base + "/sign-in", timeout=2)
                break
            except OSError:
                time.sleep(0.1)
        piotr = _in(site, enter, base, env, PIOTR)
        open_change(piotr, base, number)
        press(piotr, "Start")
        expect(piotr.locator("#head [aria-current=step]")).to_contain_text("Implement")
        press(piotr, "Finish")
        piotr.select_option("dialog [name=result]", "issues")
        piotr.fill("dialog [name=outcome]", "One access point needed a second restart.")
        piotr.click("dialog button[data-kind=primary]")
        expect(piotr.locator("#head [aria-current=step]")).to_contain_text("Review")
        open_change(piotr, base, number)
        press(piotr, "Write the review")
        piotr.fill("dialog [name=review]", "As planned but for one access point; the plan now names it.")
        piotr.click("dialog button[data-kind=primary]")
        expect(piotr.locator("#p-change-words")).to_contain_text("the plan now names it")
        admin = _in(site, enter, base, env, ELIF)
        open_change(admin, base, number)
        press(admin, "Close")
        expect(admin.locator("#head")).to_contain_text("Closed")
    finally:
        server.terminate()
        server.wait(10)


def _in(site, enter, base, env, person):
    """A page of somebody signed in at the second server."""
    link = subprocess.run([PRAXIS, "link", person], env=env, check=True, capture_output=True, text=True).stdout
    page = enter(None)
    page.goto(base + "/in/" + re.search(r"/in/(\S+)", link)[1])
    page.locator("form button").first.click()
    page.wait_for_url(base + "/")
    return page


