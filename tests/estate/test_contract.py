"""Contracts: told in time, renewed and ended by themselves, what they cover (AST-05)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from praxis.abilities.notices.models import Notice
from praxis.estate.supplier import jobs
from praxis.estate.supplier.models import Contract, Supplier
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Setting
from praxis.kernel.now import now
from praxis.lib.months import after
from praxis.records import write

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(company):
    return company.actor("administrator")


@pytest.fixture
def signed(company, keeper):
    """signed(days until its end, ...) is a contract in force."""
    supplier = write.save(Supplier(), system(), name="Contoso")

    def signed(days, **values):
        today = now().date()
        values = {"title": "Support", "supplier": supplier, "starts_on": today - timedelta(days=300), "owner": company.people["agent"]} | values
        contract = write.open_record(registry["contract"], keeper, **values)
        write.move(contract, keeper, "sign", ends_on=today + timedelta(days=days), notice_days=values.get("notice_days", 0))
        return Contract.objects.get(pk=contract.pk)

    return signed


def told(contract):
    return [e.data["words"] for e in Event.objects.filter(subject=contract.pk, name__in=("contract.warned", "contract.renewed", "contract.ended")).order_by("id")]


def test_owners_are_told_90_30_and_7_days_before_the_last_day_of_notice_once_each(company, signed):
    contract = signed(150, notice_days=60)
    assert contract.notice_on == contract.ends_on - timedelta(days=60)
    assert jobs.watch.func() == [1, 0, 0] and jobs.watch.func() == [0, 0, 0]
    for days, warned in ((31, 0), (30, 1), (29, 0), (7, 1), (1, 0)):
        end = now().date() + timedelta(days=days + 60)
        Contract.objects.filter(pk=contract.pk).update(ends_on=end, notice_on=end - timedelta(days=60))
        assert jobs.watch.func() == [warned, 0, 0], days
    assert Notice.objects.filter(record=contract.pk, person=company.people["agent"]).count() == 3 and "last day of notice" in told(contract)[0]
    assert signed(400).notice_on and jobs.watch.func() == [0, 0, 0]


def test_the_days_are_a_setting_that_is_checked(signed):
    contract = signed(50)
    write.save(Setting(), system(), key="contract.warnings", value="60")
    assert jobs.watch.func()[0] == 1 and told(contract) == [f"its end, {contract.ends_on}"]
    with pytest.raises(ValueError, match="days such as"):
        jobs.AHEAD.check("soon")


def test_one_that_renews_itself_does_and_the_others_end(keeper, signed):
    renews, ends, quits = signed(5, renewal_months=12), signed(5), signed(5, renewal_months=12)
    write.move(quits, keeper, "give_notice", ending="Too dear")
    past = now().date() - timedelta(days=40)
    Contract.objects.update(ends_on=past, notice_on=past, warned=7)
    assert jobs.watch.func()[1:] == [1, 2]
    found = {c.pk: c for c in Contract.objects.all()}
    assert (found[renews.pk].state, found[renews.pk].ends_on, found[renews.pk].warned) == ("in_force", after(past, 12), None)
    assert found[ends.pk].state == found[quits.pk].state == "ended" and found[quits.pk].ending == "Too dear" and found[ends.pk].closed_at
    assert found[renews.pk].notice_on == found[renews.pk].ends_on and jobs.watch.func()[1:] == [0, 0]


def test_what_makes_no_sense_is_refused(keeper, signed):
    draft = write.open_record(registry["contract"], keeper, title="x")
    with pytest.raises(NotPossible, match="with whom"):
        write.move(draft, keeper, "sign", notice_days=0)
    for bad in ({"starts_on": now().date(), "ends_on": now().date()}, {"currency": "euro"}, {"notice_days": 4000}):
        with pytest.raises(ValidationError):
            write.change(Contract.objects.get(pk=draft.pk), keeper, **bad)
    with pytest.raises(NotPossible, match="no end"):
        write.change(contract := signed(5), keeper, ends_on=None)
        write.move(contract, keeper, "renew", ends_on=now().date())


def test_it_covers_what_one_may_see_and_stands_beside_it(company, other, keeper, make, signed):
    contract, item, theirs = signed(100, title="Switch care"), make("item", title="sw-1"), other.actor("administrator")
    asset = write.open_record(registry["asset"], keeper, title="Switch")
    strange = write.open_record(registry["asset"], theirs, title="Strange")
    with pytest.raises(ValidationError, match=strange.number):
        write.act(contract, keeper, "cover", numbers=f"{asset.number} {strange.number}")
    write.act(contract, keeper, "cover", numbers=f"{asset.number.lower()}, {item.number}")
    desk = company.client("agent")
    for number in (asset.number, item.number):
        page = desk.get(f"/r/{number}").content.decode()
        assert "Switch care" in page and "Contoso" in page
    assert "sw-1" in desk.get(f"/r/{contract.number}").content.decode()
    write.act(contract, keeper, "uncover", number=item.number)
    assert "Switch care" not in desk.get(f"/r/{item.number}").content.decode()


@pytest.mark.parametrize(("values", "yearly"), [({"value": 100, "per": "month"}, 1200), ({"value": 100, "per": "year"}, 100), ({"value": 730, "per": "once", "starts_on": "2026-01-01", "ends_on": "2028-01-01"}, 365),
                                                ({"value": None}, None)])
def test_what_it_costs_in_a_year(keeper, values, yearly):
    contract = write.open_record(registry["contract"], keeper, title="x", **{k: v for k, v in values.items() if v is not None})
    contract = Contract.objects.get(pk=contract.pk)
    assert contract.yearly == yearly
