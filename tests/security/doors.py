"""Ways into Praxis as one person, and what came out of them."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from praxis.abilities.conversation.models import Entry
from praxis.abilities.fields.models import CustomField
from praxis.kernel.actors import system
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Person, Role
from praxis.practices.incident.models import Incident
from praxis.records import write

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


def marked(company, make):
    """A record on whose every internal place a marker stands."""
    write.save(CustomField(), system(), kind="incident", key="inner", label="Inner fact", type="text", organisation=company.organisation)
    record, agent, lead = make(title="Printer"), company.actor("agent"), company.actor("team_lead")
    write.act(record, agent, "reply", text=f"{MARK} note", internal=True, files=[SimpleUploadedFile(f"{MARK}.log", b"x")])
    write.act(record, agent, "pin", entry=Entry.objects.get().pk)
    write.act(record, agent, "reply", text="Public words", aside="by phone")
    return record, agent, lead
