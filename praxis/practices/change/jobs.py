"""What happens to changes by itself: they are approved as they stand, follow what is linked to them, and close when nothing is left to do."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q

from praxis.abilities.approvals import engine as approvals
from praxis.estate.cmdb.models import Item
from praxis.kernel import listen
from praxis.kernel.actors import system
from praxis.kernel.errors import Refused
from praxis.kernel.jobs import every, task
from praxis.kernel.models import Event
from praxis.kernel.now import now
from praxis.people.models import Grant
from praxis.records import write

from . import facts, flow
from .models import Change

RESTS, LATELY = timedelta(days=5), timedelta(hours=24)
WATCHED = ("version_of", "product", "serial", "hostname")  # what a change of an item shows in


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
            try:
                write.move(record, system("Praxis", record.organisation_id), "close")
                done += 1
            except (Refused, ValidationError):
                continue  # a rule of its organisation asks for more
    return done


every("40 4 * * *", close_reviewed)


approvals.approve("change", watched=("planned_start", "planned_end", "scope", "proposed", "plan", "backout", "test_plan", "service", "model", "environment", "answers"),
                  links=("affects",), apart=flow.implementers, decided=flow.decided, voided=back_to_planning)


@listen.on("record.linked")
@listen.on("record.unlinked")
def scope(event):
    """Items that came or went by another door than *Set items*: the words of the scope, the risk and the approvals follow."""
    if event.kind == "change" and event.data.get("type") == "affects" and event.data.get("way") == "out":
        rescope.enqueue(event.subject)


@task()
def unplanned(event):
    """Tell of what discovery found changed on an item while no change was under way on it (CHG-15); returns the words, "" where one was."""
    event = Event.objects.get(pk=event)
    watched = [n for n in WATCHED if n in event.changes and event.changes[n][0] not in (None, "")]
    item = Item.objects.filter(pk=event.subject).first()
    if not watched or item is None:
        return ""
    rows = Change.objects.filter(links_out__type="affects", links_out__target=item.pk).filter(Q(state="implement") | Q(ended_at__gte=event.at - LATELY, started_at__lte=event.at))
    if rows.exists():
        return ""
    words = ", ".join(f"{Item._meta.get_field(n).verbose_name}: {event.changes[n][2]} → {event.changes[n][3]}" for n in watched)
    managers = Grant.objects.filter(Q(organisation=None) | Q(organisation=item.organisation_id), role__key="change_manager", person__organisation=item.organisation_id)
    tell = sorted({item.owner_id, *managers.values_list("person", flat=True)} - {None})
    write.note(item, system("Praxis", item.organisation_id), needs="item.see", event="item.unplanned", data={"words": words[:300], "tell": tell})
    return words


listen.later("item.discovered", unplanned)


@listen.on("change.moved")
def ended(event):
    if "result" in event.changes or "ended_at" in event.changes:
        facts.forget()


@listen.on("record.linked")
def blamed(event):
    if event.data.get("type") == "caused_by" and event.kind == "change":
        facts.forget()
