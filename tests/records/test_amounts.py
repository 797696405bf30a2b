"""Amounts and days: the log and the row say the same, whatever was typed; what is none is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from praxis.estate.asset.models import Asset
from praxis.interfaces.cli.checks import differences
from praxis.kernel.kinds import registry
from praxis.people.signin import make_token
from praxis.records import write

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("typed", "kept"), [("900", "900.00"), (Decimal("900.5"), "900.50"), (900, "900.00"), ("1e3", "1000.00"), ("0.005", "0.00"), (Decimal("12.345"), "12.34")])
def test_an_amount_is_kept_in_cents_in_row_and_log(company, typed, kept):
    keeper = company.actor("administrator")
    for asset in (write.open_record(registry["asset"], keeper, title="x", cost=typed), write.change(write.open_record(registry["asset"], keeper, title="x"), keeper, cost=typed, bought_on="2026-01-31")):
        assert str(Asset.objects.get(pk=asset.pk).cost) == kept and differences(Asset.objects.get(pk=asset.pk)) == []
    assert asset.bought_on == date(2026, 1, 31)


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "-1", "1e400", "a lot", "99999999999999.99", []])
def test_what_is_no_amount_is_refused(company, typed):
    with pytest.raises(ValidationError) as problem:
        write.open_record(registry["asset"], company.actor("administrator"), title="x", cost=typed)
    assert "cost" in problem.value.message_dict


@pytest.mark.parametrize("body", [{"cost": "NaN"}, {"cost": "1e999999"}, {"cost": "-0.01"}, {"bought_on": "31.01.2026"}, {"bought_on": "9999-99-99"}, {"currency": "eur"}, {"item": 10**30}, {"product": -1}])
def test_rest_answers_422(company, body):
    head = {"Authorization": f"Bearer {make_token(company.people['administrator'], 'x')[1]}", "If-Match": '"1"'}
    asset = write.open_record(registry["asset"], company.actor("administrator"), title="x")
    assert company.client("administrator").patch(f"/api/v1/asset/{asset.number}", body, content_type="application/json", headers=head).status_code == 422
