"""A person's way through the desk: with the mouse, by keyboard alone, and with JavaScript switched off."""

import random
import re

import pytest

MARA, JONAS, BIRGIT = (f"{n}@nordwind.example" for n in ("mara.lindqvist", "jonas.weber", "birgit.hansen"))
SEED = random.SystemRandom().randrange(10**6)


@pytest.fixture
def dice():
    print(f"seed {SEED}")
    return random.Random(SEED)


def report(page, site, title):
    """The employee reports something; returns its number."""
    page.goto(site.base + "/my/new")
    page.fill("[name=title]", title)
    page.fill("[name=description]", "It stopped this morning.")
    page.select_option("[name=impact]", "2")
    page.select_option("[name=urgency]", "1")
    page.click("main form button[data-kind=primary]")
    page.wait_for_url(re.compile(r"/my/INC-\d+"))
    return page.url.rsplit("/", 1)[1]


def left_in_seconds(page, site, number):
    """(working seconds left, the server's moment) as the explanation tells."""
    page.goto(f"{site.base}/r/{number}/panel/clocks.explained")
    return int(page.locator("[data-left]").last.get_attribute("data-left")), page.get_attribute("meta[name=praxis-now]", "content")


def test_an_incident_from_report_to_solution(site, enter, dice):
    word = f"zebra{dice.randrange(10**6)}"
    employee, agent = enter(BIRGIT), enter(MARA)
    number = report(employee, site, f"Gate {dice.randrange(1, 40)} does not open")

    agent.goto(f"{site.base}/k/incident?view=unassigned")
    agent.goto(f"{site.base}/r/{number}")
    agent.click("#buttons button:has-text('Assign to me')")
    agent.goto(f"{site.base}/r/{number}")
    assert "In progress" in agent.inner_text("#head") and "Mara Lindqvist" in agent.inner_text("#f-owner")

    agent.fill("#reply", "Thank you, I am looking at it.")
    agent.click(".composer button[data-kind=primary]")
    agent.wait_for_selector(".msg[data-as=agent]:has-text('looking at it')")
    agent.wait_for_selector("#p-clocks-time:has-text('First response met')")

    agent.click(".composer label:has-text('Internal note')")
    agent.fill("#reply", f"The controller reports {word}.")
    agent.click(".composer button[data-kind=primary]")
    agent.wait_for_selector(f".msg[data-as=note]:has-text('{word}')")

    agent.click("#buttons summary")
    agent.click("#buttons .menu a:has-text('Put on hold')")
    agent.select_option("dialog [name=hold_reason]", "caller")
    agent.click("dialog button[data-kind=primary]")
    agent.wait_for_selector("#head:has-text('On requester')")
    assert "Paused" in agent.inner_text("#p-clocks-time")

    employee.goto(f"{site.base}/my/{number}")
    assert "We need your answer" in employee.inner_text("main") and word not in employee.content()
    employee.fill("#r", "Yes, it still happens.")
    employee.click(".composer button")
    employee.wait_for_selector("main:has-text('We are working on it')")

    agent.goto(f"{site.base}/r/{number}")
    assert "In progress" in agent.inner_text("#head")
    shown, moment = left_in_seconds(agent, site, number)
    assert abs(shown - oracle_left(site, number, moment)) <= 1  # both are rounded to whole seconds

    agent.goto(f"{site.base}/r/{number}")
    agent.click("#f-impact .edit")
    agent.click("#f-impact [role=option]:has-text('High')")
    agent.wait_for_selector("#f-priority_words:has-text('1, Critical')")  # a second property follows
    agent.click("#buttons a:has-text('Resolve')")
    agent.click("dialog button[data-kind=primary]")
    agent.wait_for_selector("dialog .err")
    agent.select_option("dialog [name=close_code]", "solved")
    agent.fill("dialog [name=solution]", "Relay replaced.")
    agent.click("dialog button[data-kind=primary]")
    agent.wait_for_selector("#head:has-text('Resolved')")
    assert agent.locator("dialog").count() == 0

    agent.goto(f"{site.base}/search?q={word}")
    assert agent.locator(f".hit:has-text('{number}')").count() == 1
    employee.goto(f"{site.base}/search?q={word}")
    assert employee.locator(".hit").count() == 0 and word not in employee.content()
    employee.goto(f"{site.base}/my/{number}")
    assert "Relay replaced." in employee.inner_text("main")


def oracle_left(site, number, moment):
    """Working seconds left at a moment, counted second by second from the events alone, in a process of its own."""
    code = f"""
import django; django.setup()
from datetime import datetime, timedelta
from praxis.kernel.models import Event
from praxis.practices.incident.models import Incident
from praxis.abilities.clocks.policy import policy
i = Incident.objects.get(number='{number}')
target = next(t for t in policy().targets('incident', i.organisation_id, i.service_id, i.opened_at) if t.metric == 'resolve' and str(i.priority) in t.applies.parts[0].values)
state, reason, at, used = 'new', '', i.opened_at, 0
def count(a, b):
    n, t = 0, a
    while t < b:
        n += target.calendar.is_open(t) * min(1, (b - t).total_seconds()); t += timedelta(seconds=1)
    return n
for e in [*Event.objects.filter(subject=i.pk).order_by('id'), None]:
    upto = e.at if e else datetime.fromisoformat('{moment}')
    if not (state == 'on_hold' and reason in ('caller', 'scheduled')) and state != 'resolved':
        used += count(at, upto)
    at = upto
    if e:
        state, reason = e.changes.get('state', [0, state])[1], e.changes.get('hold_reason', [0, reason])[1]
print(round(target.length.total_seconds() - used))
"""
    import subprocess
    import sys

    env = site.env | {"DJANGO_SETTINGS_MODULE": "praxis.site.settings"}
    return int(subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True).stdout)


def test_by_keyboard_alone(site, enter, dice):
    number = report(enter(BIRGIT), site, f"Keyboard {dice.randrange(10**6)}")
    page = enter(MARA)
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/k/incident")
    page.wait_for_selector("#preview")
    first = page.get_attribute("#preview", "data-row")
    page.keyboard.press("j")
    page.wait_for_selector(f"#preview:not([data-row={first}])")
    page.keyboard.press("x")
    assert page.locator("[name=pick]:checked").count() == 1 and page.inner_text("[data-count]") == "1 selected"
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/r/INC-"))
    page.goto(site.base + "/")
    page.keyboard.press("t")  # take the next unassigned one of my groups
    page.wait_for_url(re.compile(r"/r/INC-"))
    assert "Mara Lindqvist" in page.inner_text("#f-owner")
    page.goto(f"{site.base}/r/{number}")
    page.keyboard.press("i")
    page.wait_for_selector("#head:has-text('In progress')")
    page.keyboard.press("n")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".msg[data-as=note]:has-text('By keyboard')")
    page.locator("h1").first.click()
    page.keyboard.press("r")
    page.keyboard.type("A reply")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".msg[data-as=agent]:has-text('A reply')")
    page.locator("h1").first.click()
    page.keyboard.press("Shift+R")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")


def test_without_javascript(site, enter, dice):
    employee, agent = enter(BIRGIT, java_script_enabled=False), enter(MARA, java_script_enabled=False)
    number = report(employee, site, f"No script {dice.randrange(10**6)}")
    agent.goto(f"{site.base}/k/incident?view=unassigned")
    agent.click(f"#row-{number} .ttl") if agent.locator(f"#row-{number}").count() else agent.goto(f"{site.base}/r/{number}")
    assert agent.url.endswith(number)
    agent.click("#buttons button:has-text('Assign to me')")
    assert "In progress" in agent.inner_text("#head")
    agent.fill("#reply", "Without scripts")
    agent.click(".composer button[data-kind=primary]")
    assert agent.url.endswith(number) and "Without scripts" in agent.inner_text(".thread")
    agent.click("#f-urgency .edit")
    agent.click("[role=option]:has-text('Low')")
    assert "Low" in agent.inner_text("#f-urgency")
    agent.click("#buttons a:has-text('Resolve')")
    agent.click("main button[data-kind=primary]")
    assert agent.locator(".err").count() >= 2
    agent.select_option("[name=close_code]", "solved")
    agent.fill("[name=solution]", "Done without scripts")
    agent.click("main button[data-kind=primary]")
    assert "Resolved" in agent.inner_text("#head")
    agent.goto(f"{site.base}/k/incident")
    chips = agent.locator(".chip").count()
    agent.click(".chip a[aria-label] >> nth=0")
    assert agent.locator(".chip").count() == chips - 1
    agent.click("details.drop:has(summary:has-text('Filter')) summary")
    agent.click(".menu a:has-text('Priority')")
    agent.check("[value='2']")
    agent.click("main button[data-kind=primary]")
    assert "priority.is=2" in agent.url
    agent.goto(f"{site.base}/search")
    agent.fill("#q", number)
    agent.click("main button")
    assert agent.url.endswith(number)


def test_two_people_and_the_same_field(site, enter, dice):
    number = report(enter(BIRGIT), site, f"Conflict {dice.randrange(10**6)}")
    mara, jonas = enter(MARA), enter(JONAS)
    for page in (mara, jonas):
        page.goto(f"{site.base}/r/{number}")
    mara.click("#f-urgency .edit")
    mara.wait_for_selector("#f-urgency [role=listbox]")
    jonas.click("#f-urgency .edit")
    jonas.click("#f-urgency [role=option]:has-text('Low')")
    jonas.wait_for_selector("#f-urgency .edit:has-text('Low')")
    mara.click("#f-urgency [role=option]:has-text('Medium')")
    mara.wait_for_selector("#f-urgency .note:has-text('Jonas Weber changed Urgency')")
    mara.click("#f-urgency button:has-text('Use mine')")
    mara.wait_for_selector("#f-urgency .edit:has-text('Medium')")


def test_a_draft_survives_a_lost_session(site, enter, dice):
    number = report(enter(BIRGIT), site, f"Draft {dice.randrange(10**6)}")
    page = enter(MARA)
    page.goto(f"{site.base}/r/{number}")
    page.fill("#reply", "A long answer that must not be lost")
    page.context.clear_cookies()
    page.click(".composer button[data-kind=primary]")
    page.wait_for_url(re.compile("/sign-in"))
    page.goto(site.link(MARA))
    page.click("main button")
    page.goto(f"{site.base}/r/{number}")
    assert page.input_value("#reply") == "A long answer that must not be lost"


def test_a_field_shows_while_its_condition_holds(site, enter, dice):
    """FLD-02 in the page: a field that exists for phone calls alone comes and goes while somebody chooses, and keeps what was typed."""
    page = enter("elif.demir@nordwind.example")
    page.goto(site.base + "/admin/fields/new")
    key = f"call_{dice.randrange(10**6)}"
    for name, value in (("kind", "incident"), ("key", key), ("label", "Number called"), ("when", "{field: channel, op: is, values: [phone]}")):
        page.fill(f"[name={name}]", value)
    page.click("main form.stack button[data-kind=primary], main button[data-kind=primary]")
    page.wait_for_url(re.compile("/admin/fields"))
    page.goto(site.base + "/k/incident/new")
    field = page.locator(f"[name=x_{key}]")
    page.select_option("[name=channel]", "portal")
    assert not field.is_visible() and field.is_disabled()
    page.select_option("[name=channel]", "phone")
    field.fill("+49 40 555 1")
    page.select_option("[name=channel]", "mail")
    assert not field.is_visible()
    page.select_option("[name=channel]", "phone")
    assert field.is_visible() and field.input_value() == "+49 40 555 1"


def test_a_saved_answer_by_keyboard_and_its_open_gap(site, enter, dice):
    """/ on an empty line opens the saved answers; a gap that the record cannot fill is marked and is not sent (L1-12)."""
    number = report(enter(BIRGIT), site, f"Answered {dice.randrange(10**6)}")
    page = enter(MARA)
    page.goto(f"{site.base}/r/{number}")
    page.click("#reply")
    page.keyboard.type("/")
    page.wait_for_selector("[data-answers-open]")
    page.keyboard.type("known")
    page.wait_for_selector("#answers-found .answer:has-text('A known disruption') >> nth=0")
    page.wait_for_selector("#answers-found .answer:has-text('We wait for the supplier')", state="detached")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-answers-open]", state="detached")
    text = page.input_value("#reply")
    assert text.startswith("Hello Birgit,") and "{{ service }}" in text and "/" not in text[:1]
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#toasts .toast:has-text('Nothing was sent')")
    assert page.input_value("#reply") == text
    page.keyboard.type("the Wi-Fi")  # the gap is selected: typing fills it
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".thread .msg:has-text('others notice the same with the Wi-Fi')")


def test_changes_of_settings_are_counted_and_saved_by_ctrl_s(site, enter, dice):
    page = enter("elif.demir@nordwind.example")
    page.goto(site.base + "/admin/levels")
    said = page.locator(".savebar [data-said]")
    cell = page.locator("input[name$='-resolve-4']").first
    before = cell.input_value()
    cell.fill("6d")
    assert said.inner_text() == "1 change not saved"
    page.click(".savebar [type=reset]")
    page.wait_for_selector(".savebar", state="hidden")
    assert cell.input_value() == before
    cell.fill("6d")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    page.wait_for_selector(".savebar", state="hidden")
    assert page.locator("input[name$='-resolve-4']").first.input_value() == "6d"
    page.locator("input[name$='-resolve-4']").first.fill(before)
    page.keyboard.press("Control+s")
    page.wait_for_selector(f"input[name$='-resolve-4'][value='{before}'] >> nth=0")

