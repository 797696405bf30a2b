"""What is declared for every record, whatever its kind."""

from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, LinkType, registry

from .models import BLOCKS

registry.declare(
    LinkType(BLOCKS, _("blocks"), _("is blocked by")),
    EventType("record.linked", _("linked"), "link-2", lambda e: f"{e.data['words']} {e.data['to']}"),
    EventType("moverule.saved", _("changed a step of the lifecycle"), "workflow"),
    EventType("feed.saved", _("changed an address of a list"), "link-2"),
    EventType("record.unlinked", _("took away the link"), "link-2", lambda e: f"{e.data['words']} {e.data['to']}"),
    EventType("record.blocked", _("let it wait"), "pause", lambda e: e.data["by"], internal=True),
    EventType("record.released", _("let it go on"), "play", lambda e: e.data["by"], internal=True),
)
