"""Service level management: what is asked, and the records that show it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from praxis.abilities.clocks.models import Calendar, Clock, Excuse, TargetSet
from praxis.practices.availability.models import Objective

from .criteria import Proof, each, has, rows_of, some, told
from .general import begin

add = begin("agreement")
T = "tests/practices/test_agreement.py::"
C = "tests/practices/test_incident.py::"


def _objectives(reading):
    """Objectives of services that the reader may see."""
    found = Objective.objects.filter(is_active=True, service__in=reading.rows("service", True).values("pk")).count()
    return Proof(found, found, where="/k/service")


def _excuses(reading):
    rows = Excuse.objects.filter(clock__record__in=reading.rows("incident").values("pk"))
    found = rows.exclude(state="asked").count()
    return Proof(found, rows.exclude(state="asked").filter(decided_by__isnull=False).count(), where="/k/incident")


add(_("Agreements with customers, inside, and with suppliers"), T + "test_an_agreement_in_force_decides_which_promises_count", each("agreement", ~Q(basis=""), standing=True))
add(_("An agreement in force names its services"), "tests/practices/test_served.py::test_a_customers_incident_may_use_a_service_that_an_agreement_gives_it", each("agreement", ~Q(services=[]), Q(state__in=("in_force", "under_review")), True))
add(_("Promises for response and solution, by priority"), T + "test_each_target_has_its_own_clock", rows_of("incident", TargetSet, "/admin/levels", reach=False), "/admin/levels")
add(_("Hours, holidays and zones decide what counts"), "tests/practices/test_availability.py::test_hours_and_customers_have_their_own", rows_of("incident", Calendar, "/admin/calendars"), "/admin/calendars")
add(_("Clocks begin, stand and end by themselves"), C + "test_clocks_pause_resume_and_are_met", each("incident", lambda: has(Clock)), "/k/incident")
add(_("Told before a promise breaks"), T + "test_levels_are_told_once_even_after_a_restart", some("incident", lambda: told("clock.warned")), "/k/incident")
add(_("Every promise says why it runs, stands or broke"), C + "test_slm08_the_explanation_is_made_by_the_same_function", some("incident", lambda: has(Clock, state__in=("met", "missed"))), "/k/incident")
add(_("An excuse for a broken promise has a second person"), T + "test_an_excuse_needs_a_second_person", _excuses, "/k/incident")
add(_("Availability is agreed for services"), "tests/practices/test_availability.py::test_v_b1_to_v_b3_over_the_graph", _objectives, "/k/service")
add(_("Outages have a beginning, an end and a cause"), "tests/practices/test_availability.py::test_an_outage_names_what_is_out_and_ends_after_it_begins",
    each("outage", Q(began_at__isnull=False, ended_at__isnull=False) & ~Q(cause=""), Q(state__in=("ended", "confirmed"))), "/k/outage")
add(_("Review days are kept: no agreement in force is overdue unseen"), T + "test_owners_are_reminded_of_a_review_once", each("agreement", Q(review_on__isnull=False), Q(state__in=("in_force", "under_review")), True))
