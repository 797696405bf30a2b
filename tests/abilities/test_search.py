"""Search: one box over everything, in our order, alike on both databases."""

import pytest

from praxis.abilities.search.listeners import rebuild
from praxis.abilities.search.models import Document
from praxis.abilities.search.query import search
from praxis.records import write

pytestmark = pytest.mark.django_db


def found(typed, actor):
    return [h.record.number for h in search(typed, actor)]


def test_finds_number_title_entry_solution_and_requester(make, agent, company):
    person = company.person("zoe@acme.example", "requester", name="Zoë Quarantino")
    record = make(title="Scanner drops Wi-Fi", description="between *aisles*", requester=person.pk)
    write.act(record, agent, "reply", text="Please try the **dockside** door")
    write.act(record, agent, "reply", text="controller firmwarebug", internal=True)
    write.move(record, agent, "resolve", close_code="solved", solution="Rebooted the antenna")
    for words in (record.number, record.number.lower(), "scanner", "SCANNER", "aisles", "dockside", "firmwarebug", "antenna", "quarantino", "scann", "scanner dockside antenna"):
        assert found(words, agent) == [record.number], words
    assert found("nothing at all like it", agent) == [] and found("", agent) == []


def test_the_order_is_number_exact_title_word_in_title_newest(make, agent):
    old, body, exact, new = make(title="printer on fire"), make(title="Other", description="printer"), make(title="Printer"), make(title="the printer")
    assert found("printer", agent) == [exact.number, new.number, old.number, body.number]


def test_snippets_are_cut_from_what_the_reader_may_see(make, agent, company):
    record = make(title="T", description="public " + "word " * 80 + "needle here")
    write.act(record, agent, "reply", text="secret needle of the desk", internal=True)
    assert "needle" in search("needle", agent)[0].snippet
    hits = search("needle", company.actor("requester"))
    assert len(hits) == 1 and "secret" not in hits[0].snippet


def test_a_renamed_record_is_found_by_its_new_title_only(make, agent):
    record = make(title="Alphaword")
    write.change(record, agent, title="Betaword")
    assert found("betaword", agent) == [record.number] and found("alphaword", agent) == []


def test_rebuilding_gives_the_same_documents(make, agent):
    record = make(title="T", description="d")
    write.act(record, agent, "reply", text="one")
    write.act(record, agent, "reply", text="two", internal=True)
    before = {k: " ".join(v.split()) for k, v in Document.objects.values().get().items() if isinstance(v, str)}
    rebuild([record])
    assert {k: " ".join(v.split()) for k, v in Document.objects.values().get().items() if isinstance(v, str)} == before


def test_search_costs_a_fixed_number_of_statements(make, agent, django_assert_max_num_queries):
    make(count=30, title="same words")
    with django_assert_max_num_queries(5):
        assert len(search("same words", agent)) == 30


def test_names_with_hyphens_are_found_while_they_are_typed(make, agent):
    controller, other = make(title="wlc-ham-01 does not answer"), make(title="ap-ham-b07", description="below wlc-ham-01")
    for typed in ("wlc-ha", "wlc-ham", "wlc-ham-0", "wlc-ham-01", "answer wlc-ham-0"):
        assert found(typed, agent)[0] == controller.number, typed
    assert found("wlc-ham-01", agent) == [controller.number, other.number] and found("ham-01", agent)


def test_rare_and_common_words_come_in_the_same_order(make, agent, company, monkeypatch):
    body, title, private = make(title="Other", description="needle"), make(title="a needle"), make(title="Third")
    write.act(private, agent, "reply", text="needle of the desk", internal=True)
    rare = found("needle", agent)
    monkeypatch.setattr("praxis.abilities.search.query.RARE", 0)
    assert found("needle", agent) == rare == [title.number, body.number, private.number]
    assert found("needle", company.actor("requester")) == [title.number, body.number]
