"""Who is made inactive is out for good: what let that person in ends, and does not come back with a later change of mind (AD7)."""

from praxis.kernel import listen
from praxis.kernel.now import now

from . import sessions
from .models import OneTimeLink, Person, Token


@listen.on("person.saved")
def leave(event):
    if event.changes.get("is_active", [None, True])[1]:
        return
    person = Person.objects.filter(pk=event.data["row"].partition(":")[2]).first()
    if person:
        sessions.end_all(person)
        Token.objects.filter(person=person, revoked_at=None).update(revoked_at=now())
        OneTimeLink.objects.filter(person=person, used_at=None).delete()
