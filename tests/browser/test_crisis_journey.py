"""A crisis to its end in a browser: the room, the change that was it, the known error found by the next caller's agent, the fix in a release, the review.

SHOTS=<folder> keeps a picture of each step, to lay beside the mockups.
"""

import os
import re
from pathlib import Path

from playwright.sync_api import expect

ELIF, MARA, BIRGIT, PRIYA, JONAS = (f"{n}@nordwind.example" for n in ("elif.demir", "mara.lindqvist", "birgit.hansen", "priya.nair", "jonas.weber"))
SHOTS = os.environ.get("SHOTS", "")


def shot(page, name):
    if SHOTS:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def act(page, base, number, verb, **values):
    """A verb by its own page, as without JavaScript, filled and sent."""
    page.goto(f"{base}/r/{number}/do/{verb}")
    form = page.locator("main form:has(button[data-kind=primary])").first
    for name, value in values.items():
        field = form.locator(f"[name={name}]").first
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.set_checked(value)
        else:
            field.fill(value)
    form.locator("button[data-kind=primary]").click()
    page.wait_for_load_state("networkidle")
    assert "/do/" not in page.url, page.inner_text("main")
    page.wait_for_url(re.compile(r"/(r|incidents|problems)/[A-Z]+-\d+(/(?!do/)\w+)?$"))


def test_from_the_room_to_the_review(site, enter):
    admin, mara, birgit = enter(ELIF), enter(MARA), enter(BIRGIT)
    admin.goto(site.base + "/k/incident?all=1&title.contains=No Wi-Fi in hall B")
    number = admin.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1]
    room = f"{site.base}/incidents/{number}/room"

    # the room: a decision is logged, everybody is told
    admin.goto(room)
    admin.check(".composer [name=sort][value=decision]", force=True)
    admin.fill(".composer textarea", "Roll the firmware back.")
    admin.click(".composer button:has-text('Log')")
    expect(admin.locator("#line li").first).to_contain_text("Roll the firmware back.")
    admin.fill("#up", "We put the controller back to its old software. Next news in 30 minutes.")
    admin.click(".rail button:has-text('Send')")
    expect(admin.locator("#line")).to_contain_text("old software")
    shot(admin, "1-room")
    birgit.goto(site.base + "/my")
    assert "old software" in birgit.inner_text("body")
    shot(birgit, "2-portal")
    birgit.goto(site.base + "/status/nordwind")
    assert "old software" in birgit.inner_text("body")
    shot(birgit, "3-status")

    # the firmware of this morning is proposed with reasons, and it was it
    admin.goto(f"{site.base}/r/{number}")
    suspect = admin.locator("#p-cmdb-recent .item:has-text('Controller firmware 17.12.4')").first
    expect(suspect).to_contain_text("same item")
    shot(admin, "4-suspect")
    suspect.locator("button:has-text('It was this')").click()
    expect(admin.locator("#p-cmdb-recent .badge[data-tone=red]").first).to_be_visible()

    # the root cause by two methods, and what helps until it is gone
    act(admin, site.base, number, "raise_problem", title="Hall B loses its keys after new firmware")
    admin.goto(site.base + "/k/problem?view=all&title.contains=loses its keys")
    problem = admin.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1]
    admin.goto(f"{site.base}/r/{problem}")
    admin.locator("#buttons >> :is(a, button):has-text('Find the root cause')").first.click() if admin.locator("#buttons >> :is(a, button):has-text('Find the root cause')").first.is_visible() else (
        admin.click("#buttons summary"), admin.locator("#buttons >> :is(a, button):has-text('Find the root cause')").first.click())
    expect(admin.locator("#head [aria-current=step]")).to_contain_text("Root cause analysis")
    act(admin, site.base, problem, "add_cause", text="The cache of keys is emptied", question="Why do scanners drop?", evidence="Controller log", sure="proved")
    act(admin, site.base, problem, "add_contrast", yes="Hall B", no="Hall A", changed="firmware at 06:10")
    act(admin, site.base, problem, "write_workaround", workaround="Press the side button for ten seconds.")
    act(admin, site.base, problem, "publish", symptoms="Barcode gun shows a crossed antenna after lunch", portal=False)
    admin.goto(f"{site.base}/r/{problem}")
    expect(admin.locator(".rail").first).to_contain_text("Known error")
    shot(admin, "5-problem")
    admin.goto(f"{site.base}/problems/{problem}/analysis?as=fish")
    shot(admin, "6-cause-and-effect")

    # the next caller's agent finds it and solves with it
    birgit.goto(site.base + "/my/new")
    birgit.fill("[name=title]", "Barcode gun shows a crossed antenna")
    birgit.fill("[name=description]", "Since after lunch, nothing scans.")
    birgit.click("main form button[data-kind=primary]")
    mara.goto(site.base + "/k/incident?all=1&title.contains=crossed antenna")
    caller = mara.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1]
    mara.goto(f"{site.base}/r/{caller}")
    fitting = mara.locator("#p-problem-fitting")
    expect(fitting).to_contain_text("loses its keys")
    shot(mara, "7-known-error")
    fitting.locator("button:has-text('Apply')").first.click()
    expect(mara.locator("#head")).to_contain_text("Resolved")

    # the fix as a change inside a release
    act(admin, site.base, problem, "raise_change", title="Firmware that keeps its keys")
    admin.goto(site.base + "/k/change?view=all&title.contains=keeps its keys")
    change = admin.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1]
    admin.goto(site.base + "/k/release?view=all")
    release = admin.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1]
    act(admin, site.base, release, "bundle", numbers=f"{problem}, {change}")
    admin.goto(f"{site.base}/r/{release}")
    assert change in admin.inner_text("main") and problem in admin.inner_text("main")
    shot(admin, "8-release")

    # over: stood down, reviewed; the service's month and its line of time tell of it
    act(admin, site.base, number, "stand_down", words="All scanners work since the old software is back.")
    admin.goto(f"{site.base}/incidents/{number}/review")
    assert "Roll the firmware back." in admin.inner_text("main")
    act(admin, site.base, number, "review_major", findings="The new software empties the cache of keys.", lessons="Walk with four scanners before the other sites.")
    admin.goto(f"{site.base}/incidents/{number}/review")
    assert "empties the cache" in admin.inner_text("main")
    shot(admin, "9-review")
    admin.goto(site.base + "/k/service?view=all&title.contains=Wireless")
    service = admin.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1]
    admin.goto(f"{site.base}/timeline/{service}")
    assert number in admin.inner_text("main") and problem in admin.inner_text("main")
    shot(admin, "10-timeline")
    admin.goto(f"{site.base}/services/{service}/availability")
    assert "%" in admin.inner_text("main")
    shot(admin, "11-availability")
    admin.goto(site.base + "/evidence?practice=problem")
    line = admin.locator("tr:has-text('A known error says symptom')")
    expect(line.locator(".badge[data-tone=green]")).to_be_visible()
    expect(line.locator(f"a[href='/r/{problem}']")).to_be_visible()
    shot(admin, "12-evidence")
