"""Weighs alerts: as soon as something new came, and every minute for what was suppressed or held."""

from praxis.abilities.alerts import store
from praxis.abilities.alerts.models import Alert
from praxis.kernel.jobs import every, task

from .weigh import weigh


@task()
def look(organisation):
    """Decide on what came for an organisation; returns how many."""
    return weigh(organisation)


@task()
def look_everywhere():
    """What is left undecided anywhere, and what was suppressed while work was agreed and goes on; returns how many were decided on."""
    store.look_again(Alert.objects.filter(state="suppressed"))
    return sum(weigh(pk) for pk in Alert.objects.filter(weighed=False).order_by("organisation").values_list("organisation", flat=True).distinct())


every("* * * * *", look_everywhere)
