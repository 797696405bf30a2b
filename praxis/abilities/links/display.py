from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Panel, contribute
from praxis.records.models import Link
from praxis.records.read import briefs

MOST = 20


def _related(record, by):
    rows = Link.objects.filter(Q(source=record.pk) | Q(target=record.pk)).select_related("source", "target").order_by("-id")[:MOST]
    others = [link.target if link.source_id == record.pk else link.source for link in rows]
    things = briefs(others, by)
    add = f"/r/{record.number}/do/link" if by.may(f"{record.kind}.link", record) else None
    if not things and not add:
        return None
    return {"things": things, "note": _t("%s linked") % len(things) if things else "", "add": add}


contribute("*", Panel(key="links.related", title=_("Related"), slot="rail", template="links/related.j2", load=_related,
                      on=("record.linked",), order=60))
