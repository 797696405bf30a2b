"""Incident management: what is asked, and the records that show it."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from praxis.abilities.alerts.models import Alert
from praxis.abilities.clocks.models import Clock
from praxis.abilities.conversation.models import Entry
from praxis.practices.incident.models import IncidentTemplate
from praxis.practices.major.models import Major

from .criteria import each, has, linked, rows_of, some, told
from .general import begin

add = begin("incident")
OVER = Q(phase__in=("done", "final")) & ~Q(state="cancelled")
T = "tests/practices/test_incident.py::"
M = "tests/practices/test_together.py::"

add(_("Opened by hand on the phone or by requesters themselves, with the way it came"), T + "test_r1_a_requester_reports_with_three_answers", each("incident", ~Q(channel="")))
add(_("Opened by a monitoring tool"), "tests/interfaces/test_alertmanager.py::test_storms_flaps_silences_and_our_restart", some("incident", lambda: has(Alert, "incident")), "/alerts")
add(_("Names whom it is for"), T + "test_t_a9_nobody_reports_in_anothers_name_without_the_right", each("incident", Q(requester__isnull=False) | Q(channel__in=("monitoring", "api"))))
add(_("Relates to configuration items"), "tests/estate/test_cmdb.py::test_an_incident_names_its_item_and_each_page_tells_of_the_other", some("incident", lambda: Q(item__isnull=False) | linked("affects")))
add(_("A category at opening and again at closing"), T + "test_inc13_resolving_needs_a_known_code_and_words", some("incident", Q(category__isnull=False, closing_category__isnull=False)))
add(_("Impact and urgency give the priority; where somebody overrides it, a reason is kept"), T + "test_inc02_priority_follows_impact_and_urgency_until_overridden",
    each("incident", ~Q(priority_reason=""), lambda: told("incident.prioritised") & ~Q(priority_reason=None)))
add(_("Likely twins, solved ones and known errors are offered while it is written down"), M + "test_inc07_open_twins_and_solved_ones_with_reasons", some("incident", lambda: linked("duplicate", "problem")), "/incidents/new")
add(_("Templates bring fields and tasks of what comes often"), "tests/practices/test_incident_templates.py::test_sdk_02_a_template_fills_the_form_and_brings_its_category_and_tasks",
    rows_of("incident", IncidentTemplate, "/admin/incident-templates", Q(is_active=True)), "/admin/incident-templates")
add(_("What is worked on is with a group and a person"), "tests/interfaces/test_web.py::test_bulk_assigns_and_names_what_was_refused", each("incident", Q(team__isnull=False, owner__isnull=False), Q(state="in_progress")))
add(_("A change of group needs a reason and is counted"), T + "test_inc12_a_change_of_group_needs_a_reason_and_counts", some("incident", Q(hops__gt=0)))
add(_("Messages and notes in one history"), "tests/abilities/test_answers.py::test_whom_an_answer_reaches", some("incident", lambda: has(Entry)))
add(_("Parents and children that close together after a look"), M + "test_inc06_children_follow_after_a_look", some("incident", lambda: linked("child_of")))
add(_("Major incidents have a procedure of their own"), "tests/practices/test_major.py::test_declaring_opens_the_room_and_promises_the_first_update", some("incident", lambda: has(Major, "incident", state__in=("declared", "stood_down"))))
add(_("Promised times are counted, warn, and stand while one waits"), T + "test_clocks_pause_resume_and_are_met", each("incident", lambda: has(Clock)), "/admin/levels")
add(_("Whoever is resolved says how: a code and words"), T + "test_inc13_resolving_needs_a_known_code_and_words", each("incident", ~Q(close_code="") & ~Q(solution=""), OVER))
add(_("Closed by its requester or by itself after the agreed days"), T + "test_inc05_closes_by_itself_after_five_working_days", each("incident", ~Q(closed_how=""), Q(state="closed")))
add(_("Comes back by an answer of its requester, and that is counted"), T + "test_inc05_reply_reopens_until_closed_and_then_opens_a_linked_one", some("incident", Q(reopened__gt=0)))
add(_("Requesters follow theirs in a portal"), T + "test_a_requester_reads_portal_words", some("incident", lambda: has(Entry, internal=False)), "/my")
add(_("A problem is raised from it with its facts"), "tests/practices/test_problem.py::test_prb02_raised_from_an_incident_with_its_facts", some("incident", lambda: linked("problem")), "/k/problem")
add(_("The change that caused it is named"), "tests/practices/test_change_risk.py::test_a_suspect_is_named_with_its_reasons_and_counts_when_confirmed", some("incident", lambda: linked("caused_by")))
add(_("Resolved not before it was opened"), "tests/abilities/test_imports.py::test_what_cannot_have_happened_is_a_bad_row", each("incident", Q(resolved_at__gte=F("opened_at")), Q(resolved_at__isnull=False)))
