"""The demo company: whole when it is made, and gone without a trace when it is removed."""

import pytest

from praxis.estate.cmdb import impact
from praxis.estate.cmdb.drawing import sentence
from praxis.interfaces.cli import demo
from praxis.interfaces.cli.checks import differences
from praxis.kernel.models import Event
from praxis.people.actors import actor_of
from praxis.people.models import Organisation, Person
from praxis.records.models import Link, Record

pytestmark = pytest.mark.django_db


def test_the_demo_has_an_estate_that_carries_its_services_and_can_be_removed(company):
    before = Record.objects.count(), Link.objects.count()
    demo.load(40)
    home = Organisation.objects.get(is_demo=True)
    items = Record.objects.filter(organisation=home, kind="item")
    assert items.count() > 350 and not [r for r in items.order_by("?")[:10] if differences(r)]
    mara = actor_of(Person.objects.get(email="mara.lindqvist@nordwind.example"))
    hall = impact.walk(Record.objects.get(organisation=home, kind="item", title="wlc-ham-01"), mara)
    fates = {n.record.title: n.status for n in hall.nodes.values()}
    assert fates["Warehouse Management"] == impact.DOWN and fates["Label printing"] == impact.RISK and "465 people, 3 services" in sentence(hall)
    needed = impact.walk(Record.objects.get(organisation=home, title="Warehouse Management"), mara, "down", 10)
    assert {"wlc-ham-01", "wlc-ham-02", "vcluster-01"} <= {n.record.title for n in needed.nodes.values()}
    demo.remove()
    assert (Record.objects.count(), Link.objects.count()) == before and not Event.objects.filter(organisation=home.pk).exists()
