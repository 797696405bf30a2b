"""Lists by address (LD6): a secret that is shown once, kept as a hash, ended at any time, and never wider than its owner (T-B14)."""

from hashlib import sha256
from secrets import token_urlsafe

from praxis.kernel import journal
from praxis.kernel.now import now

from .models import Feed


def make(actor, kind, query, label):
    """(Feed, secret) of a list of this kind with this query."""
    secret = token_urlsafe(32)
    row = Feed.objects.create(person_id=actor.id, kind=kind, label=label[:80], query=query[:2000], hash=_hash(secret))
    _log(actor, row, "made")
    return row, secret


def feed_of(secret):
    """The live Feed of a secret whose owner is active, or None."""
    return Feed.objects.select_related("person__organisation").filter(hash=_hash(secret), revoked_at=None, person__is_active=True).first()


def revoke(actor, pk):
    """End one of one's own feeds; nothing happens for one of somebody else."""
    row = Feed.objects.filter(person=actor.id, pk=pk, revoked_at=None).first()
    if row:
        Feed.objects.filter(pk=row.pk).update(revoked_at=now())
        _log(actor, row, "revoked")


def end_all(person):
    """End all feeds of somebody who leaves."""
    return Feed.objects.filter(person=person, revoked_at=None).update(revoked_at=now())


def _log(actor, row, what):
    journal.store(journal.made("feed.saved", actor, organisation=row.person.organisation_id, data={"row": f"records.feed:{row.pk}", "title": row.label, "what": what}))


def _hash(secret):
    return sha256(secret.encode()).hexdigest()
