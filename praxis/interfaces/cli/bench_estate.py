"""The estate of the bench: as many items as incidents, three relations each, a chain and a tree of a thousand."""

import random
from datetime import timedelta

from praxis.estate.cmdb.models import ItemClass
from praxis.kernel.kinds import registry
from praxis.records import write

CHUNK, LONG = 500, 1000


def fill(bench, items):
    """Make the items and their relations; returns {"any": [numbers], "chain": number, "tree": number}."""
    dice, by, home = random.Random(17), bench.actors[0], bench.home.pk
    classes = list(ItemClass.objects.filter(organisation=None))
    at = bench.end - timedelta(days=200)

    def make(count, name):
        made = []
        for start in range(0, count, CHUNK):
            made += write.replay([write.History(registry["item"], home, [write.Happening(at, by, {
                "title": f"{name}-{n}", "item_class": (one := classes[n % len(classes)]), "subtype": one.key, "team": bench.teams[n % len(bench.teams)],
                "state": "live"})]) for n in range(start, min(start + CHUNK, count))])
        return made

    many, chain, tree = make(items, "item"), make(LONG, "chain"), make(LONG, "tree")
    # a layered estate: what stands higher depends on three of the thousand below it, so that an impact of depth 5 has a real size
    relations = [(many[n], many[max(0, n - 1 - dice.randrange(1, 1000))], "depends-on") for n in range(1, items) for _k in range(3)]
    relations = [(a, b, t) for a, b, t in relations if a is not b]
    relations += [(above, below, "depends-on") for below, above in zip(chain, chain[1:])]
    relations += [(tree[n], tree[(n - 1) // 3], "depends-on") for n in range(1, LONG)]
    for start in range(0, len(relations), 20 * CHUNK):
        write.link_many(relations[start : start + 20 * CHUNK], by)
    return {"any": [i.number for i in many[-items // 2 :: max(1, items // 800)]], "chain": chain[0].number, "tree": tree[0].number}
