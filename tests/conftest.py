"""One small company for all tests: a desk with two teams, people in the common roles, services, the shipped packs."""

import json

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from praxis.abilities.clocks import policy
from praxis.estate.cmdb.models import ItemClass
from praxis.kernel import content, numbers
from praxis.kernel import settings as runtime
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Membership, Organisation, Person, Role, Site, Team
from praxis.people.signin import make_token
from praxis.practices.change.models import ChangeModel
from praxis.records import write

NEEDED = {"item": {"item_class": lambda: ItemClass.objects.get(key="switch").pk}, "change": {"model": lambda: ChangeModel.objects.get(key="normal").pk}}  # columns that a kind cannot do without
ROLES = ("requester", "power_requester", "agent", "specialist", "team_lead", "change_manager", "auditor", "administrator")


@pytest.fixture(scope="session", autouse=True)
def quick_settings(tmp_path_factory):
    settings.PRAXIS_HOME = tmp_path_factory.mktemp("home")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "whitenoise" not in m]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]


@pytest.fixture(autouse=True)
def cold():
    """No test sees what another one cached."""
    cache.clear()
    policy.forget()
    runtime.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        numbers.prepare()
        content.load_all(system())


class Company:
    """An organisation with a person in each role; `ana` is the agent, `rob` the requester."""

    def __init__(self, key, name=None, zone="Europe/Berlin"):
        self.organisation = Organisation.objects.create(key=key, name=name or key.capitalize(), zone=zone)
        self.site = Site.objects.create(organisation=self.organisation, name=f"{key} site")
        self.desk = Team.objects.create(organisation=self.organisation, name="Service desk")
        self.network = Team.objects.create(organisation=self.organisation, name="Network")
        self.people = {role: self.person(f"{role}@{key}.example", role) for role in ROLES}
        for role in ("agent", "specialist", "team_lead"):
            Membership.objects.create(person=self.people[role], team=self.desk)

    def person(self, email, *roles, name="", everywhere=False):
        words = name or email.split("@")[0].replace("_", " ").title()
        person = Person(organisation=self.organisation, email=email, name=words, site=self.site)
        person.set_password("a long password")
        person.save()
        for role in roles:
            Grant.objects.create(person=person, role=Role.objects.get(key=role),
                                 organisation=None if everywhere else self.organisation)
        return person

    def actor(self, role):
        return actor_of(Person.objects.select_related("organisation").get(pk=self.people[role].pk))

    def client(self, role, **options):
        client = Client(**options)
        client.force_login(self.people[role])
        return client


@pytest.fixture
def company(db):
    return Company("acme")


@pytest.fixture
def other(db):
    return Company("borg")


@pytest.fixture
def agent(company):
    return company.actor("agent")


@pytest.fixture
def requester(company):
    return company.actor("requester")


@pytest.fixture
def make(company):
    """make("incident", 3, title=...) opens three records of that kind, by somebody who may."""

    def make(key="incident", count=1, by=None, **values):
        kind = registry[key]
        by = by or system("Maker", company.organisation.pk)
        values.setdefault("organisation", company.organisation.pk)
        values.setdefault("team", company.desk.pk)
        values = {name: row() for name, row in NEEDED.get(key, {}).items()} | values
        if by.id is None:
            values.setdefault("requester", company.people["requester"].pk)
        made = [write.open_record(kind, by, **{"title": f"{key} {n}", **values}) for n in range(count)]
        return made[0] if count == 1 else made

    return make


@pytest.fixture
def rest():
    """rest(person, method, path, body) with a fresh token of that person."""

    def rest(person, method, path, body=None, **headers):
        head = {"Authorization": f"Bearer {make_token(person, 't')[1]}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(Client(raise_request_exception=False), method)(f"/api/v1{path}", headers=head, **data)

    return rest
