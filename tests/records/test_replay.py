"""The bulk way of writing history tells the same as doing it step by step."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from praxis.abilities.clocks.models import Clock
from praxis.abilities.search.models import Document
from praxis.interfaces.cli.checks import differences
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.practices.incident.models import Incident
from praxis.records import write
from praxis.records.read import columns

STEPS = st.lists(st.one_of(
    st.tuples(st.just("title"), st.text(alphabet="abc ", min_size=1, max_size=8).map(lambda t: f"t{t}".strip())),
    st.tuples(st.just("symptom"), st.sampled_from(["", "x", "y"])), st.tuples(st.just("channel"), st.sampled_from(["phone", "mail"])),
    st.tuples(st.just("description"), st.sampled_from(["", "words", "more words"])), st.tuples(st.just("reply"), st.sampled_from(["hello", "and again"]))), max_size=6)
LEFT_OUT = {"id", "number", "opened_at", "updated_at", "due_at", "resolved_at"}


@pytest.mark.django_db
def test_replay_equals_the_single_form(company, agent):
    kind, requester = registry["incident"], company.people["requester"]
    first = {"title": "t", "requester": requester, "team": company.desk, "impact": 2, "urgency": 2, "channel": "phone"}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def equal(steps):
        single = write.open_record(kind, agent, **first)
        start = now() - timedelta(hours=1)
        happenings = [write.Happening(start, agent, {**first, "priority": 3})]
        for n, (name, value) in enumerate(steps, 1):
            at = start + timedelta(minutes=n)
            if name == "reply":
                write.act(single, agent, "reply", text=value)
                happenings.append(write.Happening(at, agent, name="conversation.replied", body={"text": value}))
            else:
                write.change(single, agent, **{name: value})
                happenings.append(write.Happening(at, agent, {name: value}))
        bulk = write.replay([write.History(kind, company.organisation.pk, happenings)])[0]
        rows = [Incident.objects.get(pk=r.pk) for r in (single, bulk)]
        known = set(columns(Incident)) - LEFT_OUT
        assert {n: getattr(rows[0], n) for n in known} == {n: getattr(rows[1], n) for n in known}
        told = [[(e.name, {k: v for k, v in e.changes.items() if k not in LEFT_OUT}, e.version) for e in Event.objects.filter(subject=r.pk).order_by("id")] for r in rows]
        assert told[0] == told[1]
        texts = [Document.objects.get(pk=r.pk) for r in rows]
        assert (texts[0].title, texts[0].public.split(), texts[0].private) == (texts[1].title, texts[1].public.split(), texts[1].private)
        clocks = [list(Clock.objects.filter(record=r.pk).order_by("metric").values_list("metric", "label", "target_s")) for r in rows]
        assert clocks[0] == clocks[1] and differences(rows[1]) == []

    equal()
