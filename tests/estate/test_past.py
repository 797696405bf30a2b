"""As-of dates equal what ordinary reads said at that moment, with deletes, renames, merges and moved relations between (CMD-05)."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from praxis.estate.cmdb import impact, merging, past
from praxis.estate.cmdb.models import Baseline, Item
from praxis.kernel.actors import system
from praxis.kernel.display import screens
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.records import write
from praxis.records.asof import columns_at
from praxis.records.models import Link
from praxis.records.relating import types
from praxis.records.write.values import plain, tracked

TYPES = ("depends-on", "runs-on", "contains", "hosted-in")


def snapshot(item, actor):
    """What ordinary reads say of an item now: its columns, its relations in words, and the fates of what it hits."""
    item = Item.objects.get(pk=item.pk)
    columns = {n: plain(getattr(item, n)) for n in tracked(Item)}
    known, relations = types(), set()
    for link in Link.objects.filter(source=item.pk).select_related("target"):
        relations.add((str(known[link.type].forward), link.target.number, link.target.title))
    for link in Link.objects.filter(target=item.pk).select_related("source"):
        relations.add((str(known[link.type].reverse), link.source.number, link.source.title))
    graph = impact.walk(item, actor) if item.phase != "final" else None
    fates = {n.record.number: (n.record.title, n.level, n.status, n.of) for pk, n in graph.nodes.items() if pk != item.pk} if graph else None
    return columns, relations, fates


@pytest.mark.parametrize("seed", [3, 11, 29])
def test_as_of_equals_snapshots(make, company, seed):
    dice, by = random.Random(seed), system("M", company.organisation.pk)
    start = timezone.now().replace(microsecond=0)
    taken = []
    with time_machine.travel(start, tick=False) as clock:
        items = [make("item", title=f"item-{n}", **({"needed": 1} if n % 3 == 0 else {})) for n in range(9)]
        for item in items:
            write.move(item, by, "go_live")
        merges = []
        for step in range(70):
            clock.shift(timedelta(minutes=7))
            live = [i for i in Item.objects.all() if i.phase != "final"]
            act = dice.choice(["link"] * 5 + ["unlink", "rename", "need", "delete", "restore", "merge", "unmerge", "people"])
            one, other = dice.sample(live, 2)
            if act == "link":
                write.link(one, other, dice.choice(TYPES), by)
            elif act == "unlink" and (link := Link.objects.exclude(type="duplicate").order_by("pk").first()):
                write.unlink(Item.objects.get(pk=link.source_id), Item.objects.get(pk=link.target_id), link.type, by)
            elif act == "rename":
                write.change(one, by, title=f"renamed-{step}")
            elif act == "need":
                write.change(one, by, needed=dice.choice([None, 1, 2]))
            elif act == "people":
                write.change(one, by, people=step)
            elif act == "delete" and len(live) > 5:
                write.move(one, by, "delete", removed_because="x")
            elif act == "restore" and (gone := Item.objects.filter(state="deleted").exclude(pk__in=[m.gone_id for m in merges]).first()):
                write.act(gone, by, "restore")
            elif act == "merge" and len(live) > 5:
                merges.append(merging.merge(one, other, by))
            elif act == "unmerge" and merges:
                merging.undo(merges.pop(), by)
            if step % 7 == 0:
                clock.shift(timedelta(seconds=30))
                taken += [(now(), i, snapshot(i, by)) for i in items]
        clock.shift(timedelta(days=1))
        assert len(taken) == 90
        for moment, item, (columns, relations, fates) in dice.sample(taken, 60):
            then = columns_at([item.pk], moment)[item.pk]
            for name, value in columns.items():
                assert then.get(name, (value if value in (None, "", [], False, {}, 0) else "missing", ""))[0] == value, (name, moment)
            assert past.relations_at(Item.objects.get(pk=item.pk), by, moment) == relations, moment
            if fates is not None:
                graph = past.walk(Item.objects.get(pk=item.pk), by, moment)
                assert {n.record.number: (n.record.title, n.level, n.status, n.of) for pk, n in graph.nodes.items() if pk != item.pk} == fates, moment


def test_before_it_was_registered(make, company):
    item = make("item", title="late")
    assert past.walk(item, system("M", company.organisation.pk), now() - timedelta(days=2)) is None
    page = company.client("administrator").get(f"/items/{item.number}/then?at={(now() - timedelta(days=2)).isoformat()[:16]}").content.decode()
    assert "it was not registered" in page


def test_the_page_shows_then_beside_now(make, company):
    by = system("M", company.organisation.pk)
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        item, other = make("item", title="old name"), make("item", title="neighbour")
        write.link(item, other, "depends-on", by)
    write.change(Item.objects.get(pk=item.pk), by, title="new name")
    write.unlink(Item.objects.get(pk=item.pk), other, "depends-on", by)
    admin = company.client("administrator")
    at = timezone.localtime(now() - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    page = admin.get(f"/items/{item.number}/then?at={at}").content.decode()
    assert "old name" in page and "new name" in page and "since gone" in page
    assert admin.get(f"/items/{item.number}/then?at=yesterday").status_code == 422


def test_a_baseline_tells_what_drifted(make, company, other):
    by = system("M", company.organisation.pk)
    item, same_, neighbour = (make("item", title=t, version_of="17.9.5") for t in ("drifts", "stays", "near"))
    for one in (item, same_, neighbour):
        write.move(one, by, "go_live")
    admin = company.client("administrator")
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        answer = admin.post("/items/baselines", {"label": "Audit 2026", "query": "state.is=live"})
    made = Baseline.objects.get()
    assert set(made.items) == {item.pk, same_.pk, neighbour.pk}
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        write.change(Item.objects.get(pk=item.pk), by, version_of="17.12.4")
        write.link(Item.objects.get(pk=item.pk), neighbour, "depends-on", by)
    with time_machine.travel(timezone.now() + timedelta(minutes=9), tick=False):
        page = admin.get(answer["Location"]).content.decode()
    assert "17.9.5" in page and "17.12.4" in page and "depends on" in page and ">stays<" not in page
    assert other.client("administrator").get(answer["Location"]).status_code == 404
    assert admin.post("/items/baselines", {"label": "", "query": ""}).status_code == 422


def test_audit_rules_count_and_name(make, company):
    by = system("M", company.organisation.pk)
    for n in range(4):
        write.move(make("item", title=f"sw-{n}", serial=f"SER{n}" if n else ""), by, "go_live")
    admin = company.client("administrator")
    admin.post("/admin/audit-rules/new", {"label": "Has a serial number", "rule": "serial.contains=SER", "scope": "", "weight": "1", "is_active": "on", "organisation": company.organisation.pk})
    page = admin.get("/items/audit").content.decode()
    assert "Has a serial number" in page and "75.0 %" in page and "sw-0" in page
    bad = admin.post("/admin/audit-rules/new", {"label": "Wrong", "rule": "nothing", "scope": "", "weight": "1", "is_active": "on", "organisation": company.organisation.pk})
    assert "as in the address of the list" in bad.content.decode()


def test_item_pages_open(make, company):
    item = make("item", title="x")
    admin = company.client("administrator")
    for path in (f"/items/{item.number}/then", f"/items/{item.number}/delete", "/items/candidates", "/items/audit", "/items/baselines", f"/r/{item.number}"):
        assert admin.get(path).status_code == 200, path
    assert screens["item"] and registry["item"]
