"""What happens to changes by itself: they are approved as they stand, follow what is linked to them, and close when nothing is left to do."""

from datetime import timedelta

from praxis.abilities.approvals import engine as approvals
from praxis.kernel import listen
from praxis.kernel.actors import system
from praxis.kernel.jobs import every, task
from praxis.kernel.now import now
from praxis.records import write

from . import flow
from .models import Change

RESTS = timedelta(days=5)


@task()
def back_to_planning(pk):
    """Take a change back whose approvals became void, with the reason; nothing if it went on or back by itself."""
    record = Change.objects.filter(pk=pk).first()
    if record is None or record.state not in ("assess", "authorise", "scheduled"):
        return ""
    found = approvals.latest(record)
    if found is None or found.status != approvals.Status.VOID:
        return ""
    write.move(record, system("Praxis", record.organisation_id), "replan", replan_reason=found.why)
    return record.number


@task()
def rescope(pk):
    """Bring the words of a change's scope in line with its links; returns the words."""
    record = Change.objects.filter(pk=pk).first()
    if record is None or record.phase == "final":
        return ""
    words = flow.scope_words(record)
    if words != record.scope:
        write.change(record, system("Praxis", record.organisation_id), event="change.scoped", scope=words, data={"words": words})
    return words


@task()
def close_reviewed():
    """Close what ended well, needs no review and has rested for five days; returns how many."""
    done = 0
    for record in Change.objects.filter(state="review", ended_at__lt=now() - RESTS)[:500]:
        if not flow.needs_review(record) or record.review:
            write.move(record, system("Praxis", record.organisation_id), "close")
            done += 1
    return done


every("40 4 * * *", close_reviewed)


approvals.approve("change", watched=("planned_start", "planned_end", "scope", "plan", "backout", "test_plan", "service", "model", "environment", "answers"),
                  links=(), apart=flow.implementers, decided=flow.decided, voided=back_to_planning)


@listen.on("record.linked")
@listen.on("record.unlinked")
def scope(event):
    """Items that came or went by another door than *Set items*: the words of the scope, the risk and the approvals follow."""
    if event.kind == "change" and event.data.get("type") == "affects" and event.data.get("way") == "out":
        rescope.enqueue(event.subject)
