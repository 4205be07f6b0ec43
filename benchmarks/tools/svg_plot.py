"""Line plots as SVG, standard library only: axes, grid, labels, legend."""
import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 40, 55  # margins
COLORS = ("#1f6fb4", "#d1561f", "#2f8f4e", "#8553b0", "#7a6a4f", "#444444")


@dataclass
class Series:
    name: str
    x: list
    y: list


def nice_ticks(largest, about=6):
    """0 and multiples of 1, 2 or 5 times a power of ten, up to `largest` or one
    step beyond."""
    step = 10.0 ** math.floor(math.log10(largest / about))
    while largest / step > about:  # 1, 2, 5, 10
        step *= 2.5 if f"{step:e}".startswith("2") else 2
    return [step * at for at in range(math.ceil(largest / step - 1e-9) + 1)]


def powers_of_ten(least, largest):
    """From one at most `least` to a larger one at least `largest`."""
    low = math.floor(math.log10(least) + 1e-9)
    high = max(low + 1, math.ceil(math.log10(largest) - 1e-9))
    return [10.0 ** at for at in range(low, high + 1)]


def near_ticks(smallest, largest):
    """Ticks from below `smallest` to above `largest`."""
    step = nice_ticks(largest - smallest or 1)[1]
    low, high = math.floor(smallest / step), math.ceil(largest / step)
    return [step * at for at in range(low, max(high, low + 1) + 1)]


def short_number(value):
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:g} {unit}"
    return f"{value:g}"


def draw_text(x, y, text, anchor="middle", size=13, extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'font-size="{size}" {extra}>{escape(text)}</text>')


def draw_line(x1, y1, x2, y2, color):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{color}"/>')


class _Frame:
    """Where a value lies on the picture; x and y fill the plot, y from 0, or
    from the tick below the smallest, or from a power of ten with a logarithmic
    axis."""

    def __init__(self, series, log_x, log_y, ticks_x, from_zero):
        xs = ticks_x or sorted({x for one in series for x in one.x})
        self.ticks_x = xs
        self.scale = math.log if log_x else float
        self.low, self.high = self.scale(xs[0]), self.scale(xs[-1])
        if self.low == self.high:
            self.low, self.high = self.low - 1, self.high + 1
        ys = [y for one in series for y in one.y]
        self.log_y = log_y
        self.ticks_y = (powers_of_ten(min(ys), max(ys)) if log_y else
                        nice_ticks(max(ys)) if from_zero else
                        near_ticks(min(ys), max(ys)))

    def x(self, value):
        share = (self.scale(value) - self.low) / (self.high - self.low)
        return LEFT + 15 + share * (WIDTH - LEFT - RIGHT - 30)

    def y(self, value):
        low, high = self.ticks_y[0], self.ticks_y[-1]
        share = (math.log(value / low) / math.log(high / low) if self.log_y
                 else (value - low) / (high - low))
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _axes(frame, x_label, y_label):
    parts = []
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value in frame.ticks_y:
        at = frame.y(value)
        parts.append(draw_line(LEFT, at, right, at, "#dddddd"))
        parts.append(draw_text(LEFT - 8, at + 4, short_number(value), "end"))
    for value in frame.ticks_x:
        at = frame.x(value)
        parts.append(draw_line(at, bottom, at, bottom + 5, "#000000"))
        parts.append(draw_text(at, bottom + 20, short_number(value)))
    parts.append(draw_line(LEFT, bottom, right, bottom, "#000000"))
    parts.append(draw_line(LEFT, TOP, LEFT, bottom, "#000000"))
    parts.append(draw_text((LEFT + right) / 2, HEIGHT - 12, x_label))
    middle = (TOP + bottom) / 2
    parts.append(draw_text(16, middle, y_label,
                       extra=f'transform="rotate(-90 16 {middle:.1f})"'))
    return parts


def _dash(at):
    """Once the colors are used up, broken lines tell curves apart."""
    return ' stroke-dasharray="6 4"' if at // len(COLORS) % 2 else ""


def _curve(frame, one, at):
    color = COLORS[at % len(COLORS)]
    points = [(frame.x(x), frame.y(y)) for x, y in zip(one.x, one.y)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [f'<polyline points="{path}" fill="none" stroke="{color}" '
             f'stroke-width="2"{_dash(at)}/>']
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{color}"/>'
              for x, y in points]
    return parts


LEGEND = WIDTH - RIGHT + 16  # its left end, beside the plot


def _width(series):
    """Of the picture, with room for the legend."""
    longest = max(len(one.name) for one in series)
    return math.ceil(LEGEND + 30 + 7.2 * longest + RIGHT)


def _legend(series):
    parts = []
    for at, one in enumerate(series):
        y = TOP + 14 + 20 * at
        color = COLORS[at % len(COLORS)]
        parts.append(f'<line x1="{LEGEND}" y1="{y - 4}" x2="{LEGEND + 24}" '
                     f'y2="{y - 4}" stroke="{color}" stroke-width="2"'
                     f'{_dash(at)}/>')
        parts.append(draw_text(LEGEND + 30, y, one.name, "start"))
    return parts


def plot(path, title, x_label, y_label, series, log_x=False, log_y=False,
         ticks_x=None, from_zero=True):
    """Writes `series` (of Series, not empty, with log_y > 0) to `path`; the y
    axis starts at 0, for which all are y >= 0, or near the smallest. ticks_x:
    the values named on the x axis, from its one end to the other (default: all
    that occur)."""
    frame = _Frame(series, log_x, log_y, ticks_x, from_zero)
    width = _width(series)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
             f'height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" '
             'font-family="sans-serif">',
             f'<rect width="{width}" height="{HEIGHT}" fill="white"/>',
             draw_text((LEFT + WIDTH - RIGHT) / 2, 24, title, size=15)]
    parts += _axes(frame, x_label, y_label)
    for at, one in enumerate(series):
        parts += _curve(frame, one, at)
    parts += _legend(series)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts) + "\n</svg>\n")
