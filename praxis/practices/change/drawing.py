"""The window of a change as a line of time, and its risk as a matrix: SVG from the server."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _t
from markupsafe import Markup, escape

LEAST, PAD = timedelta(hours=8), 0.35


def _range(change):
    """From a third before the window to a third after it, in whole hours."""
    length = max(change.planned_end - change.planned_start, LEAST / 3)
    start = timezone.localtime(change.planned_start - max(length * PAD, timedelta(hours=2))).replace(minute=0, second=0, microsecond=0)
    end = timezone.localtime(change.planned_end + max(length * PAD, timedelta(hours=3))).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return start, end


def _step(hours):
    return next((n for n in (1, 2, 3, 6, 12, 24, 48, 168) if hours / n <= 8), 336)


def window(change, others, shut):
    """`others` are changes at that time, `shut` [(freeze, start, end)]; the same is told in words beside it."""
    start, end = _range(change)
    whole = (end - start).total_seconds()

    def x(at):
        return round(min(100, max(0, (at - start).total_seconds() / whole * 100)), 2)

    parts, step = [], _step(whole / 3600)
    at = start.replace(hour=start.hour - start.hour % step if step < 24 else 0)
    while at <= end:
        if at >= start:
            local = timezone.localtime(at)
            words = f"{local:%H:%M}" if step < 24 and local.hour else f"{local:%a} {local.day} {local:%b}"
            turn = ' text-anchor="end"' if x(at) > 90 else ""
            parts.append(f'<line class="s1" x1="{x(at)}%" x2="{x(at)}%" y1="18" y2="150"/><text x="{x(at)}%" y="11"{turn}>{words}</text>')
        at += timedelta(hours=step)
    for freeze, a, b in shut[:2]:
        parts.append(f'<rect x="{x(a)}%" y="20" width="{round(x(b) - x(a), 2)}%" height="130" fill="url(#hx)"/>'
                     f'<text class="xo xm" data-tone="red" x="{min(x(a) + 0.5, 70)}%" y="142">{escape(freeze.label)}</text>')
    y = 26
    for other in others[:2]:
        wide = max(0.6, x(other.planned_end) - x(other.planned_start))
        turn = f'x="{x(other.planned_start)}%" dx="-6" text-anchor="end"' if x(other.planned_start) > 60 else f'x="{round(x(other.planned_start) + wide, 2)}%" dx="6"'
        parts.append(f'<rect class="fb st" data-tone="amber" x="{x(other.planned_start)}%" y="{y}" width="{wide:.2f}%" height="24" rx="5"/>'
                     f'<text class="xt xm" {turn} y="{y + 16}">{escape(other.number)}</text>')
        y += 30
    wide = max(0.6, x(change.planned_end) - x(change.planned_start))
    parts.append(f'<rect class="fa" x="{x(change.planned_start)}%" y="86" width="{wide:.2f}%" height="28" rx="5"/>'
                 + (f'<text class="xa xm" x="{round(x(change.planned_start) + 0.8, 2)}%" y="104">{escape(change.number)}</text>' if wide > 12 else ""))
    for pairs, tone in (([(a, b) for _f, a, b in shut], "red"), ([(o.planned_start, o.planned_end) for o in others], "amber")):
        for a, b in pairs:
            a, b = max(a, change.planned_start), min(b, change.planned_end)
            if a < b:
                parts.append(f'<rect class="fc" data-tone="{tone}" x="{x(a)}%" y="118" width="{max(0.4, x(b) - x(a)):.2f}%" height="4" rx="2"/>')
    label = escape(_t("Schedule from %(start)s to %(end)s; what overlaps is told below.") % {"start": f"{start:%a %H:%M}", "end": f"{timezone.localtime(end):%a %H:%M}"})
    hatch = '<defs><pattern id="hx" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="fh" width="3" height="7"/></pattern></defs>'
    return Markup(f'<svg class="draw gantt" width="100%" height="150" role="img" aria-label="{label}">{hatch}{"".join(parts)}</svg>')


def matrix(risk):
    """Impact against likelihood, five by five, with the point where the change stands."""
    cells = "".join(
        f'<rect class="{"f2" if (x + 1) * (5 - y) < 5 else "fb"}" data-tone="{"amber" if (x + 1) * (5 - y) < 12 else "red"}" x="{14 + x * 48.6:.1f}" y="{y * 18}" width="46.6" height="16" rx="3"/>'
        for y in range(5) for x in range(5))
    x, y = 14 + (risk.likelihood - 1) * 48.6 + 23.3, (5 - risk.impact) * 18 + 8
    label = escape(_t("Impact %(i)s of 5, likelihood %(l)s of 5") % {"i": risk.impact, "l": risk.likelihood})
    return Markup(f'<svg class="draw risk" viewBox="0 0 256 108" role="img" aria-label="{label}">{cells}<circle class="fi s0" cx="{x:.1f}" cy="{y}" r="6"/>'
                  f'<text x="135" y="104" text-anchor="middle">{escape(_t("Likelihood"))}</text><text x="-44" y="9" text-anchor="middle" transform="rotate(-90)">{escape(_t("Impact"))}</text></svg>')
