"""The notices of a person, less those about records that it may not see any more."""

from praxis.kernel.now import now

from .models import Notice

MOST = 20


def unread(actor, most=MOST):
    """The newest unread notices of this actor about records that it may see; one query."""
    if not actor.id:
        return []
    rows = Notice.objects.filter(person=actor.id, read_at=None).select_related("record").order_by("-at")[:most]
    return [n for n in rows if actor.may(f"{n.record.kind}.see", n.record)]


def mark_read(actor, pks=None):
    """Mark this actor's own notices as read, all or those of these ids; returns how many."""
    rows = Notice.objects.filter(person=actor.id, read_at=None)
    return (rows if pks is None else rows.filter(pk__in=pks)).update(read_at=now())
