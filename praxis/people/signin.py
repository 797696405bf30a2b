"""Ways in: password with limits, one-time links, API tokens. Secrets are random and only their hashes are kept."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q

from praxis.kernel import journal
from praxis.kernel.actors import Actor
from praxis.kernel.now import now

from .models import Attempt, OneTimeLink, Person, Token

LIMITS = {"address": (20, timedelta(minutes=10)), "account": (8, timedelta(minutes=10))}
LOCAL = ("127.0.0.1", "::1", "")
LINK_LIFE = timedelta(hours=1)
_NOBODY = None


class TooMany(Exception):
    """Too many failed tries from this address or for this account."""


class Backend:
    """Django's authentication backend: by e-mail and password, in equal time for unknown people."""

    def authenticate(self, request, email=None, password=None):
        if not email or password is None:
            return None
        found = None
        people = list(Person.objects.filter(email__iexact=email, is_active=True).exclude(password="")[:5])
        for person in people:
            if person.has_usable_password() and person.check_password(password):
                found = found or person
        if not any(p.has_usable_password() for p in people):
            check_password(password, _nobody())  # an unknown address costs the same time
        return found

    def get_user(self, pk):
        return Person.objects.select_related("organisation").filter(pk=pk, is_active=True).first()


def _nobody():
    global _NOBODY
    _NOBODY = _NOBODY or make_password(token_urlsafe(8))
    return _NOBODY


def check_limits(address, email):
    """Raise TooMany when the address or the account has failed too often lately."""
    for what, value in (("address", address), ("account", email.casefold())):
        most, within = LIMITS[what]
        if what == "address" and value in LOCAL:
            continue  # everybody behind a proxy that is not configured would share it
        if Attempt.objects.filter(key=_digest(f"{what}:{value}"), at__gt=now() - within).count() >= most:
            raise TooMany


def note_failure(address, email):
    Attempt.objects.bulk_create(
        [Attempt(key=_digest(f"address:{address}")), Attempt(key=_digest(f"account:{email.casefold()}"))]
    )


def forget_failures(email):
    Attempt.objects.filter(Q(key=_digest(f"account:{email.casefold()}")) | Q(at__lt=now() - timedelta(days=1))).delete()


def note_success(person):
    """The log tells who came in."""
    journal.store(journal.made("person.signed_in", Actor(person.pk, person.name), organisation=person.organisation_id,
                               data={"row": f"people.person:{person.pk}"}))


def note_view(by, person):
    """The log tells who looked as whom."""
    journal.store(journal.made("person.viewed_as", by, organisation=person.organisation_id, data={"row": f"people.person:{person.pk}", "title": person.name}))


def make_link(person, life=LINK_LIFE):
    """A fresh one-time secret for a person; earlier unused ones stop working."""
    secret = token_urlsafe(32)
    with transaction.atomic():
        OneTimeLink.objects.filter(person=person, used_at=None).delete()
        OneTimeLink.objects.create(person=person, hash=_digest(secret), expires_at=now() + life)
    return secret


def link_is_good(secret):
    return OneTimeLink.objects.filter(hash=_digest(secret), used_at=None, expires_at__gt=now()).exists()


def use_link(secret):
    """The person of an unused, unexpired link, which is used up by this; else None."""
    good = OneTimeLink.objects.filter(hash=_digest(secret), used_at=None, expires_at__gt=now())
    if not good.update(used_at=now()):
        return None
    link = OneTimeLink.objects.select_related("person__organisation").get(hash=_digest(secret))
    return link.person if link.person.is_active else None


def make_token(person, name, scopes=("*",), life=timedelta(days=90)):
    """(row, secret): the secret is returned this once and kept nowhere."""
    secret = f"px_{token_urlsafe(32)}"
    row = Token.objects.create(person=person, name=name, hash=_digest(secret), hint=secret[:7], scopes=list(scopes),
                               expires_at=now() + life)
    _tell_of_token(row, "made")
    return row, secret


def revoke_token(person, pk):
    """End one of a person's tokens; nothing happens for one of somebody else."""
    row = Token.objects.filter(person=person.pk, pk=pk, revoked_at=None).first()
    if row:
        Token.objects.filter(pk=row.pk).update(revoked_at=now())
        _tell_of_token(row, "revoked")


def _tell_of_token(row, what):
    journal.store(journal.made("token.saved", Actor(row.person_id, row.person.name), organisation=row.person.organisation_id,
                               data={"row": f"people.token:{row.pk}", "title": row.name, "what": what, "scopes": row.scopes}))


def token_of(secret):
    """The live Token of a secret, with its person, or None; its use is noted at most once a minute."""
    row = Token.objects.select_related("person__organisation").filter(
        hash=_digest(secret), revoked_at=None, expires_at__gt=now(), person__is_active=True).first()
    if row and (row.last_used_at is None or row.last_used_at < now() - timedelta(minutes=1)):
        Token.objects.filter(pk=row.pk).update(last_used_at=now())
    return row


def _digest(text):
    return sha256(text.encode()).hexdigest()
