"""A real server on a real database file, and Debian's chromium."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"
PRAXIS = str(Path(sys.executable).parent / "praxis")
REQUIRED = "browser" in os.environ.get("PRAXIS_REQUIRE", "")


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not Path(CHROMIUM).exists() and not REQUIRED:
                item.add_marker(pytest.mark.skip(reason="Debian's chromium is not installed: apt-get install chromium"))


def free_port():
    """A port that nobody listens on, so that two runs do not meet."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Site:
    """The served demo; `link` gives a one-time address for a person of it."""

    def __init__(self, base, env):
        self.base, self.env = base, env

    def praxis(self, *arguments):
        return subprocess.run([PRAXIS, *arguments], env=self.env, check=True, capture_output=True, text=True).stdout

    def link(self, person):
        return self.base + "/in/" + re.search(r"/in/(\S+)", self.praxis("link", person))[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    home = tmp_path_factory.mktemp("site")
    env = os.environ | {"PRAXIS_HOME": str(home), "DATABASE_URL": f"sqlite:///{home}/site.sqlite3"}
    env.pop("PRAXIS_NOW", None)
    port = free_port()
    made = Site(f"http://127.0.0.1:{port}", env)
    made.praxis("setup")
    made.praxis("demo", "load", "--incidents", "300")
    server = subprocess.Popen([PRAXIS, "serve", "--port", str(port)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(made.base + "/sign-in", timeout=2)
                break
            except OSError:
                time.sleep(0.1)
        yield made
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")
def chromium():
    """Stopped after each module: its event loop would keep later tests of this thread from the database."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def enter(site, chromium):
    """enter("mara.lindqvist@nordwind.example", ...) gives a page of a signed-in browser; console errors fail the test."""
    contexts, problems = [], []

    def enter(person, **options):
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" and "status of 4" not in m.text else None)
        page.on("pageerror", lambda e: problems.append(str(e)))
        if person:
            page.goto(site.link(person))
            page.click("main button")
            page.wait_for_load_state("networkidle")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert [p for p in problems if "autofocus" not in p.lower()] == []
