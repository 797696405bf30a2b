"""The one writer of what sources say. A record's own columns are changed by whoever asks `best`, through the writers of records."""

from django.db.models import F, Q

from praxis.kernel.now import now

from .models import Candidate, Fact, Mark, Merge, Sighting, Source


def source_of(key, organisation=None):
    """The Source of this key: the organisation's own, else everybody's; None if there is none."""
    return Source.objects.filter(Q(organisation=None) | Q(organisation=organisation), key=key).order_by(F("organisation").asc(nulls_first=True)).last()


def keep(record, values, marks, source, at):
    """What a source says of a record: values by attribute, [(sort, value)] that identify, and that it was seen. What the source no longer says of a sort is gone."""
    for name, value in values.items():
        Fact.objects.update_or_create(record_id=record.pk, attribute=name, source=source, defaults={"value": value[:200], "at": at})
    rows = {(m.sort, m.value): m for m in Mark.objects.filter(record=record.pk)}
    told = {sort for sort, _value in marks}
    Mark.objects.filter(pk__in=[m.pk for pair, m in rows.items() if m.sort in told and m.source_id == source.pk and pair not in marks]).delete()
    Mark.objects.filter(pk__in=[rows[pair].pk for pair in marks if pair in rows]).update(at=at)
    Mark.objects.bulk_create([Mark(record_id=record.pk, sort=sort, value=value, source=source, at=at) for sort, value in marks if (sort, value) not in rows])
    Sighting.objects.update_or_create(record_id=record.pk, source=source, defaults={"at": at})


def best(record):
    """{attribute: value} that the sources' ranks choose: what a person entered, else the smallest rank, of equals the newest."""
    found = {}
    for fact in Fact.objects.filter(record=record.pk).select_related("source"):
        found.setdefault(fact.attribute, []).append(fact)
    return {name: min(facts, key=_order).value for name, facts in found.items()}


def _order(fact):
    if fact.source is None:
        return (0, 0)
    return (fact.source.ranks.get(fact.attribute, fact.source.rank), -fact.at.timestamp())


def entered(record, names, at):
    """A person entered these attributes: they are locked against every source; an emptied one is open to them again."""
    let_go(record, [n for n in names if not getattr(record, n)])
    for name in (n for n in names if getattr(record, n)):
        Fact.objects.update_or_create(record_id=record.pk, attribute=name, source=None, defaults={"value": str(getattr(record, name))[:200], "at": at})


def let_go(record, names):
    """What was entered of these attributes holds no more."""
    Fact.objects.filter(record=record.pk, source=None, attribute__in=names).delete()


def locked(record):
    """[(attribute, value)] of what a person entered."""
    return list(Fact.objects.filter(record=record.pk, source=None).order_by("attribute").values_list("attribute", "value"))


def release(record, attribute):
    """Let sources decide an attribute again; returns whether it was locked."""
    return bool(Fact.objects.filter(record=record.pk, source=None, attribute=attribute).delete()[0])


def remember(record, marks, at):
    """The marks that a record's own columns give: {sort: value}, "" for none."""
    for sort, value in marks.items():
        Mark.objects.filter(record=record.pk, sort=sort, source=None).exclude(value=value).delete()
        if value:
            Mark.objects.get_or_create(record_id=record.pk, sort=sort, value=value, defaults={"at": at})


def remember_many(rows, at=None):
    """[(record id, sort, value)] of new records at once."""
    Mark.objects.bulk_create([Mark(record_id=pk, sort=sort, value=value, at=at or now()) for pk, sort, value in rows], batch_size=400)


def alike(marks, organisation):
    """{record id: [(sort, value)]}, oldest first, of every record in use of the organisation that shares a mark; two statements."""
    wanted = Q(pk__in=())
    for sort, value in marks:
        wanted |= Q(sort=sort, value=value)
    near = dict(Mark.objects.filter(wanted, record__organisation=organisation).values_list("record", "record__phase"))
    merged = dict(Merge.objects.filter(gone__in=[pk for pk, phase in near.items() if phase == "final"], undone_at=None).exclude(kept__phase="final").order_by("pk").values_list("gone", "kept"))
    found = {pk: [] for pk, phase in near.items() if phase != "final" or pk in merged}
    for pk, sort, value in Mark.objects.filter(record__in=found).order_by("at", "pk").values_list("record", "sort", "value"):
        found[pk].append((sort, value))
    for gone, kept in merged.items():  # what was merged into another is that one
        rows = found.pop(gone)
        found.setdefault(kept, rows)
    return found


def move_marks(one, other, sorts):
    """Marks of these sorts go from one record to another that has not the same; returns those that went."""
    there = set(Mark.objects.filter(record=other.pk).values_list("sort", "value"))
    rows = [m for m in Mark.objects.filter(record=one.pk, sort__in=sorts) if (m.sort, m.value) not in there]
    Mark.objects.filter(pk__in=[m.pk for m in rows]).update(record=other.pk)
    return [[m.sort, m.value] for m in rows]


def marks_back(one, other, marks):
    """Marks that went from `other` to `one` go back, unless it has them again."""
    there = set(Mark.objects.filter(record=other.pk).values_list("sort", "value"))
    for sort, value in marks:
        if (sort, value) not in there:
            Mark.objects.filter(record=one.pk, sort=sort, value=value).update(record=other.pk)


def candidate(organisation, source, key):
    """What was already asked of a person about a report of this key, or None."""
    return Candidate.objects.filter(organisation=organisation, source=source, key=key).first()


def ask(organisation, source, key, report, items, why, unmanaged, at):
    """Put a report before a person; one that is asked already is only seen again."""
    made, new = Candidate.objects.get_or_create(organisation=organisation, source=source, key=key, defaults={
        "report": report, "items": list(items), "why": why[:300], "unmanaged": unmanaged, "first_at": at, "at": at})
    if not new:
        again = {"state": "open", "items": list(items), "why": why[:300], "unmanaged": unmanaged} if made.state in ("same", "new") else {}  # the item that it was is gone
        Candidate.objects.filter(pk=made.pk).update(at=at, report=report, **again)
        made.refresh_from_db()
    return made


def judged(one, state, items, by):
    """What a person said of a report."""
    Candidate.objects.filter(pk=one.pk).update(state=state, items=items, decided_by=by.id, at=now())


def merged(kept, gone, moved, by):
    """Note what moved from one record to another, so that it can be moved back."""
    return Merge.objects.create(kept_id=kept.pk, gone_id=gone.pk, moved=moved, by_id=by.id)


def parted(one):
    Merge.objects.filter(pk=one.pk).update(undone_at=now())
