"""Inventories and scans on their way in (part 2; AC12, T-D7): the real samples, and what is damaged or hostile about what the tests make of them."""

import base64
import gzip
import json
import time
import zlib
from pathlib import Path

import pytest
from django.test import Client

from praxis.abilities.sources.models import Candidate, Fact, Mark
from praxis.estate.cmdb.models import Item
from praxis.estate.discovery import glpi, intake, nmap
from praxis.kernel.actors import system
from praxis.kernel.models import Event
from praxis.people.signin import make_token

DATA = Path(__file__).parents[3] / "shared" / "data"
SAMPLES, SCANS = DATA / "glpi-inventory-format" / "examples", DATA / "nmap"
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the sample inventories of shared/data are not here")
needs_scans = pytest.mark.skipif(not SCANS.exists(), reason="the sample scans of shared/data are not here")
XSS = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{7*7}}", "' onfocus='alert(1)", "<svg/onload=alert(1)>", "</title><script>1</script>"]
PLAIN = {"deviceid": "lt-1-2026", "itemtype": "Computer", "action": "inventory", "content": {
    "bios": {"ssn": "5CG1234ABC", "smanufacturer": "HP", "smodel": "EliteBook"}, "hardware": {"name": "lt-1", "uuid": "4c4c4544-0034-3010-8048-b6c04f503732", "chassis_type": "Laptop"},
    "networks": [{"mac": "a4:bb:6d:11:22:33", "virtualdev": False, "type": "ethernet"}]}}
SCAN = b'<?xml version="1.0"?><nmaprun><host><status state="up"/><address addr="10.0.0.9" addrtype="ipv4"/><address addr="A4:BB:6D:00:00:09" addrtype="mac" vendor="HP"/></host></nmaprun>'


@pytest.fixture
def take(company):
    by = system("Import", company.organisation.pk)
    return lambda body, name="x.json": intake.inventory(name, body if isinstance(body, bytes) else json.dumps(body).encode(), company.organisation, by)


@needs_samples
def test_the_sample_inventories(take, capsys):
    """A table of what became of each; taken again, nothing changes."""
    files = sorted(SAMPLES.glob("*.json"))
    found = [take(p.read_bytes(), p.name) for p in files]
    with capsys.disabled():
        print()
        for one in found:
            print(f"  {one.what:<8} {one.number:<10} {one.name}")
    assert len(found) == 20 and [o.what for o in found].count("made") == 11 and [o.what for o in found].count("same") == 9
    laptop = Item.objects.get(hostname="LF014")
    assert (laptop.serial, laptop.maker, laptop.item_class.key, laptop.version_of) == ("8C554721F", "TOSHIBA", "laptop", "Fedora release 25 (Twenty Five)")
    assert {i.item_class.key for i in Item.objects.select_related("item_class")} == {"laptop", "switch", "phone", "printer"}
    events = Event.objects.count()
    assert {take(p.read_bytes(), p.name).what for p in files} == {"same"} and Event.objects.count() == events


@needs_scans
def test_the_sample_scans(company):
    by = system("Import", company.organisation.pk)
    found = [o for p in sorted(SCANS.glob("*.xml")) for o in intake.scan(p.name, p.read_bytes(), company.organisation, by)]
    assert not [o for o in found if o.what == "bad"] and Item.objects.count() == 0
    assert sum(o.what == "left" for o in found) > 1000
    rows = Candidate.objects.filter(unmanaged=True)
    assert 5 < rows.count() < 30 and rows.filter(report__values__title="scanme.nmap.org").count() == 1  # seen five times, listed once
    again = [o for p in sorted(SCANS.glob("*.xml")) for o in intake.scan(p.name, p.read_bytes(), company.organisation, by)]
    assert Candidate.objects.count() == rows.count() and len(again) == len(found)


def damaged(body):
    text = body.decode()
    yield body[: len(body) // 2], "cut off"
    yield b"", "empty"
    yield b"\xff\xfe" + body, "no text"
    yield text.replace('"ssn": "', '"ssn": 7, "x": "').encode(), "a number for a text"
    yield text.replace('"networks": [', '"networks": {"a": [').encode(), "an object for a list"
    yield json.dumps({"deviceid": ["x"], "content": {}}).encode(), "a list for a name"
    yield json.dumps({"content": {"hardware": {"name": "x"}}}).encode(), "no device"
    yield json.dumps({"deviceid": " ", "content": {"hardware": {"name": "x"}}}).encode(), "an empty device"
    yield json.dumps({"deviceid": "x", "content": {}}).encode(), "nothing inside"
    yield json.dumps({"deviceid": "x", "itemtype": "Reactor", "content": {"hardware": {}}}).encode(), "an unknown type"
    yield b'{"deviceid": "x", "content": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deep"
    yield b'[' + body + b']', "a list"
    yield zlib.compress(b"{" + b" " * 60 * 2**20 + b"}"), "a bomb"
    yield gzip.compress(body)[:-20][:60], "half a packed file"
    yield b"{" + b" " * 41 * 2**20 + b"}", "40 MB"


def test_damaged_and_hostile_inventories_are_refused_with_the_reason(take):
    for body, what in damaged(json.dumps(PLAIN, indent=1).encode()):
        start = time.process_time()
        found = take(body)
        assert found.what == "bad" and found.why, what
        assert time.process_time() - start < 5, what
    assert Item.objects.count() == Fact.objects.count() == Mark.objects.count() == Candidate.objects.count() == 0


@needs_samples
def test_each_sample_cut_off_or_with_a_wrong_type_is_refused(take):
    for path in sorted(SAMPLES.glob("*.json")):
        body = path.read_bytes()
        assert take(body[: len(body) * 2 // 3]).what == "bad", path.name
        wrong = json.loads(body)
        part = next(k for k in ("hardware", "network_device") if k in wrong["content"])
        wrong["content"][part] = ["no", "object"]
        found = take(wrong)
        assert found.what == "bad" and part in found.why, path.name
    assert Item.objects.count() == 0


def entity(kind):
    return {"laughs": b'<?xml version="1.0"?><!DOCTYPE n [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><nmaprun><host>&b;</host></nmaprun>',
            "file": b'<?xml version="1.0"?><!DOCTYPE n [<!ENTITY f SYSTEM "file:///etc/passwd">]><nmaprun><host>&f;</host></nmaprun>',
            "outside": b'<?xml version="1.0"?><!DOCTYPE nmaprun SYSTEM "http://127.0.0.1:1/x.dtd"><nmaprun>&x;</nmaprun>'}[kind]


@pytest.mark.parametrize("body", [SCAN[:90], b"", b"no xml at all", b"<html><host/></html>", entity("laughs"), entity("file"), entity("outside"), b"<nmaprun>" + b"<a>" * 5000,
                                  b'<?xml version="1.0" encoding="latin-9000"?><nmaprun/>', b"<nmaprun>" + b" " * (51 * 2**20) + b"</nmaprun>"],
                         ids=["cut", "empty", "none", "html", "laughs", "file", "outside", "deep", "encoding", "large"])
def test_damaged_and_hostile_scans_are_refused(company, body):
    found = intake.scan("s.xml", body, company.organisation, system("Import", company.organisation.pk))
    assert [o.what for o in found] == ["bad"] and found[0].why and Candidate.objects.count() == 0


@needs_scans
def test_each_sample_scan_cut_off_is_refused(company):
    for path in sorted(SCANS.glob("*.xml")):
        body = path.read_bytes()
        with pytest.raises(nmap.Bad):
            nmap.read(body[: len(body) - 40])


def test_inventory_texts_are_inert_wherever_they_appear(company, take):
    """AC12: the corpus through the agents' door, on every page that shows an item or a candidate."""
    admin = company.client("administrator")
    for n, bad in enumerate(XSS):
        one = json.loads(json.dumps(PLAIN))
        one["deviceid"] = f"{bad}{n}"
        one["content"]["bios"] = {"ssn": f"SER{n} {bad}", "smanufacturer": bad, "smodel": bad}
        one["content"]["hardware"] = {"name": f"{bad} {n}", "uuid": f"4c4c4544-0034-3010-8048-b6c04f50370{n}", "chassis_type": bad}
        one["content"]["networks"] = [{"mac": bad}]
        assert take(one).what == "made"
        intake.scan("s", SCAN.replace(b"10.0.0.9", f"10.0.1.{n}".encode()).replace(b"00:00:09", f"00:00:{n + 20}".encode()).replace(b"HP", bad.replace("<", "&lt;").replace('"', "&quot;").encode()),
                    company.organisation, system("Import", company.organisation.pk))
    item = Item.objects.order_by("pk").first()
    for path in ("/k/item", "/items/candidates", "/items/audit", "/search?q=alert", *(f"/r/{i.number}" for i in Item.objects.all()), f"/items/{item.number}/then", f"/items/{item.number}/impact"):
        page = admin.get(path).content.decode()
        for bad in XSS:
            if bad.startswith(("<", '"', "'")):
                assert bad not in page, (path, bad)
        assert "{{7*7}}" in page or ">49<" not in page


@pytest.fixture
def agent_call(company):
    secret = make_token(company.people["administrator"], "agents")
    secret = secret[1] if isinstance(secret, tuple) else secret

    def call(body, secret=secret, way="Basic", **headers):
        value = base64.b64encode(f"agent:{secret}".encode()).decode() if way == "Basic" else secret
        return Client().post("/api/agents/inventory", body, content_type="application/json", headers={"Authorization": f"{way} {value}", **headers})

    return call


def test_an_agent_reports_over_http(agent_call, company):
    body = json.dumps(PLAIN).encode()
    answer = agent_call(body)
    assert answer.status_code == 200 and answer.json()["outcome"] == "made" and answer.json()["status"] == "ok"
    item = Item.objects.get()
    assert item.serial == "5CG1234ABC" and item.organisation_id == company.organisation.pk
    assert agent_call(zlib.compress(body), way="Bearer").json()["outcome"] == "same"
    assert agent_call(gzip.compress(body)).json()["number"] == item.number
    assert agent_call(json.dumps({"action": "contact", "deviceid": "x"}).encode()).json()["status"] == "ok"
    renamed = json.loads(json.dumps(PLAIN))
    renamed["content"]["hardware"]["name"] = "lt-77"
    assert agent_call(json.dumps(renamed).encode()).json()["outcome"] == "changed" and Item.objects.get().hostname == "lt-77"
    assert not Fact.objects.filter(source=None).exists()  # a program is no person: nothing is locked


def test_an_agent_without_a_right_is_refused(agent_call, company, db):
    body = json.dumps(PLAIN).encode()
    assert agent_call(body, secret="wrong").status_code == 401 and Client().post("/api/agents/inventory", body, content_type="application/json").status_code == 401
    secret = make_token(company.people["requester"], "mine")
    secret = secret[1] if isinstance(secret, tuple) else secret
    assert agent_call(body, secret=secret).status_code == 403
    assert agent_call(b"{").status_code == 400 and agent_call(b"{" + b" " * (6 * 2**20) + b"}").status_code == 413
    assert Item.objects.count() == 0


def test_a_virtual_machine_is_seen_as_one():
    one = json.loads(json.dumps(PLAIN))
    one["content"]["hardware"]["vmsystem"] = "VMware"
    assert glpi.report(glpi.read(json.dumps(one).encode())).item_class == "virtual-machine"
