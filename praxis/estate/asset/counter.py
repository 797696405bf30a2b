"""The desk where assets are handed out, lent and taken back: many at a time, by scan, by typing or by a table (AC5)."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.stock.models import Stockroom
from praxis.kernel.errors import Refused
from praxis.people.models import Organisation, Person
from praxis.records import write

from .actions import day_of
from .models import Asset

MOST = 1000
WHAT = {"hand_out": _("Hand out"), "lend": _("Lend"), "take_back": _("Take back")}
HEADS = {"tag": ("tag", "asset tag", "asset", "number", "serial number"), "person": ("person", "who", "e-mail", "email", "user", "lent to", "name"), "until": ("until", "lent until", "due"),
         "stockroom": ("stockroom", "into"), "because": ("reason", "because", "why")}


@dataclass
class Line:
    """What became of one thing that was scanned."""

    text: str
    asset: Asset | None
    done: bool
    words: str
    again: bool = False  # it was scanned before


def find(text, by, permission="asset.see"):
    """The asset of a tag, a number, a serial number or the address on a label, among those the actor may see; ValidationError says why there is none."""
    typed = text.strip().rstrip("/").rpartition("/")[2] if "/t/" in text else text.strip()
    rows = Asset.objects.visible_to(by, permission).select_related("product", "requester", "stockroom", "reserved_for")
    found = rows.filter(number=typed.upper()).first() if typed else None
    if found is None and typed:
        reach = by.organisations()
        homes = Organisation.objects.values_list("pk", flat=True) if reach is None else reach
        tagged = list(rows.filter(tag_key__in=[f"{home}:{typed.casefold()}" for home in homes])[:2]) or list(rows.filter(serial=typed)[:2])
        if len(tagged) > 1:
            raise ValidationError(_t("%s: more than one fits. Use the number.") % typed[:60])
        found = tagged[0] if tagged else None
    if found is None:
        raise ValidationError(_t("%s: nothing here has this tag, number or serial number.") % (typed[:60] or _t("Nothing")))
    return found


def serve(by, what, rows):
    """Do the same with each of the rows ({tag, person, until, stockroom, because}); each stands for itself. Returns a Line for each."""
    if what not in WHAT:
        raise ValidationError(_t("Choose what to do."))
    if len(rows) > MOST:
        raise ValidationError(_t("At most %s at a time.") % MOST)
    seen, out = {}, []
    for n, row in enumerate(rows, 1):
        asset = None
        try:
            asset = find(row["tag"], by)
            if (before := seen.setdefault(asset.pk, n)) != n:
                out.append(Line(row["tag"], asset, False, _t("It stands on line %s already.") % before, again=True))
                continue
            write.move(asset, by, what, **_values(asset, what, row))
            out.append(Line(row["tag"], asset, True, _t("%(what)s, %(who)s") % {"what": asset.stage.label, "who": asset.requester.name if asset.requester_id else asset.stockroom.name if asset.stockroom_id else ""}))
        except ValidationError as problem:
            out.append(Line(row["tag"], asset, False, " ".join(problem.messages)))
        except Refused as problem:
            out.append(Line(row["tag"], asset, False, str(problem)))
    return out


def _values(asset, what, row):
    because = row.get("because", "").strip()[:200] or str(_t("At the desk"))
    if what == "take_back":
        return {"stockroom": _stockroom(asset, row.get("stockroom", "")), "because": because}
    values = {"requester": person(asset, row.get("person", "")), "because": because}
    return values | {"loan_until": day_of(row.get("until", ""), "until")} if what == "lend" else values


def person(asset, text):
    """The colleague of an e-mail address or a whole name, in the asset's organisation."""
    rows = Person.objects.filter(organisation=asset.organisation_id, is_active=True)
    found = list(rows.filter(email__iexact=text.strip())[:1]) or list(rows.filter(name__iexact=text.strip())[:2])
    if len(found) != 1:
        raise ValidationError(_t("“%(text)s”: %(n)s of this name. Write the e-mail address.") % {"text": text.strip()[:80], "n": len(found) or _t("nobody")})
    return found[0]


def _stockroom(asset, text):
    rows = Stockroom.objects.filter(organisation=asset.organisation_id, is_active=True)
    named = [r for r in rows if str(text).strip().casefold() in (r.name.casefold(), str(r.pk))] if str(text).strip() else list(rows)
    if len(named) != 1:
        raise ValidationError(_t("Choose the stockroom that it goes into."))
    return named[0]


def typed(text, shared):
    """Rows of a text with one tag a line, each with what is shared by all."""
    return [{**shared, "tag": line.strip()} for line in text.splitlines() if line.strip()]


def table(heads, rows, shared):
    """Rows of a table, by the words of its headings; ValidationError if no column holds tags. What a row leaves empty is as for all."""
    places = {name: n for name, words in HEADS.items() for n, head in enumerate(heads) if head.strip().casefold() in words}
    if "tag" not in places:
        raise ValidationError(_t("No column is called Tag. Columns may be: %s.") % "Tag, Person, Until, Stockroom, Reason")
    return [shared | {name: row[n] for name, n in places.items() if row[n].strip()} | {"tag": row[places["tag"]]} for row in rows]
