"""What is done with an incident beyond its moves."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.actors import Actor, system
from praxis.kernel.errors import Conflict, NotPossible
from praxis.kernel.kinds import Ask
from praxis.people.models import Person, Team
from praxis.records import write
from praxis.records.models import PRIORITIES

from . import together  # noqa: F401 - its verbs are part of the practice
from .kind import INCIDENT
from .models import Incident


def _is_open(record):
    return record.is_open


def _owned(record):
    return NotPossible(_t("%s has it already.") % record.owner) if record.owner_id else None


@INCIDENT.action(label=_("Assign to me"), needs="incident.work", icon="hand", hotkey="I", many=True,
                 when=lambda record: record.is_open and record.owner_id is None)
def take(record: Incident, by: Actor):
    """Become the owner of an incident that has none; of several who try at once, one succeeds."""
    if refusal := _owned(record):
        raise refusal
    start = {"state": "in_progress"} if record.state == "new" else {}
    team = {"team": by.teams[0]} if record.team_id is None and by.teams else {}
    try:
        return write.change(record, by, needs="incident.work", event="incident.taken", seen=record.version, owner=by.id,
                            **start, **team)
    except Conflict:
        record.refresh_from_db()
        raise _owned(record) or NotPossible(_t("Somebody else changed it first.")) from None


@INCIDENT.action(label=_("Re-assign"), needs="incident.assign", icon="users", hotkey="A", many=True, when=_is_open)
def reassign(record: Incident, by: Actor, team: Annotated[int, Ask(_("Group"), kind="team")],
             why: Annotated[str, Ask(_("Reason"), lines=2, hint=_("Needed when the group changes"))] = "",
             owner: Annotated[int, Ask(_("Owner"), kind="person")] = None):
    """Give an incident to another group, saying why; every other change of group comes here too."""
    wanted = owner
    team = team if isinstance(team, Team) else Team.objects.filter(pk=team).first()
    owner = owner if isinstance(owner, Person) or not owner else Person.objects.filter(pk=owner).first()
    hop = record.team_id is not None and team is not None and team.pk != record.team_id
    if team is None:
        raise ValidationError({"team": _t("Choose a group.")})
    if wanted and owner is None:
        raise ValidationError({"owner": _t("Choose one of the list: this one does not exist or is not yours to use.")})
    if hop and not why.strip():
        raise ValidationError({"why": _t("Say why the group changes: the next one reads it first.")})
    extra = {"hops": record.hops + 1, "previous_team": record.team} if hop else {}
    return write.change(record, by, needs="incident.assign", event="incident.reassigned", data={"why": why.strip()},
                        team=team, owner=owner or (None if hop else record.owner), **extra)


@INCIDENT.action(label=_("Send back"), needs="incident.assign", icon="undo-2",
                 when=lambda record: record.is_open and record.previous_team_id is not None)
def send_back(record: Incident, by: Actor, why: Annotated[str, Ask(_("Reason"), lines=2)]):
    """Return an incident to the group that it came from."""
    return reassign(record, by, team=record.previous_team, why=why)


@INCIDENT.action(label=_("Set priority"), needs="incident.override", icon="flag", hotkey="P", when=_is_open)
def override_priority(record: Incident, by: Actor,
                      priority: Annotated[int, Ask(_("Priority"), options=lambda record, by: PRIORITIES)],
                      why: Annotated[str, Ask(_("Reason"), lines=2)]):
    """Set a priority against the matrix; the reason stays with the incident."""
    return write.change(record, by, needs="incident.override", event="incident.prioritised", data={"why": why},
                        priority=int(priority), priority_reason=why.strip()[:250])


@INCIDENT.action(label=_("Follow the matrix again"), needs="incident.override", icon="table",
                 when=lambda record: record.is_open and bool(record.priority_reason))
def follow_matrix(record: Incident, by: Actor):
    """Give the priority back to impact and urgency."""
    return write.change(record, by, needs="incident.override", event="incident.prioritised",
                        data={"why": _t("by impact and urgency")}, priority_reason="")


@INCIDENT.action(label=_("Report it again"), needs="incident.reply", icon="copy", after_close=True, quiet=True,
                 when=lambda record: record.state == "closed")
def follow_up(record: Incident, by: Actor, text: Annotated[str, Ask(_("What happens now"), lines=4)]):
    """Open a new incident that continues a closed one, with its facts copied and both linked."""
    copied = {n: getattr(record, n) for n in ("service", "site", "category", "impact", "urgency") if getattr(record, n)}
    if record.service_id and not by.may("service.see", record.service):
        copied.pop("service", None)
    made = write.open_record(INCIDENT, by, title=record.title, description=text, channel="portal", requester=record.requester, **copied)
    write.change(made, system("Praxis", record.organisation_id), event="incident.reassigned", data={"why": record.number},
                 team=record.team, restricted=record.restricted)
    write.link(made, record, "follow_up", by, needs="see")
    return made
