"""Sessions in the database, each with its person, so that "sign out everywhere" is one statement."""

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.crypto import constant_time_compare

from .models import Session


class SessionStore(DatabaseStore):
    person = None  # of the loaded row, read together with it

    def load(self):
        row = self._get_session_from_db()
        self.person = row and row.person
        return self.decode(row.session_data) if row else {}

    @classmethod
    def get_model_class(cls):
        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.person_id = data.get("_auth_user_id")
        row.agent = data.get("agent", "")[:200]
        row.address = data.get("address", "")[:45]
        return row


def person_of(session):
    """The active person of a session whose password has not changed since, or None."""
    kept = session.get(HASH_SESSION_KEY, "")
    person = session.person
    if person is None or not person.is_active or str(person.pk) != session.get(SESSION_KEY):
        return None
    return person if constant_time_compare(kept, person.get_session_auth_hash()) else None


def end_all(person, but=None):
    """Sign a person out everywhere, but for the session of key `but`; returns how many ended."""
    return Session.objects.filter(person=person).exclude(session_key=but or "").delete()[0]
