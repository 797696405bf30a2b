"""Problem management: what is asked, and the records that show it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from praxis.practices.problem.models import Cause, Cluster

from .criteria import each, has, linked, rows_of, some, told
from .general import begin

add = begin("problem")
T = "tests/practices/test_problem.py::"

add(_("A record of its own, apart from incidents, with how it was found"), T + "test_prb02_raised_from_an_incident_with_its_facts", each("problem", ~Q(how="")))
add(_("Opened before any incident, from a trend, an event or a review"), "tests/practices/test_problem_value.py::test_prb08_alike_incidents_become_one_problem", some("problem", ~Q(how="incidents")))
add(_("Many incidents belong to one problem"), T + "test_a_list_of_the_incidents_of_a_problem", some("problem", lambda: linked("problem")))
add(_("Impact and urgency give the priority"), T + "test_prb02_raised_from_an_incident_with_its_facts", each("problem", Q(priority__gte=1, priority__lte=5)))
add(_("Causes with evidence, by several methods over one set"), T + "test_prb06_one_set_of_causes_in_every_way", some("problem", lambda: has(Cause, "problem")))
add(_("A root cause that is called proved rests on evidence"), T + "test_pm5_a_cause_is_versioned_and_a_proof_needs_evidence",
    each("problem", lambda: ~has(Cause, "problem", sure="proved", evidence="", shown=None), lambda: has(Cause, "problem", sure="proved")))
add(_("A known error says symptom, cause and workaround"), T + "test_pm3_a_published_workaround_is_on_every_open_incident_and_found_by_the_next",
    each("problem", ~Q(workaround="") & (~Q(root_cause="") | ~Q(symptoms="")), Q(known_at__isnull=False)))
add(_("The workaround reaches the open incidents and their callers"), T + "test_prb03_the_open_incidents_and_their_callers_are_told_at_once", some("problem", lambda: told("problem.communicated")))
add(_("A change is raised from it, and its result flows back"), T + "test_a_change_that_went_well_proposes_to_resolve_its_problem", some("problem", lambda: linked("fixed_by")))
add(_("Whoever is resolved says how; an accepted risk says why"), T + "test_prb04_an_accepted_risk_resolves_nobody_and_says_why",
    each("problem", ~Q(close_code="") & (~Q(close_code="risk_accepted") | ~Q(accepted_why="")), Q(state__in=("resolved", "closed"))))
add(_("A major problem is reviewed before it closes"), T + "test_prb10_a_major_problem_closes_with_its_review_only", each("problem", ~Q(review=""), Q(major=True, state="closed")))
add(_("Trends are looked for by themselves"), "tests/practices/test_problem_value.py::test_prb08_alike_incidents_become_one_problem", rows_of("problem", Cluster, "/problems/clusters"), "/problems/clusters")
