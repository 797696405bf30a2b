"""Owners are reminded of reviews in time."""

from datetime import timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from praxis.kernel.actors import system
from praxis.kernel.jobs import every, task
from praxis.kernel.now import now
from praxis.records import write

from .models import Agreement

AHEAD = timedelta(days=30)


@task()
def remind_of_reviews():
    """Tell owners of agreements whose review is at most thirty days away, once a review date; returns how many."""
    soon = Agreement.objects.filter(phase="standing", review_on__lte=now().date() + AHEAD)
    due = list(soon.filter(Q(reminded_for=None) | ~Q(reminded_for=F("review_on"))))
    for agreement in due:
        by = system("Praxis", agreement.organisation_id)
        write.change(agreement, by, event="agreement.review_due", reminded_for=agreement.review_on,
                     data={"tell": [agreement.owner_id] if agreement.owner_id else [],
                           "words": _("%(number)s is to be reviewed on %(day)s") % {"number": agreement.number, "day": agreement.review_on}})
    return len(due)


every("12 5 * * *", remind_of_reviews)
