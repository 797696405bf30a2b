from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Panel, contribute
from praxis.records.read import briefs, links_of

from .cascades import cascades, following

MOST = 20


def _related(record, by):
    rows = links_of(record)[:MOST]
    others = [link.target if link.source_id == record.pk else link.source for link in rows]
    things = briefs(others, by)
    add = f"/r/{record.number}/do/link" if by.may(f"{record.kind}.link", record) else None
    if not things and not add:
        return None
    return {"things": things, "note": _t("%s linked") % len(things) if things else "", "add": add}


def _follows(record, by):
    """What may follow on linked records, before anybody does it; None for kinds and states from which nothing follows."""
    if record.kind not in cascades:
        return None
    found = [(one, [f for f in steps if not f.why_not], [f for f in steps if f.why_not]) for one, steps in following(record, by)]
    return {"found": found} if found else None


contribute("*", Panel(key="links.follows", title=_("What may follow"), slot="rail", template="links/follows.j2", load=_follows, on=("*.moved", "record.linked", "record.followed"), order=3))
contribute("*", Panel(key="links.related", title=_("Related"), slot="rail", template="links/related.j2", load=_related,
                      on=("record.linked",), order=60))
