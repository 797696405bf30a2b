"""What a stranger stumbled over when setting up a desk for a customer: services of an agreement, keys that nothing has."""

import pytest
from django.core.exceptions import ValidationError

from praxis.practices.agreement.models import Agreement
from praxis.records import write
from praxis.records.fields import services

pytestmark = pytest.mark.django_db


def test_a_customers_incident_may_use_a_service_that_an_agreement_gives_it(make, company, other):
    """The provider's own service is out of a customer's reach until an agreement in force covers it, and again when that ends."""
    service = make("service", title="Workplace IT")
    write.change(service, company.actor("administrator"), title="Workplace IT")
    for move in ("define", "approve", "go_live"):
        write.move(service, company.actor("administrator"), move)
    person = other.people["requester"]
    theirs = make(organisation=other.organisation.pk, requester=person.pk, team=None)
    root = company.person("root@acme.example", "administrator", everywhere=True)
    company.people["root"] = root
    by = company.actor("root")
    with pytest.raises(ValidationError):
        write.change(theirs, by, service=service.pk)
    agreement = make("agreement", title="With them", customer=other.organisation.pk)
    write.act(agreement, by, "cover", services=service.number)
    with pytest.raises(ValidationError):
        write.change(theirs, by, service=service.pk)
    Agreement.objects.filter(pk=agreement.pk).update(state="in_force")
    assert str(service.pk) in {o.value for o in services(None, other.actor("requester"), None, "")}
    assert str(service.pk) in {o.value for o in services(None, by, theirs, "work")}
    theirs.refresh_from_db()
    write.change(theirs, by, service=service.pk)
    assert theirs.service_id == service.pk
    assert company.people and write.open_record(theirs.type, other.actor("requester"), title="Ours", service=service.pk).service_id == service.pk
    Agreement.objects.filter(pk=agreement.pk).update(state="ended")
    assert str(service.pk) not in {o.value for o in services(None, other.actor("requester"), None, "")}


def test_a_service_names_hours_and_levels_that_exist(make, company):
    service, by = make("service"), company.actor("administrator")
    for column, wrong in (("hours", "Office"), ("targets", "silver")):
        with pytest.raises(ValidationError, match="Write one of"):
            write.change(service, by, **{column: wrong})
    write.change(service, by, hours="24x7", targets="gold")
    page = company.client("administrator").get(f"/r/{service.number}/field/targets", headers={"HX-Request": "true"}).content.decode()
    assert 'value="gold"' in page and 'value="standard"' in page


def test_the_dialog_of_an_agreements_services_shows_their_numbers(make, company):
    agreement, service = make("agreement"), make("service")
    client = company.client("administrator")
    empty = client.get(f"/r/{agreement.number}/do/cover").content.decode()
    assert "[]" not in empty
    client.post(f"/r/{agreement.number}/do/cover", {"services": service.number})
    shown = client.get(f"/r/{agreement.number}/do/cover").content.decode()
    assert f">{service.number}</textarea>" in shown.replace("\n", "") and "['" not in shown
    assert service.number in client.get(f"/r/{agreement.number}/panel/conversation.history").content.decode()
