"""What is asked of every practice: terms, rights, mandatory fields, reports, the trail, notification, the archive."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from praxis.abilities.fields.models import CustomField
from praxis.abilities.measures.models import Snapshot
from praxis.abilities.notices.models import Notice
from praxis.people.models import Role

from .criteria import PRACTICES, Proof, each, has, practice, rows_of, some, told

SHARED = {
    "incident": ("incident", _("Incident management"), "INC", "/k/incident"),
    "problem": ("problem", _("Problem management"), "PRB", "/k/problem"),
    "change": ("change", _("Change enablement"), "CHG", "/k/change"),
    "item": ("item", _("Service configuration management"), "CMD", "/k/item"),
    "agreement": ("agreement", _("Service level management"), "SLM", "/k/agreement"),
}
PRACTICES.update((key, label) for key, label, _prefix, _screen in SHARED.values())


def _roles(kind):
    def prove(reading):
        """Roles differ in what they may do with records of the kind."""
        grants = {tuple(sorted((k, v) for k, v in r.permissions.items() if k.startswith(f"{kind}."))) for r in Role.objects.all()}
        used = len(grants) > 1 and reading.rows(kind, standing=True).exists()
        return Proof(len(grants), len(grants), where="/admin/roles") if used else Proof(0, 0)

    return prove


def _days(kind):
    def prove(reading):
        rows = Snapshot.objects.filter(kind=kind)
        if (organisations := reading.actor.organisations()) is not None:
            rows = rows.filter(organisation__in=organisations)
        found = rows.count()
        return Proof(found, found, where="/reports")

    return prove


def begin(kind):
    """The general criteria of one kind, and `add` for its own."""
    key, _label, prefix, screen = SHARED[kind]
    add = practice(key, prefix, screen, kind)
    standing = kind in ("item", "agreement")
    opened, moved = f"{kind}.opened", f"{kind}.moved"
    add(_("What may be seen, opened, changed, authorised and closed depends on the role"), "tests/contracts/test_every_kind.py::test_may_and_visible_to_agree_for_every_role", _roles(kind), "/admin/roles")
    add(_("Any field can be made mandatory"), "tests/abilities/test_fields.py::test_a_required_field_is_asked_by_every_door",
        rows_of(kind, CustomField, "/admin/fields", Q(kind=kind, required=True)), "/admin/fields")
    add(_("A number of its own and a moment of opening, both in the trail"), "tests/contracts/test_every_kind.py::test_opened_carries_every_initial_value",
        each(kind, lambda: told(opened) & ~Q(number=""), standing=standing))
    add(_("The trail tells who did what and when, also who closed it"), "tests/contracts/test_every_kind.py::test_every_change_leaves_one_event_with_before_after_and_words",
        each(kind, lambda: told(moved, actor_name__gt=""), ~Q(phase="open"), standing=standing))
    add(_("Reports and figures over past time from stored records"), "tests/abilities/test_measures.py::test_history_does_not_change_when_records_do", _days(kind), "/reports")
    add(_("People are notified by themselves"), "tests/interfaces/test_admin.py::test_notices_are_shown_and_marked_read", some(kind, lambda: has(Notice), standing=standing))
    add(_("What is closed stays in the same store and can be found"), "tests/records/test_faults.py::test_t_h12_what_is_final_stays", some(kind, Q(phase="final"), standing=standing))
    return add
