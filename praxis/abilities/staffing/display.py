from django.db.models import BooleanField, Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Field, Mark, Rows, administer, contribute

from .models import Absence, AssignmentRule, Shift, Skill, SkillNeed, Unplaced


def _is_unplaced():
    return Exists(Unplaced.objects.filter(record=OuterRef("pk")))


def _mark():
    """The same as plain SQL, for lists and pages."""
    return RawSQL('EXISTS(SELECT 1 FROM "staffing_unplaced" u WHERE u."record_id" = "records_record"."id")', (), BooleanField())


def _where(fact, test, actor, kind):
    wanted = test.values[:1] and test.values[0].lower() in ("1", "true", "yes")
    return _is_unplaced() if wanted else ~_is_unplaced()


contribute(
    "*",
    Mark("unplaced", "staffing/marks.j2:unplaced", ask=_mark,
         read=lambda r: r.unplaced_mark if hasattr(r, "unplaced_mark") else r.is_open and not r.owner_id and Unplaced.objects.filter(pk=r.pk).exists()),
    Field(key="unplaced", label=_("Nobody was found"), icon="circle-alert", type="yes", edit=False, where=_where, ops=("is",),
          read=lambda r: _("Yes") if Unplaced.objects.filter(pk=r.pk).exists() else _("No")),
)
PLAN = {"place": "desk", "needs": "staffing.plan", "home": "person__organisation", "portable": False}
administer(
    Rows(key="absences", label=_("Absences and cover"), one=_("Absence"), model=Absence, columns=("person", "starts_at", "ends_at", "substitute"),
         form=("person", "starts_at", "ends_at", "substitute", "note"), natural=("person", "starts_at"), find=("person__name",), order=("-starts_at",),
         joins=("person", "substitute"), filters=("person",), about=_("Who is away gets nothing by rule; who covers sees the open work on My work."), **PLAN),
    Rows(key="shifts", label=_("Shifts"), one=_("Shift"), model=Shift, columns=("person",), form=("person", "week"), natural=("person",), find=("person__name",),
         order=("person__name",), joins=("person",), about=_("Hours of a week, in the person's own zone. Who has none counts as there."),
         hints={"week": _("A line a day, such as mon: [\"08:00-16:00\"]; a night: mon: [\"22:00-24:00\"] and tue: [\"00:00-06:00\"]")}, **PLAN),
    Rows(key="skills", label=_("Skills"), one=_("Skill"), model=Skill, columns=("person", "name"), form=("person", "name"), natural=("person", "name"),
         find=("person__name", "name"), order=("person__name", "name"), joins=("person",), **PLAN),
    Rows(key="skill-needs", label=_("Which skill which work needs"), one=_("Need of a skill"), place="desk", needs="staffing.plan", model=SkillNeed,
         columns=("skill", "service", "category", "organisation"), form=("skill", "service", "category", "organisation"),
         natural=("organisation", "skill", "service", "category"), find=("skill", "service", "category"), order=("skill",), joins=("organisation",),
         hints={"service": _("Its number, such as SVC-4"), "category": _("The beginning of its path, such as Network")}),
    Rows(key="assignment", label=_("Assignment by rule"), one=_("Rule of assignment"), place="desk", needs="staffing.plan", model=AssignmentRule, home="team__organisation",
         columns=("team", "way", "by_skill", "most_open"), form=("team", "way", "by_skill", "most_open"), natural=("team",), find=("team__name",), order=("team__name",),
         joins=("team",), portable=False, about=_("How work without an owner finds one: never somebody who is away, off shift or full; if nobody is left, the leads are told."),
         hints={"most_open": _("Who has as much open gets no more"), "by_skill": _("Only who has the skill that the work needs")}),
)
