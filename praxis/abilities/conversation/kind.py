from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry


def _snippet(event):
    return event.data.get("files") and ", ".join(event.data["files"])


registry.declare(
    Permission("answers.write", _("Write saved answers"), {"team_lead": "all", "incident_manager": "all", "administrator": "all"}),
    EventType("answer.saved", _("changed a saved answer"), "message-square"),
    EventType("conversation.replied", _("replied"), "reply"),
    EventType("conversation.elsewhere", _("heard what was said to"), "git-merge", lambda e: e.data.get("words", ""), internal=True),
    EventType("conversation.noted", _("wrote an internal note"), "lock"),
    EventType("conversation.pinned", _("pinned an entry"), "flag"),
    EventType("conversation.unpinned", _("let a pinned entry go"), "flag"),
    EventType("conversation.attached", _("attached"), "paperclip", _snippet),
)
