"""Change enablement: what is asked, and the records that show it."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from praxis.abilities.approvals.models import Ask, Round
from praxis.abilities.tasks.models import Task
from praxis.practices.change.models import ChangeModel, Window

from .criteria import each, has, linked, rows_of, some, told
from .general import begin

add = begin("change")
T = "tests/practices/test_change.py::"
A = "tests/practices/test_change_approvals.py::"
R = "tests/practices/test_change_risk.py::"
BEGUN = Q(started_at__isnull=False)


def _asked(**more):
    return Q(Exists(Ask.objects.filter(step__round__record=OuterRef("pk"), **more)))


add(_("Models for normal, standard and emergency changes"), T + "test_an_emergency_starts_at_once_and_cannot_close_without_its_review", rows_of("change", ChangeModel, "/admin/change-models", Q(is_active=True)), "/admin/change-models")
add(_("Nothing normal begins without authorisation"), T + "test_a_low_risk_change_needs_a_peer_and_no_more", each("change", lambda: has(Round, status="approved"), BEGUN & Q(subtype="normal")))
add(_("What is unauthorised is found and written down"), R + "test_what_discovery_finds_changed_without_a_change_is_told", some("change", Q(subtype="unauthorised")))
add(_("Risk and impact are judged before it is planned"), R + "test_the_questionnaire_sums_to_a_hundred_and_unanswered_is_not_low", each("change", Q(risk__in=("low", "moderate", "high")) & (~Q(answers={}) | ~Q(subtype="normal")), BEGUN))
add(_("Several assess and authorise, by level"), T + "test_a_high_risk_change_takes_everybody_and_a_majority_of_the_board", some("change", lambda: _asked(status="approved")), "/changes/board")
add(_("A no carries its reason, and the one who asked hears of it"), T + "test_a_no_takes_it_back_with_the_reason", each("change", lambda: ~_asked(status="rejected", comment=""), lambda: _asked(status="rejected")))
add(_("Nobody carries out what they authorised"), A + "test_nobody_carries_out_what_they_authorised", each("change", lambda: ~_asked(status="approved", answered_by=OuterRef("owner")), lambda: BEGUN & Q(subtype="normal") & _asked(status="approved")))
add(_("Names the items it touches"), T + "test_items_that_are_linked_by_hand_become_the_scope", each("change", lambda: linked("affects") | ~Q(scope=""), BEGUN))
add(_("Plans to build, to test and to go back"), T + "test_what_is_missing_is_named", each("change", ~Q(plan="") & ~Q(backout=""), BEGUN & Q(subtype="normal")))
add(_("A schedule with the projected outage"), T + "test_the_feed_is_read_by_a_calendar_library_and_ends", each("change", Q(planned_start__isnull=False, planned_end__isnull=False), BEGUN & ~Q(subtype__in=("unauthorised", "registration"))), "/changes/calendar")
add(_("Freezes and maintenance windows are kept"), "tests/practices/test_change_conflicts.py::test_a_freeze_lifts_the_risk_and_a_step_that_nobody_can_answer_is_refused", rows_of("change", Window, "/admin/change-windows", Q(is_active=True)), "/changes/calendar")
add(_("Tasks go to several groups and add up to its state"), "tests/abilities/test_tasks.py::test_l2_2_a_template_makes_ordered_tasks_for_several_groups", some("change", lambda: has(Task, "parent")))
add(_("Ends with a result"), T + "test_a_standard_change_closes_itself_and_its_model_is_suspended_after_two_failures", each("change", ~Q(result=""), Q(state__in=("review", "closed"))))
add(_("A failed or urgent one is reviewed before it closes"), T + "test_an_emergency_starts_at_once_and_cannot_close_without_its_review",
    each("change", ~Q(review=""), Q(state="closed") & (Q(subtype="emergency") | Q(result__startswith="failed"))))
add(_("Tied to incidents, problems and releases, read from both sides"), "tests/practices/test_delivery.py::test_rel05_notes_and_closing_by_links", some("change", lambda: linked("caused_by", "fixed_by", "released_in")))
add(_("The items get their new values from it"), R + "test_planned_values_are_put_on_the_items_and_taken_back", some("change", lambda: told("change.applied")))
