from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import LinkType, registry

registry.declare(
    LinkType("related", _("related to"), _("related to")),
    LinkType("same_cause", _("same cause as"), _("same cause as")),
    LinkType("duplicate", _("duplicate of"), _("duplicated by")),
    LinkType("follow_up", _("follows up"), _("followed up by")),
    LinkType("caused_by", _("caused by"), _("caused")),
)
