from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Panel, contribute

from .models import CustomField


def _more(record, by):
    """The custom values of a record under their labels; most records have none and cost no query."""
    if not record.custom:
        return None
    declared = CustomField.objects.filter(Q(organisation=None) | Q(organisation=record.organisation_id), kind=record.kind)
    rows = [(f.label, _shown(record.custom[f.key])) for f in declared.order_by("pk") if record.custom.get(f.key) not in (None, "")]
    return {"rows": rows} if rows else None


def _shown(value):
    return _t("Yes") if value is True else _t("No") if value is False else value


contribute("*", Panel(key="fields.more", title=_("More facts"), slot="rail", template="fields/more.j2", load=_more, order=70))
