from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Panel, Rows, administer, contribute
from praxis.records import extras

from .models import CustomField


def _more(record, by):
    """Values of fields that have no place among the properties, under their labels; most records have none and cost no query."""
    if not record.custom:
        return None
    declared = extras.on(record, by).values()
    rows = [(f.label, f.words(record.custom[f.key])) for f in declared if not f.on_page and record.custom.get(f.key) not in (None, "")]
    return {"rows": rows} if rows else None


contribute("*", Panel(key="fields.more", title=_("More facts"), slot="rail", template="fields/more.j2", load=_more, on=("*.field.custom.*",), order=70))
administer(
    Rows(key="fields", label=_("Fields"), one=_("Field"), place="desk", model=CustomField, columns=("label", "kind", "type", "key", "required", "position"),
         form=("kind", "key", "label", "type", "options", "organisation", "hint", "section", "position", "required", "portal", "on_page", "in_list", "indexed", "when"),
         natural=("organisation", "kind", "key"), find=("label", "key", "kind"), order=("kind", "position", "pk"), joins=("organisation",),
         about=_("Facts of your own on any kind of record: in its form, page, list, filters, search, export, import and the API."),
         hints={"kind": _("incident, service, agreement …"), "key": _("Its name in addresses and files; it stays."), "options": _("A line each, such as - Red"),
                "organisation": _("Empty: on the records of all"), "required": _("Asked when a record is opened"), "portal": _("Requesters are asked too"),
                "position": _("Order, small first"), "indexed": _("On PostgreSQL: lists filtered by it stay fast among very many records; costs a little at each write"), "when": _("The field exists only where this condition holds; empty: always")}),
)
