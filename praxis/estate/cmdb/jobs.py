"""What happens to items by itself."""

from datetime import timedelta

from django.db.models import Q

from praxis.kernel.actors import system
from praxis.kernel.jobs import every, task
from praxis.kernel.now import now
from praxis.records import write
from praxis.records.models import Link

from .models import Item

KEPT = timedelta(days=30)  # AC7


@task()
def let_go():
    """Take the relations of items away that were deleted thirty days ago; returns how many items."""
    rows = Item.objects.filter(state="deleted", closed_at__lt=now() - KEPT).filter(Q(links_out__isnull=False) | Q(links_in__isnull=False)).distinct()[:500]
    done = 0
    for item in rows:
        by = system("Praxis", item.organisation_id)
        for link in list(Link.objects.filter(Q(source=item.pk) | Q(target=item.pk)).select_related("source", "target")):
            write.unlink(link.source, link.target, link.type, by)
        done += 1
    return done


every("20 3 * * *", let_go)
