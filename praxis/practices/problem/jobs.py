"""Each night: incidents that are alike and have no problem yet, in clusters (PRB-08, PM4)."""

from datetime import timedelta
from hashlib import sha256

from praxis.kernel.actors import system
from praxis.kernel.jobs import every, task
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.lib import likeness
from praxis.people.models import Organisation
from praxis.records import write
from praxis.records.models import Link

from .models import Cluster

BACK = Setting("problem.cluster_days", int, 90, "Days that the nightly look for incidents that are alike goes back")
LEAST = Setting("problem.cluster_least", int, 4, "Incidents that have to be alike to be shown as a cluster")
KEPT, LONGEST = 200, 60 * 24 * 14


@task()
def look():
    """Look at every organisation; returns how many clusters there are."""
    return sum(found(home) for home in Organisation.objects.order_by("pk"))


def found(home):
    """The clusters of an organisation's incidents that have no problem, stored in place of the last night's; returns how many.

    Incidents meet within one item, or, without an item, within one category; a title counts with the beginning of its description.
    """
    model, by = registry["incident"].model, system("Praxis", home.pk)
    behind = Link.objects.filter(type="problem", source__kind="incident", source__organisation=home).values("source")
    rows = model.objects.filter(organisation=home, restricted=False, opened_at__gte=now() - timedelta(days=BACK(home.pk))).exclude(state="cancelled").exclude(pk__in=behind)
    texts, facts = [], {}
    for pk, title, description, item, category, opened, resolved in rows.order_by("pk").values_list("pk", "title", "description", "item", "category", "opened_at", "resolved_at").iterator(chunk_size=2000):
        place = f"i{item}" if item else f"c{category or ''}"
        texts.append((pk, place, likeness.words(title) or likeness.words(description[:200])))
        took = min(LONGEST, int(((resolved or opened) - opened).total_seconds() // 60))
        facts[pk] = (item, category, opened, took)
    clusters = likeness.clusters(texts, max(2, LEAST(home.pk)))[:KEPT]
    places = {pk: place for pk, place, _w in texts}
    known = {c.mark: c for c in Cluster.objects.filter(organisation=home)}
    told = {}
    for one in clusters:
        mark = sha256(f"{places[one.keys[0]]}|{' '.join(sorted(one.heart[:6]))}".encode()).hexdigest()
        told.setdefault(mark, one)
    with write.writing():
        for mark, one in told.items():
            item, category, *_rest = facts[one.keys[-1]]
            values = {"words": " ".join(one.heart)[:200] or "–", "item_id": item, "category_id": category, "incidents": one.keys, "size": len(one.keys),
                      "minutes": min(2**31 - 1, sum(facts[k][3] for k in one.keys)), "last_at": max(facts[k][2] for k in one.keys)}
            row = known.get(mark)
            if row is None:
                write.save(Cluster(organisation=home, mark=mark), by, **values)
            elif row.incidents != one.keys:
                write.save(row, by, **values)
        for mark, row in known.items():
            if mark not in told and row.problem_id is None and not row.aside:
                write.remove(row, by)
    return len(told)


every("20 2 * * *", look)
