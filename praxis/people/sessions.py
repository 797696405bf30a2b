"""Sessions in the database, each with its person, so that "sign out everywhere" is one statement."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from .models import Session


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls):
        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.person_id = data.get("_auth_user_id")
        row.agent = data.get("agent", "")[:200]
        row.address = data.get("address", "")[:45]
        return row


def end_all(person, but=None):
    """Sign a person out everywhere, but for the session of key `but`; returns how many ended."""
    return Session.objects.filter(person=person).exclude(session_key=but or "").delete()[0]
