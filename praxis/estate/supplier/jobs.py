"""Contracts tell in time that a decision is due, renew themselves as agreed, and end (AST-05)."""

from datetime import timedelta

from django.utils.translation import gettext as _

from praxis.kernel.actors import system
from praxis.kernel.jobs import every, task
from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.lib.months import after
from praxis.records import write

from .models import Contract


def _days(text):
    if not (found := text.replace(",", " ").split()) or not all(w.isdecimal() and int(w) <= 3650 for w in found):
        raise ValueError("Write days such as 90, 30, 7.")


AHEAD = Setting("contract.warnings", str, "90, 30, 7", "How many days before the last day of notice, or before the end, owners of contracts are told", valid=_days)


@task()
def watch():
    """Warn, renew and end what is due today; safe to repeat. Returns (warned, renewed, ended)."""
    today, done = now().date(), [0, 0, 0]
    for contract in Contract.objects.filter(phase="standing", ends_on__isnull=False, ends_on__lt=today).order_by("pk"):
        by = system("Praxis", contract.organisation_id)
        if contract.state == "in_force" and contract.renewal_months:
            until = contract.ends_on
            while until < today:
                until = after(until, contract.renewal_months)
            write.change(contract, by, event="contract.renewed", ends_on=until, warned=None, data=_told(contract, _("until %s") % until))
            done[1] += 1
        else:
            write.change(contract, by, event="contract.ended", state="ended", closed_at=now(), ending=contract.ending or _("Its time was over."), data=_told(contract, _("on %s") % contract.ends_on))
            done[2] += 1
    for contract in Contract.objects.filter(state="in_force", notice_on__isnull=False, notice_on__gte=today).order_by("pk"):
        days = sorted(map(int, AHEAD(contract.organisation_id).replace(",", " ").split()), reverse=True)
        due = [d for d in days if contract.notice_on - timedelta(days=d) <= today]
        if due and (contract.warned is None or due[-1] < contract.warned):
            what = _("the last day of notice, %s") if contract.notice_days or contract.renewal_months else _("its end, %s")
            write.change(contract, system("Praxis", contract.organisation_id), event="contract.warned", warned=due[-1], data=_told(contract, what % contract.notice_on))
            done[0] += 1
    return done


def _told(contract, words):
    return {"tell": [contract.owner_id] if contract.owner_id else [], "words": words}


every("30 5 * * *", watch)
