"""Permissions and event types of what surrounds the records: people, roles, settings."""

from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry

ROWS = ("organisation", "site", "team", "person", "role", "grant", "membership", "setting", "view")

registry.declare(
    Permission("people.see", _("See people and teams"), dict.fromkeys(("requester", "power_requester"), "organisation")
               | dict.fromkeys(("agent", "specialist", "team_lead", "change_manager", "auditor", "administrator", "incident_manager", "service_owner"), "all")),
    Permission("people.manage", _("Manage people, teams and roles"), {"administrator": "all"}),
    Permission("admin.settings", _("Change settings"), {"administrator": "all"}),
    Permission("admin.jobs", _("See and retry jobs"), {"administrator": "all"}),
    Permission("desk.work", _("Use the desk: lists, my work, search"), dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "communications_lead", "problem_manager", "change_manager", "cab_member", "release_manager", "configuration_manager", "asset_manager", "knowledge_author", "service_owner", "service_level_manager", "improvement_manager", "auditor", "administrator"), "all")),
    Permission("views.share", _("Save views for everybody"), {"team_lead": "all", "administrator": "all"}),
    *(EventType(f"{row}.saved", _("saved"), "settings-2") for row in ROWS),
    EventType("token.saved", _("changed a token"), "key-round"),
    EventType("person.viewed_as", _("looked with the eyes of"), "eye", lambda e: e.data.get("title", "")),
    EventType("person.signed_in", _("signed in"), "key-round"),
)
