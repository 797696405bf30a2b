from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import Permission, registry

registry.declare(Permission("imports.run", _("Import tables"), {"administrator": "all"}))
