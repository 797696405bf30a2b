"""What becomes of the differences of a finished stock-take."""

from django.utils.translation import gettext as _

from praxis.kernel import listen
from praxis.kernel.actors import system
from praxis.kernel.errors import NotPossible
from praxis.kernel.jobs import task
from praxis.records import write

from . import differences
from .models import Stocktake


@task()
def settle(pk):
    """Report missing what was not found and bring here what was found, as the one who finished it ticked; safe to repeat. Returns how many of each."""
    record = Stocktake.objects.select_related("stockroom", "site").get(pk=pk)
    by, now, done = system("Praxis", record.organisation_id), differences.of(record), [0, 0]
    because = _("Stock-take %s") % record.number
    for asset in now.missing if record.report_missing else ():
        done[0] += _tried(lambda a=asset: write.move(a, by, "lose", because=because))
    for asset in now.strays if record.bring_here and (record.stockroom or record.site) else ():
        done[1] += _tried(lambda a=asset: _bring(a, record, by, because))
    if any(done):
        write.note(record, by, needs="stocktake.see", event="stocktake.settled", data={"words": _("%(missing)s reported missing, %(brought)s brought here") % {"missing": done[0], "brought": done[1]}})
    return done


def _tried(doing):
    """1 if it was possible; somebody may have done something else with the asset since it was counted."""
    try:
        doing()
        return 1
    except NotPossible:
        return 0


def _bring(asset, record, by, because):
    """Where it was found is where it is: into the stockroom, or to the site."""
    if record.site_id:
        write.change(asset, by, event="asset.relocated", site=record.site, because=because, data={"words": record.site.name})
    elif asset.state in ("missing", "stolen"):
        write.move(asset, by, "find", stockroom=record.stockroom, because=because)
    elif asset.state == "in_stock":
        write.change(asset, by, event="asset.relocated", stockroom=record.stockroom, because=because, data={"words": record.stockroom.name})
    elif asset.state == "in_use":
        write.move(asset, by, "take_back", stockroom=record.stockroom, because=because)
    else:
        raise NotPossible(asset.state)


@listen.on("stocktake.moved")
def finished(event):
    """Differences are settled by a job, since they may be many."""
    if event.data.get("move") == "finish":
        settle.enqueue(event.subject)
