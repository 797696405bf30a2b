"""The drawn screens with the clock frozen, in both themes, at desk and phone width: python tools/screenshots.py [NAME ...]

Starts a server of its own on a demo in a temporary folder; needs Debian's chromium. Writes to var/screenshots, or OUT.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUT = Path(os.environ.get("OUT", ROOT / "var" / "screenshots"))
PORT, NOW = int(os.environ.get("PORT", 8765)), "2026-11-24T10:42:00+01:00"
PRAXIS = str(Path(sys.executable).parent / "praxis")
AGENT, EMPLOYEE, ADMIN, LEAD = (f"{n}@nordwind.example" for n in ("mara.lindqvist", "birgit.hansen", "elif.demir", "jonas.weber"))
PAGES = {"login": (None, "/sign-in"), "home": (AGENT, "/"), "incidents": (AGENT, "/k/incident"), "incident": (AGENT, "first"),
         "new": (AGENT, "/incidents/new?caller=bi"), "search": (AGENT, "/search?q=scanner"), "services": (AGENT, "/k/service"),
         "states": (AGENT, "/k/incident?title.contains=zzzz"), "my": (EMPLOYEE, "/my"), "report": (EMPLOYEE, "/my/new"),
         "admin": (ADMIN, "/admin/levels"), "admin-targets": (ADMIN, "/admin/targets"), "admin-people": (ADMIN, "/admin/people"), "admin-settings": (ADMIN, "/admin/settings"),
         "admin-log": (ADMIN, "/admin/log"), "item": (AGENT, "item"), "impact": (AGENT, "item/impact"), "items": (AGENT, "/k/item"), "import": (ADMIN, "/import"), "what-if": (ADMIN, "/levels/what-if"),
         "reports": (LEAD, "/reports/health"), "figures": (LEAD, "/reports"), "home-lead": (LEAD, "/"), "even-out": (LEAD, "/even-out"), "away": (AGENT, "/away"),
         "tasks": (AGENT, "/k/task?view=open"), "problem": (ADMIN, "/k/problem?view=all > /r/"), "room": (ADMIN, "/k/incident?all=1&title.contains=No Wi-Fi in hall B > /incidents/ /room"),
         "timeline": (ADMIN, "/k/item?title.contains=wlc-ham-01 > /timeline/"), "availability": (ADMIN, "/k/service?view=all&title.contains=Wireless > /services/ /availability"),
         "evidence": (ADMIN, "/evidence"), "delivery": (ADMIN, "/delivery"), "alerts": (ADMIN, "/alerts"), "status": (EMPLOYEE, "/status/nordwind")}  # "list > before after": the first of a list


def chromium(playwright):
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])


def sign_in(page, base, person, env):
    """Through a one-time link, as a person would."""
    link = subprocess.run([PRAXIS, "link", person], env=env, check=True, capture_output=True, text=True).stdout.strip()
    page.goto(base + "/in/" + link.rsplit("/", 1)[1])
    page.click("button")


def main(wanted):
    with tempfile.TemporaryDirectory() as home:
        env = os.environ | {"PRAXIS_HOME": home, "PRAXIS_NOW": NOW, "DATABASE_URL": f"sqlite:///{home}/shots.sqlite3"}
        for command in (["setup"], ["demo", "load"]):
            subprocess.run([PRAXIS, *command], env=env, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([PRAXIS, "serve", "--port", str(PORT)], env=env, stdout=subprocess.DEVNULL)
        try:
            shoot(f"http://127.0.0.1:{PORT}", env, wanted)
        finally:
            server.terminate()
            server.wait()


def shoot(base, env, wanted):
    OUT.mkdir(parents=True, exist_ok=True)
    for _ in range(100):
        try:
            urllib.request.urlopen(base + "/sign-in", timeout=2)
            break
        except OSError:
            time.sleep(0.1)
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        for person in (None, AGENT, EMPLOYEE, ADMIN, LEAD):
            state = None
            for theme in ("light", "dark"):
                for width, height, suffix in ((1440, 900, ""), (390, 844, "-mobile")):
                    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, storage_state=state,
                                                  locale="en-GB", timezone_id="Europe/Berlin")
                    page = context.new_page()
                    if person and state is None:
                        sign_in(page, base, person, env)
                        state = context.storage_state()
                    for name, (who, path) in PAGES.items():
                        if who == person and (not wanted or name in wanted):
                            if path == "first":
                                page.goto(base + "/k/incident?view=mine&sort=updated")
                                path = page.get_attribute("#rows .ttl >> nth=0", "href")
                            if path.startswith("item"):
                                page.goto(base + "/k/item?title.contains=wlc-ham-01")
                                path = page.get_attribute("#rows .ttl >> nth=0", "href").replace("/r/", "/items/" if "impact" in path else "/r/") + path.removeprefix("item")
                            if " > " in path:
                                path, _to, around = path.partition(" > ")
                                before, _space, after = around.partition(" ")
                                page.goto(base + path)
                                path = before + page.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1] + after
                            page.goto(base + path)
                            page.wait_for_load_state("networkidle")
                            page.screenshot(path=OUT / f"{name}{suffix}-{theme}.png")
                    context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
