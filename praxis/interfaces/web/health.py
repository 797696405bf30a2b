"""For whoever runs Praxis: is it alive, is it ready, and how is it doing. No tenant's data is in any of them."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from praxis import __version__
from praxis.kernel.models import Job, Schedule
from praxis.kernel.now import now
from praxis.screens.access import PUBLIC, access

LOCAL = ("127.0.0.1", "::1")
_migrated = False


@require_GET
@access(PUBLIC)
def live(request):
    """200 as long as this process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_GET
@access(PUBLIC)
def ready(request):
    """200 when the database answers and has this version's shape; 503 with the reason otherwise."""
    global _migrated
    try:
        if not _migrated:
            plan = MigrationExecutor(connection)
            if plan.migration_plan(plan.loader.graph.leaf_nodes()):
                return HttpResponse("the database is not set up for this version: praxis setup\n", status=503, content_type="text/plain")
            _migrated = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@require_GET
@access(PUBLIC)
def metrics(request):
    """Prometheus text, for this machine and the addresses in PRAXIS_METRICS; hidden from everybody else."""
    if request.META.get("REMOTE_ADDR", "") not in (*LOCAL, *settings.METRICS_FROM) or request.headers.get("X-Forwarded-For") and not settings.METRICS_FROM:
        return HttpResponse(status=404)
    at = now()
    jobs = dict(Job.objects.values_list("state").annotate(n=Count("pk")))
    oldest = Job.objects.filter(state="ready", run_after__lte=at).order_by("run_after").values_list("run_after", flat=True).first()
    late = Schedule.objects.filter(next_at__lt=at - timedelta(minutes=10)).count()
    lines = ["# HELP praxis_info The running version.", "# TYPE praxis_info gauge", f'praxis_info{{version="{__version__}",database="{connection.vendor}"}} 1',
             "# HELP praxis_jobs Jobs by state.", "# TYPE praxis_jobs gauge",
             *(f'praxis_jobs{{state="{s}"}} {jobs.get(s, 0)}' for s, _label in Job.STATES),
             "# HELP praxis_job_wait_seconds How long the oldest job that could run has waited.", "# TYPE praxis_job_wait_seconds gauge",
             f"praxis_job_wait_seconds {max(0, (at - oldest).total_seconds()) if oldest else 0:.0f}",
             "# HELP praxis_schedules_late Periodic jobs more than ten minutes late.", "# TYPE praxis_schedules_late gauge", f"praxis_schedules_late {late}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
