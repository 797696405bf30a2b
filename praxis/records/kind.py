"""What is declared for every record, whatever its kind."""

from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, registry

registry.declare(EventType("record.linked", _("linked"), "link-2", lambda e: f"{e.data['words']} {e.data['to']}"))
