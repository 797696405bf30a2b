"""What the demo company owns: assets beside its items, what lies in its stores, its contracts, a stock-take that is going on."""

from datetime import timedelta
from decimal import Decimal

from praxis.estate.asset.models import Asset, Product
from praxis.estate.asset.tags import after_many
from praxis.estate.cmdb.models import ItemClass
from praxis.estate.stock.models import Stockroom
from praxis.estate.supplier.models import Supplier
from praxis.kernel.kinds import registry
from praxis.people.actors import actor_of
from praxis.records import write

SPARE, LENT_DAYS = 9, (-4, -1, 3, 6)


def build(company, story):
    """Make them all; returns how many assets."""
    keeper = company.named["Samuel Okafor"]
    by = actor_of(keeper)
    suppliers = {s["name"]: write.save(Supplier(), company.by, organisation=company.home, **s) for s in story["suppliers"]}
    rooms = [write.save(Stockroom(), company.by, organisation=company.home, name=f"{name} {site.name.split()[0]}", site=site) for site in company.sites[:2] for name in story["stockrooms"]]
    classes = {c.key: c for c in ItemClass.objects.filter(organisation=None)}
    histories = []
    for row in story["products"]:
        extra = {k: row[k] for k in ("holds_data", "method", "yearly", "rate") if k in row}
        product = write.save(Product(), company.by, organisation=company.home, maker=row["maker"], name=row["name"], item_class=classes[row["class"]], supplier=suppliers[row["supplier"]],
                             life_months=row["life_months"], residual=row.get("residual", 0), **extra)
        items = [i for name, i in company.items.items() if "each" in row and name.startswith(row["each"])] or [None] * row["count"]
        histories += [_history(company, by, row, product, item, n, len(histories) + n, rooms) for n, item in enumerate(items, 1)]
    made = write.replay(histories)
    after_many(made)
    _lent(company, by)
    _consumables(company, story, suppliers, rooms, by)
    _contracts(company, story, suppliers, by)
    _counting(rooms[0], by)
    return len(made)


def _history(company, by, row, product, item, n, place, rooms):
    """Ordered, delivered, given to somebody or installed; the last ones of each model lie in a store."""
    dice, tag = company.dice, f"A-{place:05d}"
    ordered = company.end - timedelta(days=dice.randrange(80, 1300), hours=dice.randrange(24))
    room = dice.choice(rooms[:2])
    first = {"title": item.title if item else f"{product.name} {n}", "tag": tag, "tag_key": f"{company.home.pk}:{tag.casefold()}", "subtype": product.item_class.key, "product": product, "item": item,
             "serial": f"{row['maker'][:2].upper()}{dice.randrange(10**7, 10**8)}", "supplier": product.supplier, "order_number": f"PO-{ordered:%y%m}-{dice.randrange(100, 999)}", "owner": company.named["Samuel Okafor"],
             "cost": Decimal(row["cost"]), "bought_on": ordered.date(), "warranty_until": ordered.date() + timedelta(days=1095), "cost_centre": dice.choice(("4100", "4200", "4710")), "team": company.teams["Workplace"]}
    came = ordered + timedelta(days=6)
    steps = [write.Happening(ordered, by, first),
             write.Happening(came, by, {"state": "in_stock", "stockroom": room, "substate": "available", "because": "Delivered"}, data={"move": "receive"})]
    if "lent" in row or item is None and n > row["count"] - SPARE:
        return write.History(registry["asset"], company.home.pk, steps)
    out = {"state": "in_use", "stockroom": None, "substate": ""}
    if item is not None and product.item_class.layer == "network":
        out |= {"site": item.site, "place": item.place, "because": "Installed"}
        return write.History(registry["asset"], company.home.pk, [*steps, write.Happening(came + timedelta(days=3), by, out, data={"move": "install"})])
    people, since = company.people, came + timedelta(days=3)
    steps.append(write.Happening(since, by, out | {"requester": people[(place * 7) % len(people)], "because": "New device"}, data={"move": "hand_out"}))
    if place % 9 == 0 and (company.end - since).days > 120:
        steps.append(write.Happening(since + timedelta(days=60), by, {"state": "in_stock", "requester": None, "stockroom": room, "because": "Left the company"}, data={"move": "take_back"}))
        steps.append(write.Happening(since + timedelta(days=75), by, out | {"requester": people[(place * 11) % len(people)], "because": "Starter"}, data={"move": "hand_out"}))
    elif place % 41 == 0:
        steps.append(write.Happening(company.end - timedelta(days=2), by, {"state": "in_repair", "because": "Display flickers"}, data={"move": "repair"}))
    elif place % 53 == 0:
        steps.append(write.Happening(company.end - timedelta(days=9), by, {"state": "missing", "because": "Not handed in when its user left"}, data={"move": "lose"}))
    return write.History(registry["asset"], company.home.pk, steps)


def _lent(company, by):
    """Beamers are lent for some days; one is over, one is reserved."""
    rows = list(Asset.objects.filter(organisation=company.home, product__name="EB-L200", state="in_stock").order_by("pk"))
    today = company.end.date()
    for n, (asset, days) in enumerate(zip(rows, LENT_DAYS)):
        write.move(asset, by, "lend", requester=company.people[20 + n], loan_until=today + timedelta(days=days), because="Customer day")
    for asset in rows[len(LENT_DAYS) : len(LENT_DAYS) + 1]:
        write.act(asset, by, "reserve", person=str(company.people[30].pk), until=str(today + timedelta(days=5)), because="Training in Rotterdam")


def _consumables(company, story, suppliers, rooms, by):
    for row in story["consumables"]:
        values = {k: row[k] for k in ("title", "unit", "article", "minimum")}
        record = write.open_record(registry["consumable"], by, **values, supplier=suppliers[row["supplier"]], price=Decimal(str(row["price"])), owner=company.named["Anke de Vries"], team=company.teams["Workplace"])
        write.move(record, by, "keep")
        write.act(record, by, "deliver", stockroom=str(rooms[0].pk), quantity=row["delivered"], why="Delivery")
        write.act(record, by, "carry", stockroom=str(rooms[0].pk), to=str(rooms[2].pk), quantity=row["delivered"] // 4)
        write.act(record, company.actors[company.named["Mara Lindqvist"].pk], "take", stockroom=str(rooms[0].pk), quantity=min(row["taken"], row["delivered"] - row["delivered"] // 4), why="Hall B")


def _contracts(company, story, suppliers, by):
    today = company.end.date()
    for row in story["contracts"]:
        ends = today + timedelta(days=row["days"])
        record = write.open_record(registry["contract"], by, title=row["title"], sort=row["sort"], supplier=suppliers[row["supplier"]], starts_on=ends - timedelta(days=1095), value=Decimal(row["value"]), per=row["per"],
                                   renewal_months=row.get("renews"), cost_centre="4100", owner=company.named["Henrik Voss"])
        write.move(record, by, "sign", ends_on=ends, notice_days=row["notice"])
        things = [i for name, i in company.items.items() if name.startswith(row["covers"])]
        write.link_many([(record, thing, "covers") for thing in things], by)


def _counting(room, by):
    """A stock-take of the main store, half of it counted."""
    record = write.open_record(registry["stocktake"], by, title=f"{room.name}, November", stockroom=room)
    tags = list(Asset.objects.filter(state="in_stock", stockroom=room).order_by("pk").values_list("tag", flat=True))
    strays = list(Asset.objects.filter(organisation=room.organisation, state="in_use", subtype="monitor").order_by("pk").values_list("tag", flat=True)[:1])
    write.act(record, by, "scan", tags="\n".join([*tags[: len(tags) // 2], *strays, "ALT-0417"]))
