"""The five measures of delivery, from the deployments to production of one application (frameworks 3.9): never a league table of many."""

from datetime import timedelta

from praxis.kernel.now import now
from praxis.lib import dora

from .models import Deployment, commit_times

DAYS = 90


def told(rows):
    """Deployments as the measures take them."""
    return [dora.Deployment(d.pk, d.finished_at, commit_times(d.commits), failed=d.failed, restored=d.restored_at, rework=d.unplanned,
                            succeeded=d.result == "succeeded") for d in rows if d.finished_at]


def production(actor, application, start, end):
    """The finished deployments of an application to production that the actor may see."""
    rows = Deployment.objects.visible_to(actor, "deployment.see").filter(application=application, environment__production=True, finished_at__gte=start, finished_at__lt=end)
    return rows.exclude(result="").order_by("finished_at")


def delivery(actor, application, start=None, end=None):
    """dora.Delivery of an application in a period, the last ninety days unless said otherwise."""
    end = end or now()
    start = start or end - timedelta(days=DAYS)
    return dora.measured(told(production(actor, application, start, end)), max(1, round((end - start) / timedelta(days=1))))


def applications(actor):
    """The names of applications that have deployments."""
    rows = Deployment.objects.visible_to(actor, "deployment.see").exclude(application="").order_by("application")
    return list(rows.values_list("application", flat=True).distinct()[:200])
