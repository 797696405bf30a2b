"""Charts as SVG, drawn on the server: no script, no inline style; classes take their colours from the tokens of the design.

Every function returns markup with a sentence as its label; the page puts the same numbers as a table below it. None among
the values is a gap: nothing is known of it.
"""

from math import ceil, floor, log10

from markupsafe import Markup, escape

from praxis.kernel.kinds import registry
from praxis.records.overlays import rules

LEFT, TOP, BOTTOM = 34, 10, 22


def scale(most, least=0.0, steps=4):
    """Round marks of an axis from `least` (0 or below) to at least `most`: [0, 50, 100, 150, 200]."""
    span = max(most - least, 1e-9)
    raw = span / steps
    size = 10 ** floor(log10(raw))
    step = next(size * n for n in (1, 2, 2.5, 5, 10) if size * n >= raw)
    step = step if step < 1 else ceil(step)
    low = -ceil(-least / step) * step if least < 0 else 0
    marks = [low]
    while marks[-1] < most:
        marks.append(marks[-1] + step)
    return [round(m, 6) for m in marks]


class _Plane:
    """The inside of a chart: `x(index)` and `y(value)` in its own units."""

    def __init__(self, width, height, right, marks, count, middle=False):
        self.width, self.height, self.right, self.marks = width, height, right, marks
        self.inner, self.tall, self.count, self.middle = width - LEFT - right, height - TOP - BOTTOM, max(count, 1), middle

    def x(self, i):
        if self.middle:
            return LEFT + (i + 0.5) * self.inner / self.count
        return LEFT + i * self.inner / max(self.count - 1, 1)

    def y(self, value):
        low, high = self.marks[0], self.marks[-1]
        return TOP + self.tall - (value - low) / ((high - low) or 1) * self.tall

    def frame(self, words, labels):
        """The lines and words of both axes; `labels` is [(index, text)]."""
        parts = []
        for mark in self.marks:
            y = self.y(mark)
            parts.append(f'<line class="s1" x1="{LEFT}" x2="{LEFT + self.inner}" y1="{y:.1f}" y2="{y:.1f}"/>'
                         f'<text x="{LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{escape(words(mark))}</text>')
        for i, text in labels:
            anchor = "middle" if self.middle or 0 < i < self.count - 1 else "start" if i == 0 else "end"
            parts.append(f'<text x="{self.x(i):.1f}" y="{self.height - 4}" text-anchor="{anchor}">{escape(text)}</text>')
        return "".join(parts)

    def path(self, values):
        """The line through the known values, broken at gaps."""
        parts, pen = [], "M"
        for i, value in enumerate(values):
            if value is None:
                pen = "M"
                continue
            parts.append(f"{pen}{self.x(i):.1f} {self.y(value):.1f}")
            pen = "L"
        return " ".join(parts)

    def drawing(self, label, *parts):
        return Markup(f'<svg class="chart" viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>')  # noqa: S704


def sparse(labels, most=5):
    """[(index, text)] of at most so many labels, the first and the last among them."""
    if len(labels) <= most:
        return list(enumerate(labels))
    step = (len(labels) - 1) / (most - 1)
    return [(i, labels[i]) for i in sorted({round(n * step) for n in range(most)})]


def spark(values, label, tone=""):
    """A line of 72 x 22 beside a number; "" with fewer than two known values."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return Markup("")
    width, height = 72, 22
    low, high = min(known) * 0.98, max(known) * 1.02
    points = [(2 + i * (width - 4) / (len(values) - 1), height - 3 - (v - low) / ((high - low) or 1) * (height - 6))
              for i, v in enumerate(values) if v is not None]
    line = " ".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(points))
    toned = f' data-tone="{tone}"' if tone else ""
    return Markup(  # noqa: S704
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{escape(label)}"{toned}>'
        f'<path class="fc faint" d="{line} L{points[-1][0]:.1f} {height} L{points[0][0]:.1f} {height}Z"/><path class="c-line" d="{line}"/>'
        f'<circle class="fc" cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="2"/></svg>')


def control(values, labels, chart, signals, words, label, width=560, height=218):
    """A control chart: values, mean and natural limits of `chart` (praxis.lib.spc.Chart or None), signals by index in red."""
    known = [v for v in values if v is not None]
    plane = _Plane(width, height, 74, scale(max([*known, chart.upper if chart else 1])), len(values))
    parts = [plane.frame(words, sparse(labels))]
    if chart:
        lower = max(0, chart.lower)
        parts.append(f'<rect class="f1" x="{LEFT}" y="{plane.y(chart.upper):.1f}" width="{plane.inner}" height="{plane.y(lower) - plane.y(chart.upper):.1f}"/>')
        lines = [(chart.upper, "s3 dash", "UCL"), (chart.mean, "s4", "Mean"), *([(chart.lower, "s3 dash", "LCL")] if chart.lower > 0 else [])]
        for value, css, name in lines:
            y = plane.y(value)
            parts.append(f'<line class="{css}" x1="{LEFT}" x2="{LEFT + plane.inner}" y1="{y:.1f}" y2="{y:.1f}"/>'
                         f'<text x="{LEFT + plane.inner + 6}" y="{y + 3.5:.1f}">{name} {escape(words(round(value, 1)))}</text>')
    parts.append(f'<path class="c-line" d="{plane.path(values)}"/>')
    for i, value in enumerate(values):
        if value is not None:
            x, y = plane.x(i), plane.y(value)
            parts.append(f'<g data-tone="red"><circle class="fc" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/></g>' if i in signals
                         else f'<circle class="f0 sc" cx="{x:.1f}" cy="{y:.1f}" r="2"/>')
    return plane.drawing(label, *parts)


def flow(came, went, stock, labels, words, label, width=560, height=218):
    """Backlog flow: what came upwards, what went downwards, what is still open as a line on the same scale."""
    known = [v for v in stock if v is not None]
    most = max([*came, *known, 1])
    plane = _Plane(width, height, 74, scale(most, -max([*went, 1])), len(came), middle=True)
    bar = plane.inner / plane.count * 0.58
    parts = [plane.frame(lambda v: words(abs(v)), sparse(labels))]
    for i in range(len(came)):
        x = plane.x(i) - bar / 2
        parts.append(f'<rect class="fc soft" x="{x:.1f}" y="{plane.y(came[i]):.1f}" width="{bar:.1f}" height="{plane.y(0) - plane.y(came[i]):.1f}" rx="1.5"/>'
                     f'<rect class="f3 soft" x="{x:.1f}" y="{plane.y(0) + 1:.1f}" width="{bar:.1f}" height="{plane.y(-went[i]) - plane.y(0):.1f}" rx="1.5"/>')
    right = LEFT + plane.inner
    parts.append(f'<line class="s3" x1="{LEFT}" x2="{right}" y1="{plane.y(0):.1f}" y2="{plane.y(0):.1f}"/><path class="c-line s5" d="{plane.path(stock)}"/>')
    names = [(plane.y(-went[-1] * 0.55) + 4, "", "Resolved"), (plane.y(came[-1]) + 9, "", "Created")]
    if known:
        names.append((plane.y(known[-1]) + 3.5, "xt xm", f"Backlog {known[-1]}"))
    parts += _apart(names, right + 6)
    return plane.drawing(label, *parts)


def lines(series, labels, words, label, width=380, height=222):
    """Lines with their names at their ends: [(name, values, "area" or a stroke class)]."""
    known = [v for _n, values, _c in series for v in values if v is not None]
    plane = _Plane(width, height, 64, scale(max(known or [1])), max((len(v) for _n, v, _c in series), default=1))
    parts, names, right = [plane.frame(words, sparse(labels, 2))], [], LEFT + plane.inner
    for name, values, css in series:
        path, ends = plane.path(values), [i for i, v in enumerate(values) if v is not None]
        if not ends:
            continue
        if css == "area":
            parts.append(f'<path class="fc faint" d="{path} L{plane.x(ends[-1]):.1f} {TOP + plane.tall} L{plane.x(ends[0]):.1f} {TOP + plane.tall}Z"/>')
        y = plane.y(values[ends[-1]])
        parts.append(f'<path class="c-line {css}" d="{path}"/><circle class="fc" cx="{plane.x(ends[-1]):.1f}" cy="{y:.1f}" r="2.5"/>')
        names.append((y + 3.5, "xt xm", name))
    return plane.drawing(label, *parts, *_apart(names, right + 6))


def _apart(names, x, least=12):
    """Words at the end of lines, moved down where they would lie on each other."""
    parts, last = [], None
    for y, css, text in sorted(names):
        y = y if last is None else max(y, last + least)
        last = y
        parts.append(f'<text{f" class={chr(34)}{css}{chr(34)}" if css else ""} x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>')
    return parts


def lifecycle(rule):
    """The picture of a kind's lifecycle: states in their order, moves forward above and back below; the rule's own move stands out."""
    kind = registry[rule.kind]
    states, hidden = list(kind.lifecycle.states.values()), {m for m, r in rules(rule.kind, rule.organisation_id).items() if r.hidden}
    gap, wide, tall = 150, 112, 34
    place = {s.name: 20 + n * gap for n, s in enumerate(states)}
    arcs, most = [], 1
    for move in kind.lifecycle.moves.values():
        for source in move.sources:
            a, b = place[source.name] + wide / 2, place[move.to.name] + wide / 2
            far = abs(b - a) / gap
            most = max(most, far)
            arcs.append((move, a, b, far))
    middle = 30 + 34 * most
    parts = []
    for move, a, b, far in sorted(arcs, key=lambda arc: -arc[3]):
        up = b > a
        edge, bow = (middle, middle - 26 - 30 * far) if up else (middle + tall, middle + tall + 26 + 30 * far)
        css = "sc k2" if move.name == rule.move else "s3 dash" if move.name in hidden else "s3"
        parts.append(f'<path class="n {css}" d="M{a:.0f} {edge:.0f} Q{(a + b) / 2:.0f} {bow:.0f} {b:.0f} {edge:.0f}"/>'
                     f'<circle class="f3" cx="{b:.0f}" cy="{edge:.0f}" r="3"/>'
                     f'<text{" class=" + chr(34) + "xt xm" + chr(34) if move.name == rule.move else ""} x="{(a + b) / 2:.0f}" y="{(edge + bow) / 2 + (-3 if up else 10):.0f}" text-anchor="middle">{escape(move.name)}</text>')
    for state in states:
        x = place[state.name]
        parts.append(f'<rect class="{"f1" if state.is_open else "ft"} s2" x="{x}" y="{middle:.0f}" width="{wide}" height="{tall}" rx="8"/>'
                     f'<text class="xt xm" x="{x + wide / 2}" y="{middle + 21:.0f}" text-anchor="middle">{escape(state.label)}</text>')
    width, height = 40 + gap * len(states) - gap + wide, middle + tall + 30 + 34 * most
    moves = ", ".join(f"{m.name}: {' or '.join(str(s.label) for s in m.sources)} to {m.to.label}" for m in kind.lifecycle.moves.values())
    return Markup(f'<svg class="chart" viewBox="0 0 {width} {height:.0f}" role="img" aria-label="{escape(moves)}">{"".join(parts)}</svg>')  # noqa: S704
