"""One timeline of a service and of an item, and the page as of a past moment: it says what the page said then."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from praxis.estate.timeline import read
from praxis.kernel.actors import system
from praxis.kernel.now import now
from praxis.practices.incident.models import Incident
from praxis.records import write
from praxis.records.models import Link, Record


def said(record, by, moment=None):
    return [(e.record.number, e.title, e.stage.name, e.began, e.ended, e.how) for e in read.entries(record, by, moment, most=500)]


@pytest.mark.parametrize("seed", [5, 17])
def test_ten_past_moments_say_what_was_said_then(make, company, seed):
    """Titles, states, ends and relations change, incidents move from one item and service to another: the past stays what it was."""
    dice, by = random.Random(seed), system("M", company.organisation.pk)
    start, taken = timezone.now().replace(microsecond=0), []
    with time_machine.travel(start, tick=False) as clock:
        items, services = [make("item", title=f"i{n}") for n in range(3)], [make("service", title=f"s{n}") for n in range(2)]
        for step in range(90):
            clock.shift(timedelta(minutes=11))
            act = dice.choice(["open"] * 3 + ["point", "serve", "rename", "take", "resolve", "outage", "end", "change", "problem", "link", "unlink", "rest", "unrest"])
            open_ones = list(Incident.objects.filter(state__in=("new", "in_progress")))
            one = dice.choice(open_ones) if open_ones else make("incident", title="first")
            item, service = dice.choice(items), dice.choice(services)
            if act == "open":
                make("incident", title=f"inc {step}", item=item.pk, service=service.pk)
            elif act == "point":
                write.change(one, by, item=dice.choice([item.pk, None]))
            elif act == "serve":
                write.change(one, by, service=service.pk)
            elif act == "rename":
                write.change(one, by, title=f"renamed {step}")
            elif act == "resolve":
                if one.state == "new":
                    one = write.change(one, by, owner=company.people["agent"].pk)
                    one = write.move(one, by, "start") if one.state == "new" else one
                write.move(one, by, "resolve", close_code="solved", solution="Done as it should be.")
            elif act == "outage":
                write.move(make("outage", title=f"out {step}", sort="unplanned", item=item.pk, began_at=now() - timedelta(minutes=5)), by, "begin")
            elif act == "end":
                if row := Record.objects.filter(kind="outage", is_open=True, state="running").first():
                    write.move(row.type.model.objects.get(pk=row.pk), by, "end", ended_at=now())
            elif act == "change":
                change = make("change", title=f"chg {step}", service=service.pk, planned_start=now() + timedelta(hours=2), planned_end=now() + timedelta(hours=3))
                write.link(change, item, "affects", by)
            elif act == "problem":
                make("problem", title=f"prb {step}", item=item.pk, service=service.pk)
            elif act == "link":
                write.link(one, item, "related", by)
            elif act == "rest":
                first, second = dice.choice([*services, *items]), dice.choice(items)
                if first.pk != second.pk:
                    write.link(first, second, "depends-on", by)
            elif act == "unrest" and (link := Link.objects.filter(type="depends-on").order_by("pk").first()) or act == "unlink" and (link := Link.objects.filter(type__in=("related", "affects")).order_by("pk").first()):
                first, second = Record.objects.get(pk=link.source_id), Record.objects.get(pk=link.target_id)
                write.unlink(first.type.model.objects.get(pk=first.pk), second.type.model.objects.get(pk=second.pk), link.type, by)
            if step % 6 == 5:
                clock.shift(timedelta(seconds=30))
                taken += [(now(), r, said(r, by)) for r in (*items, *services)]
        clock.shift(timedelta(days=1))
        assert sum(len(rows) for _m, _r, rows in taken) > 200
        differing = 0
        for moment, record, rows in dice.sample(taken, 50):
            assert said(record, by, moment) == rows, (record.title, moment)
            differing += rows != said(record, by)
        assert differing > 20


def test_a_service_tells_the_outages_of_what_it_rests_on(make, company):
    by = system("M", company.organisation.pk)
    service, server, rack, other = make("service", title="Shop"), make("item", title="web-1"), make("item", title="rack-1"), make("item", title="alone")
    write.link(service, server, "depends-on", by)
    write.link(server, rack, "depends-on", by)
    outages = [write.move(make("outage", title=t.title, sort="unplanned", item=t.pk, began_at=now() - timedelta(minutes=5)), by, "begin") for t in (rack, other)]
    numbers = [e.record.number for e in read.entries(service, by)]
    assert outages[0].number in numbers and outages[1].number not in numbers
    assert [e.record.number for e in read.entries(rack, by)] == [outages[0].number]


def test_the_page_now_then_and_page_by_page(make, company):
    by, agent = system("M", company.organisation.pk), company.people["agent"]
    start = timezone.now().replace(microsecond=0) - timedelta(days=9)
    with time_machine.travel(start, tick=False) as clock:
        item = make("item", title="wlc-01")
        numbers = []
        for n in range(120):
            clock.shift(timedelta(hours=1))
            numbers.append(make("incident", title=f"Radio {n} <b>", item=item.pk).number)
        write.change(item, by, title="wlc-renamed")
    client = Client()
    client.force_login(agent)
    seen, address = [], f"/timeline/{item.number}"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        text = answer.content.decode()
        seen += [e.record.number for e in answer.context_data["rows"]] if hasattr(answer, "context_data") else [n for n in reversed(numbers) if f">{n}</span>" in text]
        older = [part.split('"')[0] for part in text.split('href="') if part.startswith("?before=")]
        address = f"/timeline/{item.number}{older[0].replace('&amp;', '&')}" if older else ""
    assert seen == numbers[::-1]
    then = client.get(f"/timeline/{item.number}", {"at": (start + timedelta(hours=3, minutes=1)).isoformat()}).content.decode()
    assert "wlc-01" in then.split("<h1", 1)[1].split("</h1>")[0] and numbers[2] in then and numbers[3] not in then and "Radio 1 &lt;b&gt;" in then
    assert "was not registered" in client.get(f"/timeline/{item.number}", {"back": "3000"}).content.decode()
    assert client.get(f"/timeline/{item.number}", {"at": "yesterday"}).status_code == 422
    assert client.get(f"/timeline/{item.number}", {"at": "0001-01-01T00:00"}).status_code in (200, 422)
    assert client.get(f"/timeline/{item.number}", {"before": "x~y", "kind": "nonsense"}).status_code == 200
    assert client.get(f"/timeline/{numbers[0]}").status_code == 404


def test_only_what_the_reader_may_see(make, company, other):
    item = make("item")
    mine = make("incident", item=item.pk, title="Mine")
    client = Client()
    client.force_login(company.people["requester"])
    answer = client.get(f"/timeline/{item.number}")
    assert answer.status_code == 302 and answer["Location"] == "/my"  # the portal is theirs
    client.force_login(other.people["agent"])
    assert client.get(f"/timeline/{item.number}").status_code == 404
    client.force_login(company.people["agent"])
    assert mine.number in client.get(f"/timeline/{item.number}").content.decode()
    assert mine.number in client.get(f"/r/{item.number}/panel/timeline.latest").content.decode()
