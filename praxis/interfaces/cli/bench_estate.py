"""The estate of the bench: as many items as incidents, three relations each, a chain and a tree of a thousand; a fifth as many changes on them."""

import random
from datetime import timedelta

from django.db import connection

from praxis.abilities.search.models import Document
from praxis.estate.cmdb.models import Item, ItemClass
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event
from praxis.practices.change.models import ChangeModel
from praxis.records import write
from praxis.records.models import Link, Record

CHUNK, LONG = 500, 1000


APART = 10_000_000  # between the ids of one copy and the next


def multiply(copies):
    """The estate so many times again beside itself, by the database alone: items with numbers, names, first events and words of their own, and their relations.

    Making a million items through the writers takes hours and measures nothing; what is asked afterwards are those that came through them.
    """
    old = f"SELECT id FROM records_record WHERE kind = 'item' AND id < {APART}"
    days = "updated_at - interval '{0} days'" if connection.vendor == "postgresql" else "datetime(updated_at, '-{0} days')"  # no list has a million rows of one moment
    with connection.cursor() as cursor:
        for n in range(1, copies + 1):
            new = n * APART
            for model, rows, changed in (
                (Record, "kind = 'item'", {"id": "id", "number": f"'ITM-' || (CAST(substr(number, 5) AS bigint) + {new})", "title": f"title || '-{n}'", "updated_at": days.format(n)}),
                (Item, "true", {"record_ptr_id": "record_ptr_id"}),
                (Document, f"record_id IN ({old})", {"record_id": "record_id", "title": f"title || '-{n}'"}),
                (Link, f"type = 'depends-on' AND source_id < {APART}", {"id": None, "source_id": "source_id", "target_id": "target_id"}),
                (Event, f"subject IN ({old}) AND name = 'item.opened'", {"id": None, "subject": "subject"}),
            ):
                columns = [f.column for f in model._meta.local_concrete_fields if changed.get(f.column, "") is not None]
                values = [f"{changed[c]} + {new}" if changed.get(c) == c else changed.get(c, f'"{c}"') for c in columns]
                key = "record_ptr_id" if model is Item else "record_id" if model is Document else "id"
                limit = f" AND {key} < {APART}" if model in (Record, Item, Document) else ""
                quoted = ", ".join(f'"{c}"' for c in columns)
                cursor.execute(f"INSERT INTO {model._meta.db_table} ({quoted}) SELECT {', '.join(values)} FROM {model._meta.db_table} WHERE {rows}{limit}")


def fill(bench, items, changes):
    """Make the items and their relations; returns {"items": [items], "titles": [some], "any": [numbers], "chain": number, "tree": number}."""
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
    changes = _changes(bench, changes, many, dice, by)
    asked = many[-items // 2 :: max(1, items // 800)]
    return {"items": many, "titles": [i.title for i in asked], "changes": changes, "any": [i.number for i in asked], "chain": chain[0].number, "tree": tree[0].number}


def _changes(bench, count, items, dice, by):
    """Changes over 400 days, a twentieth of them still to come, two items each; returns the numbers of some that are to come."""
    model = ChangeModel.objects.get(organisation=None, key="normal")
    made, touched = [], []
    for start in range(0, count, CHUNK):
        histories = []
        for n in range(start, min(start + CHUNK, count)):
            at = bench.end - timedelta(days=380) + timedelta(minutes=int(n * 400 * 1440 / count))
            past = at < bench.end - timedelta(hours=3)
            first = {"title": f"change-{n}", "model": model, "subtype": "normal", "risk": "low", "owner": bench.people[n % 200], "requester": bench.people[n % 200], "team": bench.teams[n % len(bench.teams)],
                     "planned_start": at, "planned_end": at + timedelta(hours=2), "plan": "Do it.", "backout": "Undo it.", "scope": "two items"}
            steps = [write.Happening(at - timedelta(days=9), by, first)]
            steps.append(write.Happening(at, by, {"state": "closed", "started_at": at, "ended_at": at, "result": "successful" if n % 12 else "failed_backed_out"} if past else {"state": "scheduled"}))
            histories.append(write.History(registry["change"], bench.home.pk, steps))
        made += write.replay(histories)
    touched = [(change, items[dice.randrange(len(items))], "affects") for change in made for _k in range(2)]
    for start in range(0, len(touched), 20 * CHUNK):
        write.link_many(touched[start : start + 20 * CHUNK], by)
    return [c.number for c in made if c.state == "scheduled"][:200]
