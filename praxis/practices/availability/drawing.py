"""Availability as pictures: a bar a day, the budget as a line that runs out."""

from django.utils.translation import gettext as _t
from markupsafe import Markup, escape

SEVERE = 0.05  # of a day: more than an hour is red


def days(title, rows, words):
    """A bar for each day: green without downtime, amber with some, red with much, grey where nothing is known."""
    out = [f'<svg class="draw" viewBox="0 0 {7 * len(rows)} 26" preserveAspectRatio="none" role="img" aria-label="{escape(_t("%(title)s, %(words)s over %(n)s days") % {"title": title, "words": words, "n": len(rows)})}">']
    for n, (day, share) in enumerate(rows):
        tone = "grey" if share is None else "green" if not share else "amber" if share < SEVERE else "red"
        soft = " soft" if not share else ""
        out.append(f'<rect x="{7 * n}" y="0" width="5" height="26" rx="1.5" data-tone="{tone}" class="fc{soft}"><title>{day}</title></rect>')
    return Markup("".join(out) + "</svg>")  # noqa: S704 - numbers and days alone


def budget(used, words):
    """How much of an error budget is left, as a bar."""
    if used is None:
        return Markup("")
    left = max(0.0, min(1.0, 1 - used))
    tone = "green" if left > 0.5 else "amber" if left > 0 else "red"
    return Markup(f'<svg class="draw" viewBox="0 0 240 14" role="img" aria-label="{escape(words)}"><rect class="f1" x="0" y="2" width="240" height="10" rx="5"/>'  # noqa: S704
                  f'<rect class="fc" data-tone="{tone}" x="0" y="2" width="{max(4, 240 * left):.0f}" height="10" rx="5"/></svg>')
