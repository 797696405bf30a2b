"""Identification and reconciliation (CMD-04, AC1 to AC3, AC7): one named case each, on real rows."""

from datetime import timedelta

import pytest
import time_machine

from praxis.abilities.sources import store
from praxis.abilities.sources.models import Candidate, Fact, Merge, Source
from praxis.estate.cmdb import audit, jobs, merging, reconcile
from praxis.estate.cmdb.models import Item, ItemClass
from praxis.estate.cmdb.reconcile import Report
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.lib import identity
from praxis.records import write
from praxis.records.models import Link

LAPTOP = {"title": "lt-001", "serial": "5CG1234ABC", "hostname": "lt-001", "maker": "HP", "product": "EliteBook 840"}
UUID, MAC, DOCK = "4c4c4544-0034-3010-8048-b6c04f503732", "a4:bb:6d:11:22:33", "00:e0:4c:68:01:db"


@pytest.fixture
def seen(company):
    """seen(values, macs=, uuid=, agent=, source=) takes a report; returns (outcome, item or candidate)."""

    def seen(values=LAPTOP, macs=(MAC,), uuid=UUID, agent="lt-001-2026", source="agent", item_class="laptop", **more):
        report = Report(item_class, dict(values), list(macs), uuid, agent, **more)
        outcome, one, _why = reconcile.take(report, store.source_of(source), company.organisation, system("Agent", company.organisation.pk))
        return outcome, one

    return seen


def same(first, second):
    assert second[0] in ("same", "changed") and second[1].pk == first[1].pk, second
    assert Item.objects.exclude(phase="final").count() == 1


def test_a_first_report_makes_a_live_item(seen):
    outcome, item = seen()
    assert outcome == "made" and (item.state, item.serial, item.hostname) == ("live", "5CG1234ABC", "lt-001")


def test_the_same_again_changes_nothing(seen):
    first = seen()
    events = Event.objects.count()
    assert seen()[0] == "same" and Event.objects.count() == events
    same(first, seen())


def test_rename(seen):
    first = seen()
    same(first, seen(LAPTOP | {"title": "lt-900", "hostname": "lt-900"}))
    assert Item.objects.get().hostname == "lt-900"


def test_new_disk(seen):
    same(seen(), seen())  # a disk identifies nothing


def test_new_nic(seen):
    same(seen(), seen(macs=["a4:bb:6d:99:99:99"]))


def test_re_image(seen):
    """Another name, another agent, the same machine."""
    same(seen(), seen(LAPTOP | {"title": "DESKTOP-8F2K", "hostname": "DESKTOP-8F2K"}, agent="DESKTOP-8F2K-2026"))


def test_renamed_and_re_imaged_with_another_nic(seen):
    same(seen(), seen(LAPTOP | {"title": "new", "hostname": "new"}, agent="new-1", macs=["a4:bb:6d:99:99:99"]))


def test_dock_mac(seen):
    """Two laptops on one docking station stay two, each found again."""
    first = seen(macs=[MAC, DOCK])
    other = LAPTOP | {"title": "lt-002", "serial": "5CG9999XYZ", "hostname": "lt-002"}
    outcome, second = seen(other, macs=[DOCK], uuid="4c4c4544-0099-3010-8048-b6c04f509999", agent="lt-002-2026")
    assert outcome == "made" and second.pk != first[1].pk
    assert seen(macs=[DOCK])[1].pk == first[1].pk


def test_cloned_vm(seen, company):
    """Another name and other addresses under a known UUID: a person says that it is another one, and is not asked again."""
    vm = {"title": "vm-01", "hostname": "vm-01", "serial": "VMware-42 3a 11 22", "maker": "VMware"}
    first = seen(vm, item_class="virtual-machine", macs=["00:50:56:aa:bb:01"], agent="vm-01-a")
    clone = vm | {"title": "vm-02", "hostname": "vm-02"}
    outcome, candidate = seen(clone, item_class="virtual-machine", macs=["00:50:56:aa:bb:02"], agent="vm-02-a")
    assert outcome == "ask" and "copy of a virtual machine" in candidate.why and candidate.items == [first[1].pk]
    seen(clone, item_class="virtual-machine", macs=["00:50:56:aa:bb:02"], agent="vm-02-a")
    assert Candidate.objects.count() == 1  # asked once
    made = reconcile.decide(candidate, company.actor("administrator"), "new")
    assert made.pk != first[1].pk
    for _n in range(3):
        assert seen(clone, item_class="virtual-machine", macs=["00:50:56:aa:bb:02"], agent="vm-02-a")[1].pk == made.pk
        assert seen(vm, item_class="virtual-machine", macs=["00:50:56:aa:bb:01"], agent="vm-01-a")[1].pk == first[1].pk


def test_same_uuid(seen):
    """Two machines of a series that left the factory with one UUID: asked, never merged."""
    seen()
    outcome, candidate = seen(LAPTOP | {"title": "lt-002", "serial": "5CG9999XYZ", "hostname": "lt-002"}, macs=["a4:bb:6d:00:00:02"], agent="lt-002")
    assert outcome == "ask" and "another serial number" in candidate.why


@pytest.mark.parametrize("serial", ["Default string", "To be filled by O.E.M.", "System Serial Number", "0123456789", "None", "000000", "N/A", "xxxxxxx", " default  string "])
def test_placeholder_serial(seen, serial):
    """A placeholder neither identifies nor stays as a serial number."""
    first = seen(LAPTOP | {"serial": serial}, uuid="00000000-0000-0000-0000-000000000000")
    outcome, second = seen({"title": "lt-002", "hostname": "lt-002", "serial": serial}, macs=["a4:bb:6d:00:00:02"], uuid="FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", agent="lt-002")
    assert outcome == "made" and second.pk != first[1].pk and second.serial == first[1].serial == ""


def test_placeholder_with_the_same_name_and_address_is_the_same(seen):
    first = seen(LAPTOP | {"serial": "Default string"}, uuid="")
    same(first, seen(LAPTOP | {"serial": "Default string"}, uuid="", agent="another"))


def test_swapped_mainboard(seen):
    """The serial number of the case stays, the board's UUID is new; name or address tell that it is the same."""
    same(seen(), seen(uuid="11111111-2222-3333-4444-555555555555"))


def test_swapped_mainboard_without_any_hint_is_asked(seen):
    seen()
    assert seen(LAPTOP | {"hostname": "other", "title": "other"}, uuid="11111111-2222-3333-4444-555555555555", macs=["a4:bb:6d:77:77:77"], agent="other")[0] == "ask"


def test_another_machine_under_an_old_name_is_another_item(seen):
    first = seen()
    outcome, second = seen(LAPTOP | {"serial": "NEW0001"}, uuid="11111111-2222-3333-4444-555555555555", macs=["a4:bb:6d:77:77:77"], agent="fresh")
    assert outcome == "made" and second.pk != first[1].pk


def test_two_items_claimed_by_one_report(seen, make, company):
    """The serial number of one item with the UUID of another: conflicting strong keys."""
    seen()
    seen(LAPTOP | {"title": "b", "hostname": "b", "serial": "SER-B"}, uuid="99999999-2222-3333-4444-555555555555", macs=["a4:bb:6d:00:00:0b"], agent="b")
    outcome, candidate = seen(LAPTOP, uuid="99999999-2222-3333-4444-555555555555", macs=["a4:bb:6d:00:00:0c"], agent="c")
    assert outcome == "ask" and len(candidate.items) == 2


def test_an_item_entered_by_hand_is_adopted(seen, make):
    byhand = make("item", title="lt-001", hostname="lt-001", item_class=ItemClass.objects.get(key="laptop").pk)
    outcome, item = seen()
    assert item.pk == byhand.pk and outcome == "changed" and Item.objects.get(pk=item.pk).serial == "5CG1234ABC"


def test_only_the_name_is_the_same_is_asked(seen):
    seen()
    assert seen({"title": "lt-001", "hostname": "lt-001"}, macs=[], uuid="", agent="", source="scan")[0] in ("ask", "same", "changed")
    assert Item.objects.count() == 1


def test_two_sources_in_conflict_and_ranks_of_single_attributes(seen):
    _outcome, item = seen()
    network = store.source_of("network")
    seen(LAPTOP | {"product": "HP EliteBook", "hostname": "lt-001.lan"}, source="network")
    assert Item.objects.get(pk=item.pk).product == "EliteBook 840"  # agents are believed before the network's inventory
    write.save(network, system(), ranks={"product": 1})
    seen(LAPTOP | {"product": "HP EliteBook"}, source="network")
    assert Item.objects.get(pk=item.pk).product == "HP EliteBook"
    seen()
    assert Item.objects.get(pk=item.pk).product == "HP EliteBook"  # and it does not flap
    said = {(f.source.key, f.value) for f in Fact.objects.filter(record=item.pk, attribute="product").select_related("source")}
    assert said == {("agent", "EliteBook 840"), ("network", "HP EliteBook")}


def test_manual_lock_survives_a_hundred_imports(seen, company):
    _outcome, item = seen()
    admin = company.client("administrator")
    admin.post(f"/r/{item.number}/field/title", {"value": "Front desk laptop", "seen": Item.objects.get(pk=item.pk).version})
    assert Item.objects.get(pk=item.pk).title == "Front desk laptop"
    for n in range(100):
        seen(LAPTOP | {"title": f"lt-{n}"})
    assert Item.objects.get(pk=item.pk).title == "Front desk laptop"
    write.act(Item.objects.get(pk=item.pk), company.actor("administrator"), "release", attribute="title")
    assert Item.objects.get(pk=item.pk).title == "lt-99"


def test_stale(seen, company):
    _outcome, item = seen()
    auditor = company.actor("administrator")
    label = "Seen lately by its sources"
    assert next(f for f in audit.of_health(auditor) if f.label == label).failing == 0
    with time_machine.travel(now() + timedelta(days=15), tick=False):
        found = next(f for f in audit.of_health(auditor) if f.label == label)
        assert [i.pk for i in found.items] == [item.pk] and found.score == 0.0
        seen()
        assert next(f for f in audit.of_health(auditor) if f.label == label).failing == 0


def test_health_of_nothing_is_unknown(company):
    assert audit.score(audit.of_health(company.actor("administrator"))) is None


def test_merge_undone(seen, make, company):
    """After five later changes everything is where it was, and nothing is double."""
    by, admin = system("M", company.organisation.pk), company.actor("administrator")
    _o, kept = seen()
    _o, gone = seen({"title": "lt-001b", "serial": "5CG1234ABD", "hostname": "lt-001b"}, uuid="99999999-2222-3333-4444-555555555555", macs=["a4:bb:6d:00:00:0d"], agent="b")
    rack, power = (make("item", title=t) for t in ("rack", "ups"))
    write.link(gone, rack, "located-in", by)
    write.link(kept, rack, "located-in", by)
    write.link(power, gone, "powered-by", by)
    incident = make("incident", title="Broken", item=gone.pk)
    before = set(Link.objects.values_list("source", "target", "type"))
    write.act(Item.objects.get(pk=kept.pk), admin, "merge", other=gone.number)
    assert Item.objects.get(pk=gone.pk).state == "deleted"
    assert registry["incident"].model.objects.get(pk=incident.pk).item_id == kept.pk
    assert (power.pk, kept.pk, "powered-by") in set(Link.objects.values_list("source", "target", "type"))
    for n in range(5):
        write.change(Item.objects.get(pk=kept.pk), by, place=f"room {n}")
    write.act(Item.objects.get(pk=kept.pk), admin, "unmerge", which=str(Merge.objects.get().pk))
    assert set(Link.objects.values_list("source", "target", "type")) == before
    assert registry["incident"].model.objects.get(pk=incident.pk).item_id == gone.pk
    assert Item.objects.get(pk=gone.pk).state == "live" and Item.objects.get(pk=kept.pk).place == "room 4"
    assert seen({"title": "lt-001b", "serial": "5CG1234ABD", "hostname": "lt-001b"}, uuid="99999999-2222-3333-4444-555555555555", macs=["a4:bb:6d:00:00:0d"], agent="b")[1].pk == gone.pk
    with pytest.raises(Exception, match="undone already"):
        merging.undo(Merge.objects.get(), admin)


def test_delete_shows_what_goes_along_and_restore_brings_it_back(make, company):
    by = system("M", company.organisation.pk)
    one, other = make("item", title="one"), make("item", title="other")
    write.link(one, other, "depends-on", by)
    admin = company.client("administrator")
    assert "other" in admin.get(f"/items/{one.number}/delete").content.decode()
    admin.post(f"/r/{one.number}/move/delete", {"removed_because": "A wrong click"})
    assert Item.objects.get(pk=one.pk).state == "deleted"
    assert f"/r/{one.number}" not in admin.get(f"/items/{other.number}/impact?as=list").content.decode()
    admin.post(f"/r/{one.number}/do/restore")
    assert Item.objects.get(pk=one.pk).state == "planned" and Link.objects.filter(source=one.pk, target=other.pk).exists()


def test_after_thirty_days_the_relations_of_a_deleted_item_go(make, company):
    by = system("M", company.organisation.pk)
    one, other = make("item", title="one"), make("item", title="other")
    write.link(one, other, "depends-on", by)
    write.move(one, by, "delete", removed_because="Wrong")
    assert jobs.let_go.call() == 0
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        assert jobs.let_go.call() == 1 and jobs.let_go.call() == 0
    assert not Link.objects.exists() and Event.objects.filter(subject=other.pk, name="record.unlinked").get().data["to"] == one.number


def test_another_organisations_machine_is_never_the_same(seen, other):
    first = seen()
    report = Report("laptop", dict(LAPTOP), [MAC], UUID, "lt-001-2026")
    outcome, item, _why = reconcile.take(report, store.source_of("agent"), other.organisation, system("Agent", other.organisation.pk))
    assert outcome == "made" and item.pk != first[1].pk and item.organisation_id == other.organisation.pk


def test_candidates_are_judged_on_their_page(seen, company, other):
    seen()
    seen(LAPTOP | {"title": "lt-002", "serial": "5CG9999XYZ", "hostname": "lt-002"}, macs=["a4:bb:6d:00:00:02"], agent="lt-002")
    seen({"title": "printer-9", "hostname": "printer-9"}, macs=["a4:bb:6d:00:00:99"], uuid="", agent="", source="scan", item_class="printer")
    seen({"title": "no-address", "hostname": "no-address"}, macs=[], uuid="", agent="", source="scan", item_class="printer")
    admin = company.client("administrator")
    page = admin.get("/items/candidates").content.decode()
    assert "lt-002" in page and "printer-9" in page
    assert "lt-002" not in other.client("administrator").get("/items/candidates").content.decode()
    unmanaged = Candidate.objects.get(unmanaged=True, report__values__title="printer-9")
    admin.post("/items/candidates", {"candidate": unmanaged.pk, "what": "new", "class": "printer"})
    assert Item.objects.get(title="printer-9").item_class.key == "printer" and Candidate.objects.get(pk=unmanaged.pk).state == "same"
    doubt = Candidate.objects.get(unmanaged=False)
    assert admin.post("/items/candidates", {"candidate": doubt.pk, "what": "same", "item": "ITM-999999"}).status_code == 422
    assert other.client("administrator").post("/items/candidates", {"candidate": doubt.pk, "what": "ignored"}).status_code in (302, 303)
    assert Candidate.objects.get(pk=doubt.pk).state == "open"
    admin.post("/items/candidates", {"candidate": doubt.pk, "what": "ignored"})
    assert Candidate.objects.get(pk=doubt.pk).state == "ignored"


def test_asset_tags_are_no_serials_and_marks_have_one_way_of_writing():
    assert identity.mac("A4-BB-6D-11-22-33") == identity.mac("a4bb.6d11.2233") == "a4bb6d112233"
    assert identity.mac("00:00:00:00:00:00") == identity.mac("02:42:ac:1c:01:03") == ""
    assert identity.uuid("{4C4C4544-0034-3010-8048-B6C04F503732}") == identity.uuid(UUID)
    assert identity.host("LT-001.corp.example") == "lt-001" and identity.host("192.168.1.7") == "" and identity.host("localhost") == ""


def test_sources_ship_and_can_be_changed(company):
    assert {s.key for s in Source.objects.filter(organisation=None)} == {"agent", "network", "scan"}
    assert company.client("administrator").get("/admin/sources").status_code == 200


# what a fresh reviewer broke


def test_an_emptied_value_and_one_that_a_change_set_are_locked_no_more(seen, company):
    _outcome, item = seen()
    admin, by = company.client("administrator"), system("M", company.organisation.pk)
    for value in ("Wrong", ""):
        admin.post(f"/r/{item.number}/field/maker", {"value": value, "seen": Item.objects.get(pk=item.pk).version})
    seen()
    assert Item.objects.get(pk=item.pk).maker == "HP"
    admin.post(f"/r/{item.number}/field/version_of", {"value": "1.0", "seen": Item.objects.get(pk=item.pk).version})
    write.change(Item.objects.get(pk=item.pk), by, version_of="2.0")
    seen()
    assert Item.objects.get(pk=item.pk).version_of == "2.0"


def test_after_an_undone_merge_the_kept_one_has_nothing_of_the_other(seen, make, company):
    admin = company.client("administrator")
    kept = make("item", title="keeper", hostname="keeper")
    _o, gone = seen()
    admin.post(f"/r/{kept.number}/do/merge", {"other": gone.number})
    assert Item.objects.get(pk=kept.pk).serial == "5CG1234ABC"
    admin.post(f"/r/{kept.number}/do/unmerge", {"which": str(Merge.objects.get().pk)})
    reconcile.apply(Item.objects.get(pk=kept.pk), Report("laptop", {"title": "keeper", "hostname": "keeper"}), store.source_of("agent"), system("Agent", company.organisation.pk))
    assert Item.objects.get(pk=kept.pk).serial == ""


def test_a_merged_duplicate_does_not_come_back(seen, make, company):
    kept = make("item", title="keeper", hostname="keeper")
    _o, gone = seen(macs=[])
    merging.merge(Item.objects.get(pk=kept.pk), gone, company.actor("administrator"))
    outcome, one = seen(macs=[])
    assert outcome in ("same", "changed") and one.pk == kept.pk


def test_a_report_whose_item_is_gone_is_asked_about_again(seen, company):
    seen({"title": "p-9", "hostname": "p-9"}, macs=["a4:bb:6d:00:00:99"], uuid="", agent="", source="scan", item_class="printer")
    admin = company.actor("administrator")
    made = reconcile.decide(Candidate.objects.get(), admin, "new")
    write.move(Item.objects.get(pk=made.pk), admin, "delete", removed_because="x")
    assert seen({"title": "p-9", "hostname": "p-9"}, macs=["a4:bb:6d:00:00:99"], uuid="", agent="", source="scan", item_class="printer")[0] == "unmanaged"
    assert Candidate.objects.get().state == "open"


def test_two_who_judge_at_once_make_one_item(seen, company):
    seen({"title": "p-9", "hostname": "p-9"}, macs=["a4:bb:6d:00:00:99"], uuid="", agent="", source="scan", item_class="printer")
    admin, one, twin = company.actor("administrator"), Candidate.objects.get(), Candidate.objects.get()
    reconcile.decide(one, admin, "new")
    with pytest.raises(NotPossible):
        reconcile.decide(twin, admin, "new")
    assert Item.objects.filter(title="p-9").count() == 1


def test_a_scan_long_ago_makes_nothing_stale_that_an_agent_sees_today(seen, company):
    _outcome, item = seen()
    seen(source="scan")
    with time_machine.travel(now() + timedelta(days=45), tick=False):
        seen()
        assert next(f for f in audit.of_health(company.actor("administrator")) if f.label == "Seen lately by its sources").failing == 0


def test_an_organisations_own_source_wins_on_both_databases(company):
    own = write.save(Source(), system(), key="agent", label="Ours", organisation=company.organisation, rank=3)
    assert store.source_of("agent", company.organisation).pk == own.pk and store.source_of("agent").pk != own.pk
