"""Rights and events of the major-incident procedure; the record is the incident itself."""

from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry

LEADS = dict.fromkeys(("major_incident_manager", "incident_manager", "team_lead", "administrator"), "all")
WORKERS = LEADS | dict.fromkeys(("agent", "specialist", "communications_lead", "problem_manager", "change_manager", "service_owner"), "all")


def words(event):
    return event.data.get("words", "")


registry.declare(
    Permission("major.declare", _("Declare major incidents"), LEADS),
    Permission("major.lead", _("Lead major incidents"), LEADS),
    Permission("major.work", _("Work in the room of a major incident"), WORKERS),
    Permission("major.tell", _("Tell everybody about a major incident"), LEADS | {"communications_lead": "all"}),
    EventType("major.saved", _("changed the major incident"), "siren"),
    EventType("part.saved", _("changed a role"), "users"),
    EventType("line.saved", _("logged"), "pencil"),
    EventType("told.saved", _("told everybody"), "megaphone"),
    EventType("major.proposed", _("proposed it as a major incident"), "siren", words, internal=True),
    EventType("major.rejected", _("rejected it as a major incident"), "x", words, internal=True),
    EventType("major.declared", _("declared a major incident"), "siren", words),
    EventType("major.logged", _("logged in the room"), "pencil", words, internal=True),
    EventType("major.role", _("gave a role"), "users", words, internal=True),
    EventType("major.staged", _("said where it stands"), "flag", words),
    EventType("major.told", _("told everybody"), "megaphone", words),
    EventType("major.late", _("noted that an update is due"), "clock", words, internal=True),
    EventType("major.ended", _("stood down"), "check", words),
    EventType("major.demoted", _("took the major incident back"), "undo-2", words),
    EventType("major.reviewed", _("wrote the review"), "clipboard-check"),
)
