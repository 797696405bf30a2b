"""The picture of an impact as SVG, and the sentence below it. What does not fit is told in words and stands in the list."""

from collections import defaultdict

from django.templatetags.static import static
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext
from markupsafe import Markup, escape

from .impact import DOWN, FINE, RISK, told

WIDE, TALL, HEIGHT, GAP, PAD = 740, 42, 106, 14, 30
GROUPED = 5  # more of one class and one fate on a level are drawn as one
ROW = 6  # boxes on a level
TONES = {DOWN: "red", RISK: "amber", FINE: ""}


class Box:
    """One drawn box: a record, or many of a class with the same fate."""

    def __init__(self, nodes):
        self.nodes, self.status, self.x, self.y = nodes, nodes[0].status, 0, 0
        first = nodes[0]
        kind = first.item.item_class.label if first.item else str(first.record.type.label)
        self.icon = first.item.item_class.icon if first.item else first.record.type.icon
        self.title = _cut(first.record.title, 22) if len(nodes) == 1 else f"{len(nodes)} × {_cut(kind, 18)}"
        self.below = kind if len(nodes) == 1 else _t("in a group")
        if len(nodes) == 1 and first.item and first.item.people:
            self.below = ngettext("%(kind)s, %(n)d person", "%(kind)s, %(n)d people", first.item.people) % {"kind": kind, "n": first.item.people}
        if busy := [n.now[0] for n in nodes if n.now]:
            self.below = busy[0] if len(nodes) == 1 else _t("something open on %d") % len(busy)
        self.width = min(200, 52 + max(6.2 * len(self.title), 5.6 * len(self.below)))
        self.href = f"/r/{first.record.number}" if len(nodes) == 1 else ""


def _cut(text, most):
    return text if len(text) <= most else text[: most - 1] + "…"


def boxes(graph):
    """([[Box]] by level, {record id: Box}, how many did not fit)."""
    alike = defaultdict(list)
    for node in graph.nodes.values():
        alike[node.level, node.item.item_class.key if node.item else node.record.kind, node.status].append(node)
    levels, left = defaultdict(list), 0
    for (level, _class, _status), nodes in alike.items():
        levels[level] += [Box(nodes)] if len(nodes) > GROUPED else [Box([n]) for n in nodes]
    for level in levels:
        levels[level].sort(key=lambda b: (-b.status, b.title))
        left += sum(len(b.nodes) for b in levels[level][ROW:])
        del levels[level][ROW:]
    rows = [levels[n] for n in sorted(levels)]
    return rows, {n.record.pk: b for row in rows for b in row for n in b.nodes}, left


def svg(graph):
    """The graph as SVG: the item at the bottom, what it hits above it, level by level; the other way round for what it needs."""
    rows, at, left = boxes(graph)
    wide = max(WIDE, *(sum(b.width + GAP for b in row) + 2 * PAD for row in rows))
    tall = len(rows) * HEIGHT
    for n, row in enumerate(rows):
        space = (wide - sum(b.width for b in row)) / (len(row) + 1)
        x = space
        for box in row:
            box.x, box.y = x + box.width / 2, (tall - n * HEIGHT if graph.way == "up" else (n + 1) * HEIGHT) - HEIGHT / 2
            x += box.width + space
    out = [f'<svg class="draw graph" viewBox="0 0 {wide:.0f} {tall}" role="group" aria-label="{escape(sentence(graph))}">']
    for n in range(1, len(rows)):
        out.append(f'<line class="s1" x1="0" x2="{wide:.0f}" y1="{n * HEIGHT}" y2="{n * HEIGHT}"/>')
    drawn = set()
    for failing, hit, _type in sorted(graph.edges):
        a, b = at.get(failing), at.get(hit)
        if a is None or b is None or a is b or (id(a), id(b)) in drawn:
            continue
        drawn.add((id(a), id(b)))
        out.append(_line(a, b, TONES[min(a.status, b.status)] if graph.way == "up" else ""))
    out += [_box(b, graph) for row in rows for b in row]
    out.append("</svg>")
    if left:
        out.append(f'<p class="t2 q">{escape(ngettext("%d more does not fit into the picture; it stands in the list.", "%d more do not fit into the picture; they stand in the list.", left) % left)}</p>')
    return Markup("".join(out))  # every text in it is escaped where it is put in


def _line(a, b, tone):
    up = b.y < a.y
    y1, y2 = (a.y - 21, b.y + 25) if up else (a.y + 21, b.y - 25)
    middle, tip = (y1 + y2) / 2, 6 if up else -6
    colour = f' data-tone="{tone}"' if tone else ""
    return (f'<path class="n {"sc k2" if tone else "s2"}"{colour} d="M{a.x:.0f} {y1:.0f}C{a.x:.0f} {middle:.0f} {b.x:.0f} {middle:.0f} {b.x:.0f} {y2:.0f}"/>'
            f'<path class="{"fc" if tone else "f4"}"{colour} d="M{b.x - 4:.0f} {y2 + tip / 2:.0f}l4{-tip:+.0f} 4 {tip:.0f}Z"/>')


def _box(box, graph):
    mine = box.nodes[0].record.pk == graph.start
    tone = "" if mine or graph.way != "up" else TONES[box.status]
    look = "fi" if mine else {"red": "fb1 sc", "amber": "f0 st"}.get(tone, "f0 s2")
    x, y = box.x - box.width / 2, box.y - TALL / 2
    tag, link = ("a", f' href="{box.href}"') if box.href else ("g", "")
    colour = f' data-tone="{tone}"' if tone else ""
    said = f"<title>{escape(', '.join(n.record.title for n in box.nodes[:12]))}</title>"
    return (f'<{tag}{link} class="g-node{" dk" if mine else ""}"{colour}>{said}<rect class="{look}" x="{x:.0f}" y="{y:.0f}" width="{box.width:.0f}" height="{TALL}" rx="9"/>'
            f'<svg class="icon" x="{x + 12:.0f}" y="{y + 12:.0f}" width="18" height="18"><use href="{static("icons.svg")}#{escape(box.icon)}"/></svg>'
            f'<text class="xt xm" x="{x + 38:.0f}" y="{y + 18:.0f}">{escape(box.title)}</text><text x="{x + 38:.0f}" y="{y + 32:.0f}">{escape(box.below)}</text></{tag}>')


def sentence(graph):
    """What the picture says, in words: "If it stays down: 412 people at 1 site, 2 services, 7 items; 3 at risk." """
    if graph.way != "up":
        n = len(graph.nodes) - 1
        return ngettext("It needs %d other.", "It needs %d others.", n) % n + (" " + _t("There is more beyond level %s.") % graph.depth if graph.cut else "")
    found = told(graph)
    parts = []
    if found["people"]:
        parts.append(ngettext("%d person", "%d people", found["people"]) % found["people"])
    if found["services"]:
        parts.append(ngettext("%d service", "%d services", len(found["services"])) % len(found["services"]))
    parts.append(ngettext("%d item", "%d items", found["items"]) % found["items"])
    text = _t("If it stays down: %s.") % ", ".join(parts)
    if found["risk"]:
        text += " " + ngettext("%d of them is at risk and still works.", "%d of them are at risk and still work.", found["risk"]) % found["risk"]
    return text + (" " + _t("There is more beyond level %s.") % graph.depth if graph.cut else "")
