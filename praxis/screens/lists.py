"""The list of any kind: view, conditions, sort, cells, counts. The same rows serve page, export and REST."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Column, View, asked_marks, marks, screens
from praxis.lib.conditions import BadCondition, Group, Test, every, from_json, from_query, to_query
from praxis.lib.text import whole
from praxis.records import extras
from praxis.records.models import SavedView
from praxis.records.question import Question
from praxis.records.read import unseen
from praxis.records.where import catalogue, to_q

from .draw import macro

SIZE, CAP, PAGES, KEEP = 50, 200, 400, 30
DOWN = {"updated", "opened"}  # newest first unless asked otherwise
WORDS = {"is": _("is"), "in": _("is"), "is_not": _("is not"), "contains": _("contains"), "before": _("before"), "after": _("after"),
         "within": _("in the last"), "lt": _("below"), "gt": _("above"), "empty": _("is empty"), "not_empty": _("is set"),
         "me": _("is me"), "my_teams": _("is one of mine")}


@dataclass
class Row:
    record: object
    cells: list
    marks: list


class Listing:
    """One question about the records of a kind, as an address asks it."""

    def __init__(self, kind, actor, query):
        self.kind, self.actor, self.query = kind, actor, query
        self.screens, self.facts, self.error = screens[kind.key], catalogue(kind, actor), ""
        added, shut = extras.reached(kind.key, actor), unseen(kind, actor)
        self.columns = (*(c for c in self.screens.columns if c.field not in shut), *(Column(n) for n, e in added.items() if e.in_list))
        self.filters = (*(f for f in self.screens.filters if f not in shut), *added)
        self.views = [*self.screens.views, *self._saved()]
        self.view = next((v for v in self.views if v.key == query.get("view")), next(iter(self.views), None))
        try:
            asked = from_query(query.items(), self.facts)
            to_q(asked, kind, actor)
        except BadCondition as problem:
            self.error, asked = str(problem), Group("all")
        self.changed = bool(asked.parts) or "all" in query
        self.condition = asked if self.changed or not self.view else self.view.condition
        sort = query.get("sort", "")
        self.sort = sort if sort in self.screens.sorts else (self.view.sort if self.view else "")
        self.sort = self.sort if self.sort in self.screens.sorts else self.screens.sorts[0]
        self.down = (self.sort in DOWN) != ("turned" in query)
        self.page_number = max(1, min(PAGES, whole(query.get("page", "1")) or 1))
        self.more = False

    @property
    def many(self):
        """The verbs that this reader may use on several rows at once."""
        return [v for v in self.kind.verbs.values() if v.many and self.actor.has(v.permission(self.kind.key))]

    def _saved(self):
        rows = SavedView.objects.filter(kind=self.kind.key).filter(_mine(self.actor)).order_by("label")[:30]
        return [View(f"v{v.pk}", v.label, from_json(v.condition), v.sort) for v in rows]

    def rows(self, condition=None):
        """Every row that the actor may see and the condition wants, unordered."""
        return Question(self.kind, self.actor, self.condition if condition is None else condition).rows()

    def ordered(self, rows):
        path = F(self.facts[self.sort].path)
        return rows.order_by(path.desc(nulls_last=True) if self.down and self.sort not in DOWN else
                             path.desc() if self.down else path.asc(nulls_last=True) if self.sort not in DOWN else path.asc(), "-id")

    def joined(self, rows):
        joins = {self.facts[c.field].join for c in self.columns} | {"requester"}
        return rows.select_related(*sorted(j for j in joins if j))

    def page(self):
        """The Rows of this page; sets `more`."""
        start = (self.page_number - 1) * SIZE
        # which rows they are is asked first: else joins and marks would be made for every row that is sorted, and PostgreSQL joins a million for fifty
        chosen = list(self.ordered(self.rows()).values_list("pk", flat=True)[start : start + SIZE + 1])
        rows = self.ordered(self.joined(self.kind.model.objects.filter(pk__in=chosen))).annotate(**asked_marks(self.kind.key)).defer("description", "tags", *(() if any(c.field.startswith(extras.PREFIX) for c in self.columns) else ("custom",)))
        records = list(rows)
        self.more = len(records) > SIZE
        return self.draw(records[:SIZE])

    def draw(self, records):
        """Cells as HTML; what cannot be joined is loaded once for all records, what repeats is drawn once."""
        columns = [(f := self.facts[c.field], macro(c.draw or f.draw)) for c in self.columns]
        extra = {f.key: f.load(records, self.actor) for f, _ in columns if f.load}
        signs, known = signs_of(self.kind, records, self.actor), {}

        def drawn(draw, value):
            if (html := known.get((draw, value))) is None:
                html = known[draw, value] = draw(value)
            return html

        return [
            Row(record, [drawn(d, f.value(record, extra)) for f, d in columns], signs[record.pk]) for record in records
        ]

    def tabs(self):
        """(view, count or None, whether current); counts stop at CAP and are kept for half a minute for this actor alone."""
        key = f"tabs:{self.kind.key}:{self.actor.id}:{hash(self.actor.teams)}"
        if (counts := cache.get(key)) is None:
            counts = {v.key: self.rows(v.condition).values("pk")[: CAP + 1].count() for v in self.screens.views if v.count}
            cache.set(key, counts, KEEP)
        for view in self.views:
            n = counts.get(view.key)
            yield view, capped(n), view is self.view and not self.changed

    def chips(self):
        """(test, field, operator in words, values in words, address without it) of the flat tests."""
        for test in self.condition.parts:
            if isinstance(test, Test):
                rest = every(*[t for t in self.condition.parts if t is not test])
                yield test, self.facts[test.field], WORDS[test.op], self.words(test), self.url(rest)

    def words(self, test):
        fact = self.facts[test.field]
        if fact.options and test.values:
            known = {o.value: o.label for o in fact.options(self.kind, self.actor, None, "")}
            return ", ".join(str(known.get(v, v)) for v in test.values)
        return ", ".join(moment(v) if fact.type in ("time", "date") else v for v in test.values)

    def url(self, condition=None, path="", **other):
        """The address of this list with another condition, sort or page."""
        flat = condition if condition is not None else self.condition
        pairs = to_query(flat) if condition is not None or self.changed else []
        extra = {"view": self.view and self.view.key, "sort": self.query.get("sort"), **other}
        pairs += [(k, v) for k, v in extra.items() if v]
        if condition is not None and not condition.parts or "all" in self.query and not flat.parts:
            pairs.append(("all", "1"))
        return f"/k/{self.kind.key}{path}?{urlencode(pairs, safe=',:')}"

    def with_test(self, field, op, values):
        """The condition with the test on this field replaced."""
        rest = [t for t in self.condition.parts if not (isinstance(t, Test) and t.field == field)]
        return every(*rest, Test(field, op, tuple(values)))

    def biggest(self):
        """When nothing matches: (field, address without it, how many appear then) of the filter that hides most."""
        best = None
        for test, fact, _op, _words, url in self.chips():
            rest = every(*[t for t in self.condition.parts if t is not test])
            n = self.rows(rest).values("pk")[: CAP + 1].count()
            if n and (best is None or n > best[2]):
                best = (fact, url, n)
        return best and (*best[:2], capped(best[2]))


def moment(text):
    """An instant of an address as people read it: 31 Aug 2026, 14:00; spans such as 14d stay."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    at = timezone.localtime(at) if at.tzinfo else at
    return f"{at.day} {at:%b %Y}" if (at.hour, at.minute) == (0, 0) else f"{at.day} {at:%b %Y, %H:%M}"


def capped(n):
    """A count as people read it: nothing is counted beyond CAP."""
    return f"{CAP}+" if n and n > CAP else n


def signs_of(kind, records, actor):
    """{record id: its marks as HTML}; what cannot be read from a record is loaded once for all."""
    found = {r.pk: [] for r in records}
    for mark in marks(kind.key):
        draw, loaded = macro(mark.draw), mark.load(records, actor) if mark.load else None
        for record in records:
            if value := loaded.get(record.pk) if mark.load else mark.read(record):
                found[record.pk].append(draw(value))
    return found


def _mine(actor):
    shared = Q(person=None) & (Q(organisation=None) | Q(organisation=actor.organisation))
    return Q(person=actor.id) | shared if actor.id else shared
