from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, registry


def _snippet(event):
    return event.data.get("files") and ", ".join(event.data["files"])


registry.declare(
    EventType("conversation.replied", _("replied"), "reply"),
    EventType("conversation.noted", _("wrote an internal note"), "lock"),
    EventType("conversation.pinned", _("pinned an entry"), "flag"),
    EventType("conversation.unpinned", _("let a pinned entry go"), "flag"),
    EventType("conversation.attached", _("attached"), "paperclip", _snippet),
)
