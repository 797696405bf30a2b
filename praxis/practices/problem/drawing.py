"""The analysis of a problem as pictures: cause and effect as a fishbone, causes as a fault tree, incidents a week as bars."""

from django.utils.translation import gettext as _t
from markupsafe import Markup, escape

from .models import Cause
from .rules import holds

WIDE, TALL, SPINE, HEAD = 830, 236, 116, 652
MOST = 4  # causes on a branch; more are counted
LETTER = 5.4


def _cut(text, most):
    return text if len(text) <= most else text[: most - 1] + "…"


def _halves(text, most=20):
    """The effect in the head, on one or two lines."""
    words, first = text.split(), ""
    while words and len(first) + len(words[0]) < most:
        first = f"{first} {words.pop(0)}".strip()
    return [line for line in (first or _cut(text, most), _cut(" ".join(words), most) if first else "") if line]


def fishbone(title, causes):
    """Cause and effect (Ishikawa): a bone for each branch, its causes on it, those that are proved in red."""
    bones = dict.fromkeys((key for key, _label in Cause.BRANCHES), ())
    for cause in causes:
        bones[cause.branch] = (*bones[cause.branch], cause)
    labels, places = dict(Cause.BRANCHES), ((225, 1), (410, 1), (595, 1), (225, 0), (410, 0), (595, 0))
    proved = [c.text for c in causes if c.sure == "proved"]
    said = _t("Cause and effect. Proved: %s.") % ", ".join(proved) if proved else _t("Cause and effect. Nothing is proved yet.")
    lines = _halves(title)
    out = [f'<svg class="draw fish" viewBox="-60 0 {WIDE + 60} {TALL}" role="img" aria-label="{escape(said)}"><line class="s4 k2" x1="-20" x2="{HEAD}" y1="{SPINE}" y2="{SPINE}"/>',
           '<path class="fi" d="M662 88h150a8 8 0 0 1 8 8v40a8 8 0 0 1-8 8H662l-14-28Z"/>']
    out += [f'<text class="xi xb" x="738" y="{SPINE + 4 - 8 * (len(lines) - 1) + 16 * n}" text-anchor="middle">{escape(line)}</text>' for n, line in enumerate(lines)]
    for (x, up), (key, own) in zip(places, bones.items()):
        end, name = (22, 15) if up else (210, 226)
        out.append(f'<line class="s3" x1="{x - 56}" y1="{end}" x2="{x}" y2="{SPINE}"/><text class="xt xb" x="{x - 62}" y="{name}" text-anchor="middle">{escape(labels[key])}</text>')
        step = 72 / max(len(own[:MOST]), 2)
        for n, cause in enumerate(own[:MOST]):
            y = (36 + step * n) if up else (150 + step * n * 0.75)
            at = x - 56 + 56 * ((y - 22) / 94 if up else (210 - y) / 94)
            words = _cut(cause.text, 32) if n < MOST - 1 or len(own) <= MOST else _t("and %s more") % (len(own) - MOST + 1)
            tone, bold = (' data-tone="red"', ' class="xo xb"') if cause.sure == "proved" else ("", "")
            struck = ' class="xq"' if cause.sure == "refuted" else bold
            out.append(f'<g{tone}><line class="s2" x1="{at - 12:.1f}" x2="{at:.1f}" y1="{y:.0f}" y2="{y:.0f}"/><text{struck} x="{at - 16:.1f}" y="{y + 3.5:.1f}" text-anchor="end">{escape(words)}</text></g>')
    return Markup("".join(out) + "</svg>")  # noqa: S704 - every text is escaped where it is put in


BOX, ROW, GAP = 168, 84, 14


def tree(title, causes):
    """The fault tree: what has to happen for the effect, each box with its gate; red occurred, grey did not, plain is open."""
    below = {}
    for cause in causes:
        below.setdefault(cause.parent_id, []).append(cause)
    found = holds({c.pk: (c.parent_id, c.sure) for c in causes}, {c.pk: c.gate for c in causes})
    places, width = {}, [0.0]

    def place(pk, level):
        parts = [place(c.pk, level + 1) for c in below.get(pk, ())]
        if parts:
            x = sum(parts) / len(parts)
        else:
            x, width[0] = width[0], width[0] + BOX + GAP
        places[pk] = (x, level)
        return x

    place(None, 0)
    tall = (max(level for _x, level in places.values()) + 1) * ROW
    wide = max(width[0], BOX + GAP)
    by_id = {c.pk: c for c in causes}
    out = [f'<svg class="draw graph" viewBox="0 0 {wide:.0f} {tall}" role="img" aria-label="{escape(_t("Fault tree of %s") % title)}">']
    for pk, (x, level) in places.items():
        parent = by_id[pk].parent_id if pk in by_id else None
        if pk is not None:
            px, plevel = places[parent]
            out.append(f'<path class="n s2" d="M{px + BOX / 2:.0f} {plevel * ROW + 44}V{level * ROW - 14}H{x + BOX / 2:.0f}V{level * ROW + 4}"/>')
    for pk, (x, level) in places.items():
        cause = by_id.get(pk)
        occurred = found.get(pk) if cause else True
        tone = ' data-tone="red"' if occurred and cause else ""
        look = "fi" if cause is None else "fb sc" if occurred else "f1 s2" if occurred is False else "f0 s2"
        text = "xi xb" if cause is None else "xt"
        note = "" if cause is None else str(cause.get_sure_display())
        gate = f"{cause.get_gate_display()}" if cause and below.get(pk) else ""
        out.append(f'<g{tone}><rect class="{look}" x="{x:.0f}" y="{level * ROW + 4}" width="{BOX}" height="40" rx="8"/><title>{escape(cause.text if cause else title)}</title>'
                   f'<text class="{text}" x="{x + BOX / 2:.0f}" y="{level * ROW + 21}" text-anchor="middle">{escape(_cut(cause.text if cause else title, 27))}</text>'
                   f'<text class="{"xi" if cause is None else "xq"}" x="{x + BOX / 2:.0f}" y="{level * ROW + 36}" text-anchor="middle">{escape(", ".join(filter(None, (note, gate))))}</text></g>')
    return Markup("".join(out) + "</svg>")  # noqa: S704 - as above


def bars(weeks, marks):
    """Incidents a week; `marks` are {Monday: words} such as a change that was carried out then."""
    most = max([n for _w, n in weeks] + [1])
    out = [f'<svg class="draw bars" viewBox="0 -14 256 88" role="img" aria-label="{escape(_t("Incidents per week: %s") % ", ".join(str(n) for _w, n in weeks))}">']
    for n, (week, count) in enumerate(weeks):
        x, tall, marked = n * 25.8, 52 * count / most, week in marks
        look = 'class="fc most" data-tone="red"' if marked else 'class="f3 soft"'
        out.append(f'<rect {look} x="{x:.1f}" y="{56 - tall:.1f}" width="20" height="{tall + 1:.1f}" rx="2"/>')
        if marked:
            out.append(f'<text x="{min(x + 10, 214):.0f}" y="{50 - tall:.0f}" text-anchor="middle">{escape(marks[week])}</text>')
    if weeks:
        out.append(f'<text x="0" y="72">{escape(_t("Week %s") % weeks[0][0].isocalendar().week)}</text><text x="252" y="72" text-anchor="end">{weeks[-1][0].isocalendar().week}</text>')
    return Markup("".join(out) + "</svg>")  # noqa: S704 - as above
