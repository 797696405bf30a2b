"""Incidents that belong together: merge and undo, split, copy, children, people affected, likeness while typing (INC-06, INC-07, INC-09, INC-10, INC-17, L1-6, L2-3, T-B5)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from praxis.abilities.conversation.models import Entry, File
from praxis.abilities.conversation.read import timeline
from praxis.abilities.links.cascades import following
from praxis.interfaces.cli.checks import differences
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.people.models import Person
from praxis.practices.incident import alike, merging
from praxis.practices.incident.models import Affected, Incident, Merge
from praxis.records import write
from praxis.records.models import Link

from .planning import fresh, item


def said(record, by):
    return [line.body.text for line in timeline(record, by)[0] if line.body]


# -- merge and split


def test_l1_6_a_merge_is_undone_after_five_later_replies(make, company, agent, requester):
    """Nothing lost, nothing doubled: what was said before, to either number after, and after it was taken apart."""
    caller = company.person("zoe@acme.example", "requester", name="Zoe")
    kept, gone, third = make("incident", title="Wi-Fi down"), make("incident", title="No Wi-Fi", requester=caller.pk), make("incident", title="Other")
    problem = write.act(third, agent, "raise_problem", title="p")
    write.link(gone, problem, "problem", agent, needs="see")
    write.act(kept, agent, "reply", text="kept 0")
    write.act(gone, agent, "reply", text="gone 0", files=[SimpleUploadedFile("trace.txt", b"x")])
    write.move(gone, agent, "hold", hold_reason="supplier")
    before = fresh(gone)
    write.act(gone, agent, "merge", into=kept.number)
    gone, kept = fresh(gone), fresh(kept)
    assert (gone.state, gone.close_code, gone.merged_to_id, kept.absorbed) == ("closed", "duplicate", kept.pk, 1)
    assert said(kept, agent) == ["kept 0", "gone 0"] and said(gone, agent) == ["gone 0"]
    assert Link.objects.filter(source=kept.pk, target=problem.pk, type="problem").exists(), "links come along"
    assert [a.person_id for a in Affected.objects.filter(incident=kept.pk)] == [caller.pk] and kept.affected_count == 1
    zoe = company.client("agent")
    zoe.force_login(caller)
    for n in range(3):
        zoe.post(f"/my/{gone.number}/reply", {"text": f"later {n} of the caller", "once": f"r{n}"})
    write.act(fresh(kept), agent, "reply", text="later 3 to the kept")
    write.act(fresh(gone), agent, "reply", text="later 4 to the merged", internal=True)
    assert Incident.objects.count() == 3, "an answer to a merged number opens nothing new"
    assert said(fresh(kept), agent) == ["kept 0", "gone 0", "later 0 of the caller", "later 1 of the caller", "later 2 of the caller", "later 3 to the kept", "later 4 to the merged"]
    assert "later 4" not in " ".join(said(fresh(kept), requester))
    total = Entry.objects.count()
    write.act(fresh(kept), agent, "unmerge", merge=str(Merge.objects.get().pk))
    gone, kept = fresh(gone), fresh(kept)
    for name in ("state", "hold_reason", "held_at", "close_code", "solution", "resolved_at", "closed_at", "merged_to_id"):
        assert getattr(gone, name) == getattr(before, name), name
    assert said(kept, agent) == ["kept 0", "later 3 to the kept"]
    assert said(gone, agent) == ["gone 0", "later 0 of the caller", "later 1 of the caller", "later 2 of the caller", "later 4 to the merged"]
    assert Entry.objects.count() == total == len(set(Entry.objects.values_list("text", flat=True))) and File.objects.count() == 1
    assert not Link.objects.filter(source=kept.pk, target=problem.pk).exists() and Link.objects.filter(source=gone.pk, target=problem.pk).exists()
    assert not Affected.objects.exists() and kept.affected_count == 0 and kept.absorbed == 0
    assert not Link.objects.filter(type="duplicate").exists() and differences(gone) == differences(kept) == []
    with pytest.raises(NotPossible):
        merging.undo(Merge.objects.get(), agent)


def test_an_answer_of_the_caller_wakes_the_incident_that_goes_on(make, company, agent):
    kept, gone = make("incident"), make("incident")
    write.act(gone, agent, "merge", into=kept.number)
    write.move(fresh(kept), agent, "hold", hold_reason="caller")
    write.act(fresh(gone), company.actor("requester"), "reply", text="Here it is")
    assert fresh(kept).state == "in_progress" and fresh(gone).state == "closed"


def test_a_chain_of_merges_shows_all_and_comes_apart_in_any_order(make, agent):
    a, b, c = make("incident", 3)
    for record in (a, b, c):
        write.act(record, agent, "reply", text=f"of {record.number}")
    write.act(fresh(c), agent, "merge", into=b.number)
    write.act(fresh(b), agent, "merge", into=a.number)
    assert len(said(fresh(a), agent)) == 3 and merging.goes_on(fresh(c)) == a.pk
    write.act(fresh(c), agent, "reply", text="still here")
    assert len(said(fresh(a), agent)) == 4
    first = Merge.objects.get(gone=c.pk)
    merging.undo(first, agent)
    assert len(said(fresh(a), agent)) == 2 and len(said(fresh(c), agent)) == 2


def test_t_b5_both_ends_of_a_merge_are_checked(make, other, company, agent):
    mine, secret = make("incident"), make("incident", title="Secret", restricted=True, team=company.network.pk)
    foreign = write.open_record(registry["incident"], other.actor("agent"), title="Theirs", team=other.desk.pk)
    for target in (foreign, secret):
        with pytest.raises(ValidationError):
            write.act(fresh(mine), agent, "merge", into=target.number)
    lead = company.actor("team_lead")
    shut = make("incident", title="For members", restricted=True)
    with pytest.raises(NotPossible):
        write.act(shut, lead, "merge", into=mine.number)
    write.act(mine, lead, "merge", into=make("incident").number)
    with pytest.raises(NotPossible):
        write.act(fresh(mine), lead, "merge", into=make("incident").number)


def test_a_merge_is_undone_for_thirty_days(make, agent, time_machine):
    kept, gone = make("incident", 2)
    write.act(gone, agent, "merge", into=kept.number)
    made = Merge.objects.get()
    Merge.objects.update(at=now() - timedelta(days=31))
    made.refresh_from_db()
    with pytest.raises(NotPossible):
        merging.undo(made, agent)
    assert merging.undoable(fresh(kept)) == []


def test_inc09_a_message_becomes_an_incident_of_its_own(make, agent, company):
    record = make("incident", title="Two things")
    write.act(record, company.actor("requester"), "reply", text="And my badge does not open the gate.\nSince today.", files=[SimpleUploadedFile("gate.txt", b"g")])
    write.act(record, agent, "reply", text="For us only", internal=True)
    entry, note = Entry.objects.order_by("pk")
    made = write.act(record, agent, "split", entry=entry.pk, title="")
    assert made.title == "And my badge does not open the gate." and made.requester_id == company.people["requester"].pk and made.description == entry.text
    assert Link.objects.filter(source=made.pk, target=record.pk, type="follow_up").exists() and File.objects.filter(record=made.pk).get().name == "gate.txt"
    quiet = write.act(fresh(record), agent, "split", entry=note.pk, title="Ours")
    assert quiet.description == "" and Entry.objects.get(record=quiet.pk).internal, "private stays private"
    assert said(fresh(record), agent)[0] == entry.text
    with pytest.raises(ValidationError):
        write.act(make("incident"), agent, "split", entry=entry.pk)


def test_inc10_a_copy_takes_the_facts(make, agent, company):
    record = make("incident", title="Monitor flickers", description="Since Monday", impact=1, urgency=1, site=company.site.pk)
    child = write.act(record, agent, "copy", child=True, title="The second one", talk=False)
    assert (child.title, child.description, child.impact, child.site_id) == ("The second one", "", 1, company.site.pk)
    assert Link.objects.filter(source=child.pk, target=record.pk, type="child_of").exists()


# -- children


def test_inc06_children_follow_after_a_look(make, agent):
    parent, *children = make("incident", 4)
    for child in children:
        write.act(child, agent, "make_child", parent=parent.number)
    write.move(children[2], agent, "resolve", close_code="solved", solution="By itself")
    held = write.move(parent, agent, "hold", hold_reason="supplier")
    (_c, steps), = following(held, agent)
    assert [f.record.pk for f in steps] == [c.pk for c in children[:2]]
    write.act(held, agent, "follow", numbers=", ".join(c.number for c in children[:2]))
    assert [fresh(c).hold_reason for c in children] == ["supplier", "supplier", ""]
    done = write.move(fresh(parent), agent, "resolve", close_code="workaround", solution="Use the cable")
    assert [fresh(c).state for c in children[:2]] == ["on_hold", "on_hold"], "never silently"
    write.act(done, agent, "follow", numbers=f"{children[0].number} {children[1].number}")
    assert [(fresh(c).state, fresh(c).close_code, fresh(c).solution) for c in children] == [("resolved", "workaround", "Use the cable")] * 2 + [("resolved", "solved", "By itself")]


def test_nobody_stands_above_itself(make, agent):
    a, b, c = make("incident", 3)
    write.act(b, agent, "make_child", parent=a.number)
    write.act(c, agent, "make_child", parent=b.number)
    with pytest.raises(ValidationError):
        write.act(a, agent, "make_child", parent=c.number)
    with pytest.raises(NotPossible):
        write.act(b, agent, "make_child", parent=make("incident").number)


def test_l2_3_only_declared_links_cascade_and_the_finished_stay(make, agent):
    main, double, related = make("incident", 3)
    write.link(double, main, "duplicate", agent)
    write.link(related, main, "related", agent)
    done = write.move(main, agent, "resolve", close_code="solved", solution="x")
    assert [f.record.pk for _c, steps in following(done, agent) for f in steps] == [double.pk]
    by = system("M", double.organisation_id)
    write.move(double, by, "resolve", close_code="solved", solution="y")
    write.move(double, by, "close")
    assert following(fresh(main), agent) == []


# -- people


def test_inc17_their_number_lifts_the_impact_and_portal_counts_once(make, company, agent):
    record = make("incident", title="Wi-Fi", impact=3, urgency=2)
    people = [Person.objects.create(organisation=company.organisation, name=f"P {n}", email=f"p{n}@acme.example", password="") for n in range(101)]
    write.act(record, agent, "add_affected", people="\n".join(p.email for p in people[:11]))
    assert (fresh(record).affected_count, fresh(record).priority) == (11, 3)
    write.act(fresh(record), agent, "add_affected", people=", ".join(p.email for p in people))
    assert (fresh(record).affected_count, fresh(record).priority) == (101, 2)
    write.act(fresh(record), company.actor("team_lead"), "share", public_words="Wi-Fi in hall B is down")
    client = company.client("power_requester")
    assert "Wi-Fi in hall B is down" in client.get("/my").content.decode()
    assert "It affects me too" in client.get("/my/alike?title=wifi hall").content.decode()
    for _n in range(2):
        assert client.post(f"/my/{record.number}/too").status_code == 303
    assert fresh(record).affected_count == 102 and "What affects you too" in client.get("/my").content.decode()
    with pytest.raises(ValidationError):
        write.act(fresh(record), agent, "add_affected", people="Nobody Known")


def test_only_what_is_shared_shows_and_only_at_home(make, company, other):
    quiet, told = make("incident", title="Quiet"), make("incident", title="Real title with a name")
    write.act(told, company.actor("team_lead"), "share", public_words="Printing is slow")
    page = company.client("power_requester").get("/my").content.decode()
    assert "Printing is slow" in page and "Real title" not in page and "Quiet" not in page
    assert "Printing is slow" not in other.client("requester").get("/my").content.decode()
    assert other.client("requester").post(f"/my/{told.number}/too").status_code == 404
    assert company.client("power_requester").post(f"/my/{quiet.number}/too").status_code == 404


# -- likeness


def test_inc07_open_twins_and_solved_ones_with_reasons(make, agent, company):
    thing = item(make, "ap-3")
    twin = make("incident", title="Scanner drops off the wireless in hall B", item=thing.pk)
    solved = make("incident", title="Scanner drops off wireless", description="hall C")
    write.move(solved, agent, "resolve", close_code="solved", solution="Restart the access point.")
    make("incident", title="Invoice portal is slow")
    mine = make("incident", title="My scanner drops off the wireless", item=thing.pk)
    same, done = alike.of(mine, agent)
    assert [x.incident.pk for x in same] == [twin.pk] and "same item" in same[0].why and [x.incident.pk for x in done] == [solved.pk]
    client = company.client("agent")
    assert twin.number in client.get(f"/r/{mine.number}/panel/incident.alike").content.decode()
    typed = client.get(f"/incidents/alike?title=scanner wireless drops&person={company.people['requester'].pk}").content.decode()
    assert twin.number in typed and "Restart the access point." in typed
    assert 'hx-trigger="load"' in client.get(f"/r/{mine.number}").content.decode()


def test_likeness_never_tells_of_what_one_may_not_see(make, agent, company, other):
    make("incident", title="Scanner drops off the wireless", restricted=True, team=company.network.pk)
    write.open_record(registry["incident"], other.actor("agent"), title="Scanner drops off the wireless", team=other.desk.pk)
    mine = make("incident", title="Scanner drops off the wireless")
    assert alike.of(mine, agent) == ([], [])
    quoted = alike.find(""""scanner' OR (wireless) & drops:* \\ \x00""", agent, company.organisation.pk)
    assert [x.incident.pk for x in quoted[0]] == [mine.pk]
