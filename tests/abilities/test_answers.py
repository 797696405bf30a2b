"""Saved answers: gaps filled from the record, whom they reach, and that none goes out half filled (TPL-01, L1-12)."""

import pytest
from django.core.exceptions import ValidationError

from praxis.abilities.conversation.answers import answers_for, filled
from praxis.abilities.conversation.models import GAPS, Answer, Entry
from praxis.people.models import Team
from praxis.records import write

pytestmark = pytest.mark.django_db


def test_a_record_fills_the_gaps_and_leaves_open_what_it_has_not(make, agent, company):
    record = make(title="The printer", requester=company.people["requester"].pk)
    first = company.people["requester"].first_name
    assert filled("Hello {{ requester.first_name }}, {{number}}: {{ title }}, {{ service }}", record, agent) == (
        f"Hello {first}, {record.number}: The printer, {{{{ service }}}}")
    every = filled(" ".join(f"{{{{{g}}}}}" for g in GAPS), record, agent)
    assert "requester" not in every and company.people["requester"].name in every
    assert filled("{{ requester.password }} {{ number.__class__ }}", record, agent) == "{{ requester.password }} {{ number.__class__ }}"


def test_l1_12_an_open_gap_is_not_sent_by_any_door(make, agent, company):
    record, client = make(), company.client("agent")
    with pytest.raises(ValidationError, match="service"):
        write.act(record, agent, "reply", text="It is {{ service }} that fails.")
    answer = client.post(f"/r/{record.number}/do/reply", {"text": "It is {{ service }}.", "internal": ""})
    assert answer.status_code == 422 and "Nothing was sent" in answer.content.decode() and "{{ service }}" in answer.content.decode()
    assert not Entry.objects.exists()
    write.act(record, agent, "reply", text="{{ service }} is missing here", internal=True)  # colleagues may speak of gaps
    write.act(record, agent, "reply", text="Write {{ user.name }} into the Jinja file.")  # and so may anybody of other braces
    assert Entry.objects.count() == 2


def test_whom_an_answer_reaches(make, agent, company, other):
    far = Team.objects.create(name="Far away", organisation=company.organisation)
    Answer.objects.all().delete()
    Answer.objects.bulk_create([
        Answer(name="For all", shortcut="all", text="a"), Answer(name="Ours", shortcut="ours", text="b", organisation=company.organisation),
        Answer(name="Theirs", shortcut="theirs", text="c", organisation=other.organisation), Answer(name="Old", shortcut="old", text="d", is_active=False),
        Answer(name="Of my group", shortcut="mine", text="e", team_id=agent.teams[0]), Answer(name="Of another group", shortcut="far", text="f", team=far)])
    record = make()
    seen = {row.name for row, _text in answers_for(record, agent)}
    assert seen == {"For all", "Ours", "Of my group"}
    page = company.client("agent").get(f"/r/{record.number}/answers").content.decode()
    assert "For all" in page and "Theirs" not in page
    theirs = Answer.objects.get(shortcut="theirs")
    write.act(record, agent, "reply", text="x", answer=theirs.pk)
    write.act(record, agent, "reply", text="x", answer=Answer.objects.get(shortcut="ours").pk)
    assert list(Answer.objects.filter(uses__gt=0).values_list("shortcut", "uses")) == [("ours", 1)]


def test_without_scripts_the_composer_is_filled_by_a_link(make, agent, company):
    record = make(requester=company.people["requester"].pk)
    Answer.objects.create(name="Short", shortcut="short", text="Hello {{ requester.first_name }}, <b>done</b>.")
    client, row = company.client("agent"), Answer.objects.get(shortcut="short")
    page = client.get(f"/r/{record.number}/answers?use={row.pk}").content.decode()
    assert f"Hello {company.people['requester'].first_name}, &lt;b&gt;done&lt;/b&gt;.</textarea>" in page
    assert f'name="answer" value="{row.pk}"' in page
    found = client.get(f"/r/{record.number}/answers?q=short", headers={"HX-Request": "true"}).content.decode()
    assert f'data-answer="{row.pk}"' in found and "<html" not in found
    assert "No saved answer" in client.get(f"/r/{record.number}/answers?q=zzzz", headers={"HX-Request": "true"}).content.decode()
    assert company.client("requester").get(f"/r/{record.number}/answers").status_code in (302, 403, 404)


def test_an_answer_with_an_unknown_gap_or_a_known_shortcut_is_not_saved(company):
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    root = company.client("root")
    form = {"name": "X", "shortcut": "x1", "text": "Hello {{ requester.salary }}", "is_active": "on"}
    bad = root.post("/admin/answers/new", form)
    assert bad.status_code == 422 and "Nothing fills the gap" in bad.content.decode()
    assert root.post("/admin/answers/new", form | {"text": "Hello"}).status_code == 303
    again = root.post("/admin/answers/new", form | {"text": "Hello again"})
    assert again.status_code == 422 and Answer.objects.filter(shortcut="x1").count() == 1
