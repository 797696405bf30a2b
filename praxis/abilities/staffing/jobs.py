"""Work that came to a group is given to somebody; what found nobody is tried again."""

from praxis.kernel.jobs import every, task

from . import place as placing
from .models import Unplaced


@task()
def place(record):
    """Give one record to somebody of its group."""
    return placing.place(record)


@task()
def place_again():
    """Try again what found nobody: people come on shift, finish work, come back."""
    Unplaced.objects.exclude(record__is_open=True, record__owner=None).delete()
    return sum(placing.place(pk) is not None for pk in Unplaced.objects.order_by("at").values_list("pk", flat=True)[:200])


every("*/10 * * * *", place_again)
