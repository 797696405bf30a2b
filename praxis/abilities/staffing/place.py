"""Gives a record without an owner to somebody of its group, by the group's rule, and says why (SETTLED 21)."""

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _t

from praxis.kernel.actors import system
from praxis.kernel.errors import Conflict
from praxis.kernel.now import now
from praxis.people.models import Membership, Person
from praxis.records import write
from praxis.records.models import Record

from . import choice
from .models import AssignmentRule, Skill, SkillNeed, Turn, Unplaced
from .read import presence


def place(pk):
    """Assign the record of this id if it is open, has a group with a rule and no owner; returns the person's id or None."""
    with write.writing():
        base = Record.objects.filter(pk=pk, is_open=True, owner=None).first()
        rule = base and AssignmentRule.objects.select_for_update().filter(team=base.team_id).first()
        if rule is None:
            return None
        record = base.type.model.objects.select_related("team", "service").get(pk=pk)
        candidates, needed = candidates_for(record, rule)
        chosen, passed = choice.choose(candidates, rule.way, rule.most_open)
        names = {c.id: c.name for c in candidates}
        over = "; ".join(f"{names[i]} {why}" for i, why in passed.items())
        if chosen is None:
            _nobody(record, needed, over)
            return None
        how = dict(AssignmentRule.WAYS)[rule.way]
        try:
            write.change(record, system("Praxis", record.organisation_id), event="staffing.assigned", seen=record.version, owner=chosen.id,
                         data={"to": chosen.name, "why": str(how), "skill": needed, "passed": over, "tell": [chosen.id],
                               "words": _t("%(number)s was given to you: %(title)s") % {"number": record.number, "title": record.title}})
        except Conflict:
            return None  # somebody took it first
        turn = (Turn.objects.filter(rule=rule).aggregate(last=Max("last"))["last"] or 0) + 1
        Turn.objects.update_or_create(rule=rule, person_id=chosen.id, defaults={"last": turn})
        Unplaced.objects.filter(record=record.pk).delete()
        return chosen.id


def candidates_for(record, rule):
    """([Candidate], the needed skill or "") of the members that take work by the rule and may see the record's organisation."""
    members = Membership.objects.filter(team=rule.team_id, takes=True, person__is_active=True)
    people = list(Person.objects.filter(pk__in=members.values("person")).select_related("organisation").order_by("name"))
    ids, at = [p.pk for p in people], now()
    opened = dict(Record.objects.open().filter(owner__in=ids).order_by().values_list("owner").annotate(n=Count("pk")))
    last = dict(Turn.objects.filter(rule=rule).values_list("person", "last"))
    needed = needed_skill(record) if rule.by_skill else ""
    skilled = set(Skill.objects.filter(person__in=ids, name=needed).values_list("person", flat=True)) if needed else set(ids)
    here = presence(people, at)
    return [choice.Candidate(p.pk, p.name, here[p.pk].why, opened.get(p.pk, 0), p.pk in skilled, last.get(p.pk, 0)) for p in people], needed


def needed_skill(record):
    """The skill that the record's service or category asks for; the longest branch of the categories counts."""
    path = getattr(getattr(record, "category", None), "path", "")
    number = record.service.number if record.service_id else ""
    rows = SkillNeed.objects.filter(Q(organisation=None) | Q(organisation=record.organisation_id))
    fits = [n for n in rows if n.service and n.service == number or n.category and path.startswith(n.category)]
    best = max(fits, key=lambda n: (len(n.category), bool(n.service)), default=None)
    return best.skill if best else ""


def _nobody(record, needed, over):
    """Left without an owner, flagged, and the leads are told once (LD1)."""
    _row, new = Unplaced.objects.get_or_create(record_id=record.pk, defaults={"at": now()})
    if not new:
        return
    leads = list(Membership.objects.filter(team=record.team_id, leads=True, person__is_active=True).values_list("person", flat=True))
    why = over or _t("the group has no members that take work")
    write.note(record, system("Praxis", record.organisation_id), needs=f"{record.kind}.see", event="staffing.nobody",
               data={"why": why, "skill": needed, "tell": leads, "words": _t("%s: nobody of the group can take it") % record.number})
