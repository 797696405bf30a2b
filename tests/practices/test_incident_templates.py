"""Templates of incidents above the form of a new one (SDK-02)."""

import pytest

from praxis.practices.incident.models import Incident, IncidentTemplate

pytestmark = pytest.mark.django_db


def test_sdk_02_a_template_fills_the_form_and_brings_its_category_and_tasks(company):
    """The eight templates that ship: chosen above the form, they fill what is always the same; what was typed stays the caller's."""
    assert IncidentTemplate.objects.count() == 8 and not IncidentTemplate.objects.filter(category=None).exists()
    client, lost, caller = company.client("team_lead"), IncidentTemplate.objects.get(key="lost-device"), company.people["requester"]
    page = client.get(f"/incidents/new?person={caller.pk}").content.decode()
    assert page.count("template=") >= 8 and "Wi-Fi" in page
    filled = client.get(f"/incidents/new?person={caller.pk}&template={lost.pk}").content.decode()
    assert 'value="A device was lost or stolen"' in filled and "When and where it was last seen" in filled
    client.post("/incidents/new", {"person": caller.pk, "template": lost.pk, "title": "Phone lost at the station", "description": "Blue phone", "impact": 3,
                                   "urgency": 1, "channel": "phone", "once": "t1"})
    made = Incident.objects.get(title="Phone lost at the station")
    assert made.category.path == "Security, Lost device" and made.description == "Blue phone" and made.requester == caller
    assert made.tasks.count() == 5
    client.post("/incidents/new", {"person": caller.pk, "template": "999999", "title": "Free text", "impact": 3, "urgency": 2, "channel": "phone", "once": "t2"})
    assert Incident.objects.get(title="Free text").category is None


def test_a_template_of_another_organisation_is_not_offered(company, other):
    theirs = IncidentTemplate.objects.create(organisation=other.organisation, key="theirs", label="Theirs only", title="x")
    client, caller = company.client("agent"), company.people["requester"]
    assert "Theirs only" not in client.get(f"/incidents/new?person={caller.pk}").content.decode()
    assert 'value="x"' not in client.get(f"/incidents/new?person={caller.pk}&template={theirs.pk}").content.decode()
