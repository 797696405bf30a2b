"""My work: what breaks first, over all practices, with the day as a line."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from praxis.abilities.announcements.read import current
from praxis.abilities.approvals.display import waiting_for
from praxis.abilities.notices.read import mark_read, unread
from praxis.abilities.staffing.load import load_of, proposal
from praxis.abilities.staffing.read import covered_by
from praxis.kernel.display import fields
from praxis.kernel.errors import Refused
from praxis.kernel.now import now
from praxis.lib.text import whole
from praxis.people.models import Team
from praxis.records import write
from praxis.records.models import Record, within
from praxis.records.read import by_number, reach
from praxis.screens.access import SIGNED_IN, access
from praxis.screens.answers import SeeOther
from praxis.screens.draw import macro, page

from . import team
from .signin import own_path

MOST, SOON = 100, timedelta(hours=2)
FIRST_HOUR, LAST_HOUR = 8, 18


@dataclass
class Group:
    label: str
    tone: str
    rows: list


def mine_of(actor, team):
    """Open records that the actor may see: its own, or those of one of its teams."""
    rows = Record.objects.open().filter(reach(actor), **({"team": team} if team else {"owner": actor.id}))
    return rows.select_related("requester", "service", "owner").order_by(F("due_at").asc(nulls_last=True), "-id")[:MOST]


def grouped(records, at):
    """By what is due, not by type: over target, next two hours, later, waiting on someone else."""
    end = timezone.localtime(at).replace(hour=23, minute=59, second=59)
    groups = [Group(_("Over target"), "red", []), Group(_("Next two hours"), "amber", []), Group(_("Later today"), "", []),
              Group(_("Another day"), "", []), Group(_("Waiting on someone else"), "", [])]
    for record in records:
        due = record.due_at
        place = 4 if due is None else 0 if due < at else 1 if due < at + SOON else 2 if due <= end else 3
        groups[place].rows.append(record)
    return [g for g in groups if g.rows]


def dayline(records, at):
    """Marks of today's due times: (percent, label, tone, kind, level), for the server-drawn line."""
    local = timezone.localtime(at)
    start = local.replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    length = (LAST_HOUR - FIRST_HOUR) * 3600

    def x(moment):
        return round(1 + 98 * (moment - start).total_seconds() / length, 2)

    marks, used = [], []
    for record in records:
        if record.due_at and 0 <= (record.due_at - start).total_seconds() <= length:
            place = x(record.due_at)
            level = next((n for n in range(3) if all(n != m or abs(place - p) > 11 for p, m in used)), None)
            if level is None:
                continue
            used.append((place, level))
            tone = "red" if record.due_at < at else "amber" if record.due_at < at + SOON else "grey"
            marks.append({"x": place, "number": record.number, "tone": tone, "icon": record.type.icon, "y": 48 - 19 * level,
                          "end": place > 88})
    hours = [(round(1 + 98 * n / (LAST_HOUR - FIRST_HOUR), 2), FIRST_HOUR + n) for n in range(LAST_HOUR - FIRST_HOUR + 1)]
    here = x(at) if 0 <= (local - start).total_seconds() <= length else None
    return {"marks": marks, "hours": hours, "now": here, "clock": f"{local:%H:%M}"}


@require_GET
@access("desk.work")
def home(request):
    actor, at = request.actor, now()
    teams = list(Team.objects.filter(pk__in=actor.teams).order_by("name")) if actor.teams else []
    group = next((t for t in teams if str(t.pk) == request.GET.get("team")), None)
    records = list(mine_of(actor, group.pk if group else None))
    due = fields("incident")["due"]
    load = load_of(actor, at)
    return page(request, "web/home.j2", asked=waiting_for(actor), notices=unread(actor, 6), announced=current(request.person, "desk"), covered=covered_by(actor, at), handover=team.newest(actor, at),
                even=proposal(load) if actor.has("staffing.even") else None, groups=grouped(records, at), fuses=due.load(records, actor), fuse=macro("fuse"), teams=teams,
                team=group, line=dayline(records, at), load=load, section="home",
                total=len(records), over=sum(1 for r in records if r.due_at and r.due_at < at))


@require_POST
@access("desk.work")
def take_next(request):
    """Take the unassigned record of my groups that is due first; of two who press at once each gets another."""
    actor = request.actor
    rows = Record.objects.open().filter(within(actor, "incident.work"), kind="incident", team__in=actor.teams, owner=None)
    for row in rows.order_by(F("due_at").asc(nulls_last=True), "id")[:20]:
        record = by_number(row.number, actor)
        try:
            write.act(record, actor, "take")
        except Refused:
            continue
        return SeeOther(f"/r/{record.number}")
    return page(request, "note_page.j2", title=_("Nothing to take"), text=_("Every open incident of your groups has an owner."),
                back="/", section="home")


@require_POST
@access(SIGNED_IN)
def read_notices(request):
    """Mark one's own notices as read: all of them, or the one named."""
    mark_read(request.actor, [pk] if (pk := whole(request.POST.get("id", ""))) else None)
    return SeeOther(own_path(request, request.POST.get("next", "")))
