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
    """What is left undecided anywhere, and what was suppressed while work was agreed and goes on; returns for how many organisations."""
    store.look_again(Alert.objects.filter(state="suppressed"))
    waiting = Alert.objects.filter(weighed=False).order_by("organisation").values_list("organisation", flat=True).distinct()
    for pk in waiting:
        look.enqueue(pk)  # each by itself: what fails for one holds up no other
    return len(waiting)


every("* * * * *", look_everywhere)
