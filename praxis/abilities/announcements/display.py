from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Rows, administer

from .models import Announcement

administer(
    Rows(key="announcements", label=_("Announcements"), one=_("Announcement"), place="desk", model=Announcement, needs="announcements.write",
         columns=("title", "tone", "audience", "starts_at", "ends_at", "organisation"), joins=("organisation",),
         form=("title", "text", "tone", "audience", "organisation", "site", "starts_at", "ends_at"), natural=("organisation", "title", "starts_at"),
         find=("title",), order=("-starts_at",), portable=False, about=_("Shown on top of the portal and of My work while they are in force."),
         hints={"organisation": _("Empty: to all"), "site": _("Empty: to all sites")}),
)
