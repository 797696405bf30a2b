"""Service hours and targets on one page: changed in place, from now on, all or nothing."""

import json

import pytest

from praxis.abilities.clocks import policy
from praxis.abilities.clocks.models import Clock, Target, TargetSet
from praxis.kernel.now import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(company):
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    return company.client("root")


def cell(metric="resolve", priority=3, key="standard"):
    return f"t-{TargetSet.objects.get(key=key).pk}-incident-{metric}-{priority}"


def in_force(metric="resolve", priority=3, key="standard"):
    rows = Target.objects.filter(set__key=key, kind="incident", metric=metric, priority=priority).order_by("valid_from", "pk")
    return sorted(rows, key=lambda r: (r.valid_from is not None, r.valid_from or now(), r.pk))[-1] if rows else None


def send(client, cells):
    """Post the table with {cell: (what the page showed, what was typed)}."""
    seen = {name: before for name, (before, _typed) in cells.items() if before}
    return client.post("/admin/levels", {"seen": json.dumps(seen)} | {name: typed for name, (_before, typed) in cells.items()})


def test_every_promise_stands_in_the_table(root):
    page = root.get("/admin/levels").content.decode()
    assert page.count('name="t-') == 5 * len(set(Target.objects.values_list("set", "kind", "metric")))
    assert f'name="{cell()}" value="{in_force().length}"' in page


def test_a_changed_cell_counts_from_now_on_and_the_others_stay(root):
    old, count = in_force(), Target.objects.count()
    answer = send(root, {cell(): ("2d", "1d"), cell("respond", 3): ("4h", "4h")})
    assert answer.status_code == 303 and Target.objects.count() == count + 1
    new = in_force()
    assert new.length == "1d" and new.valid_from and new.calendar == old.calendar and new.pauses == old.pauses
    old.refresh_from_db()
    assert old.length == "2d" and old.valid_from is None  # what was counted by it stays so


def test_what_is_wrong_saves_nothing_and_keeps_what_was_typed(root):
    count = Target.objects.count()
    answer = send(root, {cell(): ("2d", "soon"), cell("respond"): ("4h", "3h")})
    page = answer.content.decode()
    assert answer.status_code == 422 and Target.objects.count() == count
    assert 'value="soon"' in page and 'value="3h"' in page and "Nothing was saved yet" in page


def test_somebody_elses_change_is_not_overwritten(root):
    send(root, {cell(): ("2d", "1d")})
    answer = send(root, {cell(): ("2d", "3d")})
    assert answer.status_code == 422 and "Somebody else changed this to 1d" in answer.content.decode() and in_force().length == "1d"


def test_an_empty_cell_takes_a_promise_and_gives_one(root):
    known = Target.objects.filter(set__key="standard", kind="incident", metric="update", priority=5)
    assert not known.exists()
    send(root, {cell("update", 5): ("", "5d")})
    assert known.get().calendar == in_force("update", 4).calendar
    send(root, {cell("update", 5): ("5d", "")})
    assert not known.exists()


def test_the_settings_are_saved_together_or_not_at_all(root, company):
    from praxis.kernel.models import Setting
    both = {"incident.auto_close_days": "7", "was-incident.auto_close_days": "5", "measures.kept_target": "many", "was-measures.kept_target": "95"}
    answer = root.post("/admin/settings", both)
    assert answer.status_code == 422 and 'value="7"' in answer.content.decode() and not Setting.objects.filter(key="incident.auto_close_days").exists()
    assert root.post("/admin/settings", both | {"measures.kept_target": "90"}).status_code == 303
    assert dict(Setting.objects.filter(key__in=("incident.auto_close_days", "measures.kept_target")).values_list("key", "value")) == {
        "incident.auto_close_days": 7, "measures.kept_target": 90}
    stale = root.post("/admin/settings", {"incident.auto_close_days": "3", "was-incident.auto_close_days": "5"})
    assert stale.status_code == 422 and "in the meantime" in stale.content.decode()


def test_a_form_without_what_was_seen_changes_nothing(root):
    count = Target.objects.count()
    for seen in ("", "[]", "[" * 5000, "no"):
        assert root.post("/admin/levels", {cell(): "1d", "seen": seen}).status_code == 422
    assert Target.objects.count() == count


def test_a_new_version_is_what_new_incidents_are_promised(root, make):
    """On both databases, which sort a missing date differently: the version from now on wins over the one without a date."""
    before = make()
    send(root, {cell(): ("2d", "1d")})
    policy.forget()
    after = make()
    assert [Clock.objects.get(record=r.pk, metric="resolve").target_s for r in (before, after)] == [72_000, 36_000]

