"""Service configuration management: what is asked, and the records that show it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from praxis.abilities.fields.models import CustomField
from praxis.abilities.sources.models import Candidate, Merge, Sighting
from praxis.estate.asset.models import Asset
from praxis.estate.cmdb.models import AuditRule, Baseline, ItemClass, RelationType
from praxis.practices.incident.models import Incident

from .criteria import Proof, each, has, linked, rows_of, some, told
from .general import begin

add = begin("item")
T = "tests/estate/test_cmdb.py::"
R = "tests/estate/test_reconcile.py::"
LIVE = Q(state__in=("live", "in_maintenance"))

add(_("Classes of logical, physical and virtual items"), T + "test_fifty_five_classes_and_twenty_two_relations_ship", rows_of("item", ItemClass, "/admin/item-classes", Q(is_active=True)), "/admin/item-classes")
add(_("Every item has a class and a name"), T + "test_an_item_is_found_by_its_class_and_moves_through_its_life", each("item", Q(item_class__isnull=False) & ~Q(title=""), standing=True))
add(_("Serial, version, place and owner are fields that exist"), "tests/estate/test_discovery.py::test_the_sample_inventories", some("item", ~Q(serial="") | ~Q(version_of="") | ~Q(place=""), True))
add(_("Attributes of one's own are declared without code"), "tests/abilities/test_fields.py::test_each_type_is_checked_stored_and_told", rows_of("item", CustomField, "/admin/fields", Q(kind="item")), "/admin/fields")
add(_("Relations of many types, followed in both directions"), T + "test_which_end_a_failure_reaches", some("item", lambda: linked(*RelationType.objects.filter(is_active=True).values_list("key", flat=True)), True))
add(_("What was found is told apart from what was written down"), R + "test_two_sources_in_conflict_and_ranks_of_single_attributes", some("item", lambda: has(Sighting), True))
add(_("What is not sure is asked about, and no copy is made"), R + "test_cloned_vm", rows_of("item", Candidate, "/items/candidates"), "/items/candidates")
add(_("Copies are put together and taken apart again"), R + "test_merge_undone",
    lambda reading: Proof(n := Merge.objects.filter(kept__in=reading.rows("item", True).values("pk")).count(), n, where="/items/candidates"))
add(_("Baselines, and what drifted since"), "tests/estate/test_past.py::test_a_baseline_tells_what_drifted", rows_of("item", Baseline, "/items/baselines"), "/items/baselines")
add(_("An item as it was at any moment"), "tests/estate/test_past.py::test_as_of_equals_snapshots", some("item", lambda: told("item.changed", "item.moved", "record.linked"), True))
add(_("Audits count and name what breaks their rules"), "tests/estate/test_past.py::test_audit_rules_count_and_name", rows_of("item", AuditRule, "/items/audit", Q(is_active=True)), "/items/audit")
add(_("What is live answers to somebody"), T + "test_an_item_is_found_by_its_class_and_moves_through_its_life", each("item", Q(owner__isnull=False) | Q(team__isnull=False), LIVE, True))
add(_("Changes come by change records"), "tests/practices/test_change_risk.py::test_planned_values_are_put_on_the_items_and_taken_back", some("item", lambda: linked("affects"), True))
add(_("Open incidents stand on the item"), T + "test_an_incident_names_its_item_and_each_page_tells_of_the_other", some("item", lambda: has(Incident, "item"), True))
add(_("Retired and deleted ones say why and stay"), R + "test_delete_shows_what_goes_along_and_restore_brings_it_back", each("item", ~Q(removed_because=""), Q(state="deleted"), True))
add(_("Assets are tied to items"), "tests/estate/test_asset.py::test_an_item_becomes_an_asset_and_neither_fills_the_others_serial", some("item", lambda: has(Asset, "item"), True), "/k/asset")
