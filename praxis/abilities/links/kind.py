from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, LinkType, registry

registry.declare(
    EventType("record.followed", _("let linked records follow:"), "split", lambda e: e.data.get("words", ""), internal=True),
    LinkType("related", _("related to"), _("related to")),
    LinkType("same_cause", _("same cause as"), _("same cause as")),
    LinkType("duplicate", _("duplicate of"), _("duplicated by")),
    LinkType("follow_up", _("follows up"), _("followed up by")),
    LinkType("caused_by", _("caused by"), _("caused")),
    LinkType("affects", _("affects"), _("affected by")),
    LinkType("child_of", _("child of"), _("parent of")),
    LinkType("problem", _("has the problem"), _("is the problem of")),
    LinkType("resolved_by", _("resolved by"), _("resolved")),
    LinkType("fixed_by", _("fixed by"), _("fixes")),
    LinkType("released_in", _("released in"), _("releases")),
)
