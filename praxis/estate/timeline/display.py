"""The way from a service or an item to its timeline."""

from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Panel, contribute

from . import read


def _latest(record, by):
    """The last few entries; the page has the rest and the past."""
    if not by.has("desk.work"):
        return None
    return {"rows": read.entries(record, by, most=6)}


for key in read.SUBJECTS:
    contribute(key, Panel(key="timeline.latest", title=_("Timeline"), slot="rail", template="timeline/latest.j2", load=_latest, on=("record.linked", "record.unlinked"), order=34, lazy=True))
