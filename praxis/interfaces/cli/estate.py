"""The estate of the demo company: its items and what depends on what, from the story, by the same writers as real work."""

from datetime import timedelta

from praxis.estate.cmdb.models import ItemClass
from praxis.kernel.kinds import registry
from praxis.records import write


def build(company, story):
    """Make the items of the story with their relations; returns {name: item}."""
    classes = {c.key: c for c in ItemClass.objects.filter(organisation=None)}
    shorts = {site.name[:3].lower(): site for site in company.sites}
    planned = [one for row in story["estate"] for one in _each(row, shorts)]
    start, histories = company.end - timedelta(days=300), []
    for n, (name, site, row, _wanted) in enumerate(planned):
        at = start + timedelta(hours=n)
        first = {"title": name, "item_class": classes[row["class"]], "subtype": row["class"], "team": company.teams[row["team"]], "condition": "up",
                 "hostname": f"{name}.nordwind.example" if " " not in name and "." not in name else "", "site": site}
        first |= {k: row[k] for k in ("product", "maker", "version_of", "place", "people", "needed") if k in row}
        if "owner" in row:
            first["owner"] = company.named[row["owner"]]
        steps = [write.Happening(at, company.by, first), write.Happening(at + timedelta(days=2), company.by, {"state": "in_build"}, data={"move": "build"}),
                 write.Happening(at + timedelta(days=9), company.by, {"state": "live"}, data={"move": "go_live"})]
        histories.append(write.History(registry["item"], company.home.pk, steps))
    made = [r for n in range(0, len(histories), 200) for r in write.replay(histories[n : n + 200])]
    items = dict(zip((name for name, *_rest in planned), made))
    relations = [r for (name, _site, _row, wanted) in planned for r in _relations(items, name, wanted)]
    for title, names in story["rests_on"].items():
        relations += [(company.services[title], item, "depends-on") for begin in names for item in _named(items, begin)]
    write.link_many(relations, company.by)
    return items


def _each(row, shorts):
    """(name, site, the row, its relations) of every item that a line of the story makes."""
    wanted = row.get("sites", [])
    for short in shorts if wanted is True else wanted or [""]:
        for n in range(1, row.get("count", 1) + 1):
            words = {"n": n, "s": short}
            relations = [(type, begin.format(**words)) for type, begin in row.get("relations", [])]
            yield row["name"].format(**words), shorts.get(short), row, relations


def _named(items, begin):
    found = [items[begin]] if begin in items else [item for name, item in items.items() if name.startswith(begin)]
    if not found:
        raise KeyError(f"The story relates something to {begin!r}, which it does not make.")
    return found


def _relations(items, name, wanted):
    for type, begin in wanted:
        for other in _named(items, begin):
            if other is not items[name]:
                yield items[name], other, type
