"""A timeline as a picture: a lane for each kind, a bar for each entry. The list beside it says the same in words."""

from django.utils.translation import gettext as _t
from markupsafe import Markup, escape

WIDE, NAME, LANE, LEAST = 900, 110, 26, 4
TONES = {"incident": "amber", "problem": "violet", "change": "blue", "release": "blue", "deployment": "grey", "outage": "red"}


def lanes(entries, end, words):
    """SVG of these entries (latest first) up to `end`; `words(moment)` writes one."""
    if not entries:
        return None
    start = min(e.began for e in entries)
    end = max([end, *(e.began for e in entries)])
    span = max(1.0, (end - start).total_seconds())
    kinds = {e.kind.key: e.kind for e in entries}
    tall = LANE * len(kinds) + 24

    def at(moment):
        return NAME + (WIDE - NAME) * max(0.0, min(1.0, (moment - start).total_seconds() / span))

    said = _t("%(n)s entries from %(start)s to %(end)s") % {"n": len(entries), "start": words(start), "end": words(end)}
    out = [f'<svg class="draw chart" viewBox="0 0 {WIDE} {tall}" role="img" aria-label="{escape(said)}">']
    for n, (key, kind) in enumerate(sorted(kinds.items())):
        y = LANE * n
        out.append(f'<rect class="f1" x="{NAME}" y="{y + 2}" width="{WIDE - NAME}" height="{LANE - 4}" rx="3"/><text x="0" y="{y + 17}">{escape(kind.plural)}</text>')
        for e in entries:
            if e.kind.key == key:
                left, right = at(e.began), at(e.ended or end)
                out.append(f'<rect class="fc" data-tone="{TONES.get(key, "grey")}" x="{min(left, WIDE - LEAST):.1f}" y="{y + 7}" width="{max(LEAST, right - left):.1f}" height="12" rx="2">'
                           f"<title>{escape(e.record.number)} {escape(e.title)}</title></rect>")
    out.append(f'<text x="{NAME}" y="{tall - 6}">{escape(words(start))}</text><text x="{WIDE}" y="{tall - 6}" text-anchor="end">{escape(words(end))}</text></svg>')
    return Markup("".join(out))  # noqa: S704 - what people wrote is escaped
