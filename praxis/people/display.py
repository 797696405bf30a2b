"""Who is administered where: organisations, people, groups, roles and what they may do."""

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Rows, administer

from .models import Grant, Membership, Organisation, Person, Role, Site, Team

administer(
    Rows(key="organisations", label=_("Organisations"), one=_("Organisation"), place="organisation", model=Organisation, home="pk",
         columns=("name", "key", "zone", "country"), form=("name", "key", "zone", "country"), natural=("key",), find=("name",), order=("name",),
         needs="people.manage", about=_("The companies that Praxis serves. No record and no person crosses from one to another."), removable=False,
         hints={"key": _("Short, for addresses and files; it stays."), "zone": _("Such as Europe/Berlin"), "country": _("DE")}),
    Rows(key="people", label=_("People"), one=_("Person"), place="organisation", model=Person, columns=("name", "email", "job", "department", "is_active"),
         form=("organisation", "name", "email", "phone", "job", "department", "site", "manager", "vip", "zone", "is_active"),
         natural=("organisation", "email"), find=("name", "email", "job"), order=("name",), needs="people.manage", portable=False, removable=False,
         filters=("organisation", "site"), joins=("organisation",), fresh=lambda: {"password": make_password(None)},
         links=((_("Roles"), "/admin/grants?person={pk}"), (_("Groups"), "/admin/members?person={pk}"), (_("What this person may do"), "/admin/why?person={pk}")),
         about=_("Somebody who leaves is made inactive: sessions, tokens and feeds end at once, what they wrote stays. Without a role somebody may do nothing: give or import roles under Who has which role.")),
    Rows(key="teams", label=_("Groups"), one=_("Group"), place="organisation", model=Team, columns=("name", "organisation", "is_desk"),
         form=("name", "organisation", "is_desk"), natural=("organisation", "name"), find=("name",), order=("name",), needs="people.manage",
         joins=("organisation",), links=((_("Members"), "/admin/members?team={pk}"),), about=_("Groups that work is assigned to."),
         hints={"organisation": _("Empty: it serves all."), "is_desk": _("Takes what comes in without a group.")}),
    Rows(key="members", label=_("Members of groups"), one=_("Membership"), place="organisation", model=Membership, columns=("person", "team", "leads", "takes"),
         form=("person", "team", "leads", "takes"), natural=("person", "team"), home="person__organisation", find=("person__name", "team__name"),
         order=("team__name", "person__name"), joins=("person", "team"), filters=("person", "team"), needs="people.manage", portable=False, hints={"takes": _("Gets work by the rule of the group, if it has one")}),
    Rows(key="sites", label=_("Sites"), one=_("Site"), place="organisation", model=Site, columns=("name", "city", "organisation", "zone"),
         form=("organisation", "name", "city", "zone"), natural=("organisation", "name"), find=("name", "city"), order=("name",), joins=("organisation",),
         needs="people.manage"),
    Rows(key="roles", label=_("Roles and rights"), one=_("Role"), place="organisation", model=Role, home="", columns=("label", "key"),
         form=("label", "key", "permissions"), natural=("key",), find=("label", "key"), order=("label",), needs="people.manage",
         about=_("A role is a table of permissions with how far each reaches: own, team, organisation or all."),
         hints={"permissions": _("A line each, such as incident.work: team")}, links=((_("Who has it"), "/admin/grants?role={pk}"),)),
    Rows(key="grants", label=_("Who has which role"), one=_("Grant"), place="organisation", model=Grant, columns=("person", "role", "organisation"),
         form=("person", "role", "organisation"), natural=("person", "role", "organisation"), home="person__organisation",
         find=("person__name", "role__label"), order=("person__name",), joins=("person", "role", "organisation"), filters=("person", "role"),
         needs="people.manage", hints={"organisation": _("Empty: in every organisation, for the provider's own staff.")}, portable=False),
)
