from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Permission, registry

registry.declare(
    Permission("sources.keep", _("Say which sources are believed"), {"configuration_manager": "all", "administrator": "all"}),
    EventType("source.saved", _("changed a source"), "scan-barcode"),
)
