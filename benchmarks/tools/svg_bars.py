"""Bar charts as SVG: one bar a row with its value, and its spread if known."""
from svg_plot import COLORS, draw_line, draw_text, nice_ticks, short_number

WIDTH, ROW, TOP, BOTTOM, RIGHT = 640, 24, 44, 48, 56
CHARACTER = 6.6  # of a label, in pixels


def _bar(bar, at, left, scale):
    """Label, bar, spread and value of a row; `bar` = (label, color's number,
    value, deviation or None)."""
    label, color, value, deviation = bar
    middle = TOP + ROW * (at + 0.5)
    end = left + scale * value
    parts = [draw_text(left - 8, middle + 4, label, "end", 12),
             f'<rect x="{left:.1f}" y="{middle - 8:.1f}" '
             f'width="{scale * value:.1f}" height="16" '
             f'fill="{COLORS[color % len(COLORS)]}"/>']
    shown = end
    if deviation:
        shown = end + scale * deviation
        parts.append(draw_line(end - scale * deviation, middle, shown, middle,
                           "#000000"))
    parts.append(draw_text(shown + 6, middle + 4, f"{value:.1f}", "start", 12))
    return parts


def bars(path, title, x_label, rows):
    """Writes `rows` of (label, color's number, value >= 0, deviation or None),
    at least one above 0, to `path`."""
    left = 16 + CHARACTER * max(len(row[0]) for row in rows)
    bottom = TOP + ROW * len(rows)
    ticks = nice_ticks(max(value + (deviation or 0)
                           for _, _, value, deviation in rows))
    scale = (WIDTH - left - RIGHT) / ticks[-1]
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
             f'height="{bottom + BOTTOM}" viewBox="0 0 {WIDTH} '
             f'{bottom + BOTTOM}" font-family="sans-serif">',
             f'<rect width="{WIDTH}" height="{bottom + BOTTOM}" fill="white"/>',
             draw_text(WIDTH / 2, 24, title, size=15)]
    for tick in ticks:
        at = left + scale * tick
        parts += [draw_line(at, TOP, at, bottom, "#dddddd"),
                  draw_text(at, bottom + 18, short_number(tick), size=12)]
    parts.append(draw_text((left + WIDTH - RIGHT) / 2, bottom + 38, x_label,
                       size=12))
    for at, row in enumerate(rows):
        parts += _bar(row, at, left, scale)
    parts.append(draw_line(left, TOP, left, bottom, "#000000"))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts) + "\n</svg>\n")
