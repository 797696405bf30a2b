"""Relations in a table: a column such as *depends on* names other records, also ones that stand further down in the same file.

They are made when all rows are, so that nothing has to be sorted before; each name stands for itself, and one that fits
nothing is told with its row, which stays.
"""

import re
from collections import Counter

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.kernel.errors import Refused
from praxis.records import write
from praxis.records.models import Link, Record
from praxis.records.read import reach
from praxis.records.relating import types

PREFIX, MOST, STEP = "link.", 200, 2_000  # names in a cell; relations made in one transaction
RELATED = ("item", "service", "asset")  # kinds whose records a name may mean; a number means any


def columns(kind):
    """{column: (label, words it is also known by)}: both directions of every type of relation, those that read the same once."""
    found = {}
    for t in types().values() if kind.key in RELATED else ():
        found[f"{PREFIX}{t.key}.out"] = (str(t.forward).capitalize(), {str(t.forward), t.key})
        if str(t.reverse) != str(t.forward):
            found[f"{PREFIX}{t.key}.in"] = (str(t.reverse).capitalize(), {str(t.reverse)})
    return found


class Wanted:
    """What the rows of one table want to be related to."""

    def __init__(self, target):
        self.target, self.rows = target, {}

    def take(self, n, values):
        """Keep the relations of row n and leave the rest of its values."""
        for name in [k for k in values if k.startswith(PREFIX)]:
            for text in _names(values.pop(name)):
                self.rows.setdefault(n, []).append((name, text))

    def tried(self, results, titles):
        """Reasons by row for names that nothing has, in the database or in this file; `titles` are those that the file makes."""
        known, made = self._known(), Counter(t.strip().casefold() for t in titles)
        out = {}
        for n, wanted in self.rows.items():
            for _name, text in wanted:
                fits = len(known.get(text.casefold(), ())) or made[text.casefold()]
                if fits != 1:
                    out.setdefault(n, []).append(_told(text, fits))
        return out

    def make(self, results, once):
        """Relate the rows that were made or are there; returns ({row: reasons}, {row: [[source, target, type] that are new]})."""
        numbers = {n: results[n][2] for n in self.rows if results[n][1] != "bad"}
        mine = {r.number: r for part in write.batches(numbers.values()) for r in self.target.kind.model.objects.filter(number__in=part)}
        known, reasons, pairs = self._known(), {}, []
        for n, number in numbers.items():
            for name, text in self.rows[n]:
                fits = known.get(text.casefold(), ())
                if len(fits) != 1 or fits[0].pk == mine[number].pk:
                    reasons.setdefault(n, []).append(_told(text, len(fits)) if len(fits) != 1 else _("“%s” is the row itself.") % text)
                    continue
                key, way = name.removeprefix(PREFIX).rsplit(".", 1)
                pairs.append((n, *((mine[number], fits[0]) if way == "out" else (fits[0], mine[number])), key))
        new = {}
        for k in range(0, len(pairs), STEP):
            part = pairs[k : k + STEP]
            for n, *link in once(k, lambda part=part: _link(part, self.target.actor, reasons)):
                new.setdefault(n, []).append(link)
        return reasons, new

    def versions(self, new):
        """{number: how many versions these relations added} of the records at both ends."""
        added = Counter(pk for links in new.values() for source, target, _key in links for pk in (source, target))
        return {number: added[pk] for part in write.batches(added) for pk, number in Record.objects.filter(pk__in=part).values_list("pk", "number")}

    def _known(self):
        """{a number, a number elsewhere, or a name in small letters: [the records that it may mean]} of all names that are wanted."""
        texts = {text.casefold() for wanted in self.rows.values() for _name, text in wanted}
        if not texts:
            return {}
        rows = Record.objects.filter(reach(self.target.actor)).exclude(phase="final").only("kind", "number", "title", "external_ref", "state", "phase", "version", "organisation", "requester", "owner", "team", "restricted")
        found, seen = {}, set()
        for part in write.batches([t.upper() for t in texts]):
            for r in rows.filter(number__in=part):
                found[r.number.casefold()] = [r]
        wanted = texts - found.keys()
        for pk, title, elsewhere in Record.objects.filter(reach(self.target.actor), kind__in=RELATED).exclude(phase="final").values_list("pk", "title", "external_ref").iterator():
            for word in {title.casefold(), elsewhere.casefold()} & wanted:
                seen.add(pk)
                found.setdefault(word, []).append(pk)
        whole = {r.pk: r for part in write.batches(seen) for r in rows.filter(pk__in=part)}
        return {word: [whole.get(r, r) for r in hits] for word, hits in found.items()}


def _names(text):
    """The names in a cell: apart by semicolons, bars or new lines."""
    found = [part.strip() for part in re.split(r"[;|\n]", text) if part.strip()]
    if len(found) > MOST:
        raise ValidationError(_("At most %s names in a cell.") % MOST)
    return found


def _told(text, fits):
    return _("“%(text)s”: %(n)s fit.") % {"text": text[:80], "n": fits or _("none")}


def _link(pairs, by, reasons):
    """Make these relations; [[row, source, target, type]] of those that were not there. One that may not be made is told with its row."""
    there = set()
    for part in write.batches({s.pk for _n, s, _t, _k in pairs}):
        there |= set(Link.objects.filter(source__in=part).values_list("source", "target", "type"))
    try:
        write.link_many([p[1:] for p in pairs], by)
    except (ValidationError, Refused):
        return _one_by_one(pairs, by, reasons, there)
    return [[n, s.pk, t.pk, k] for n, s, t, k in {(p[1].pk, p[2].pk, p[3]): p for p in reversed(pairs)}.values() if (s.pk, t.pk, k) not in there]


def _one_by_one(pairs, by, reasons, there):
    out = []
    for n, s, t, k in pairs:
        try:
            write.link(s, t, k, by)
            if (s.pk, t.pk, k) not in there:
                there.add((s.pk, t.pk, k))
                out.append([n, s.pk, t.pk, k])
        except (ValidationError, Refused) as problem:
            reasons.setdefault(n, []).append(" ".join(getattr(problem, "messages", [str(problem)])))
    return out


def unmake(results, by):
    """Take the relations of an import away again, but of rows that were worked on since; {number: versions that this added}."""
    added, mine = Counter(), [row for row in results if row[1] in ("made", "changed") and row[5].get("links")]
    now = {number: version for part in write.batches(r[2] for r in mine) for number, version in Record.objects.filter(number__in=part).values_list("number", "version")}
    for row in (r for r in mine if now.get(r[2]) == r[4]):
        for source, target, key in row[5]["links"]:
            ends = {r.pk: r for r in Record.objects.filter(pk__in=(source, target))}
            try:
                if len(ends) == 2 and write.unlink(ends[source], ends[target], key, by):
                    added.update(r.number for r in ends.values())
            except (ValidationError, Refused):
                continue  # its ends are out of reach by now: it stays
    return added
