"""Gives the words of relations to whoever links records, and forgets them when they change."""

from praxis.kernel import listen
from praxis.kernel.kinds import LinkType
from praxis.records.relating import provides

from . import impact
from .models import RelationType


@provides
def relations():
    return [LinkType(row.key, row.forward, row.reverse) for row in RelationType.objects.filter(is_active=True).order_by("pk")]


@listen.on("relationtype.saved")
def anew(event):
    impact.forget()
