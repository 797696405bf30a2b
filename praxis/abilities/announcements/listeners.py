from django.core.cache import cache

from praxis.kernel import listen


@listen.on("announcement.saved")
def forget(event):
    """What was just announced is seen at once by this process; by others within half a minute."""
    cache.clear()
