"""Ways into Praxis as one person, and what came out of them."""

import io
import zipfile

from django.test import Client

from praxis.people.actors import actor_of
from praxis.people.models import Grant, Person, Role
from praxis.practices.incident.models import Incident

MARK = "xyzzymarker"


def browser(person):
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def actor(person):
    return actor_of(Person.objects.select_related("organisation").get(pk=person.pk))


def text_of(answer):
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "".join(book.read(n).decode(errors="replace") for n in book.namelist())
    return data.decode(errors="replace")


def fresh(record):
    return Incident.objects.get(pk=record.pk)


def colleague(company, key, permissions, email=None):
    """Somebody with a role of just these permissions."""
    role, _new = Role.objects.get_or_create(key=key, defaults={"label": key.title(), "permissions": permissions})
    person = company.person(email or f"{key}@{company.organisation.key}.example")
    Grant.objects.create(person=person, role=role, organisation=company.organisation)
    return person
