"""Charts of printed reports, drawn as SVG on the server: paper has no JavaScript.

Colours are plain and told apart in grey, because such reports are often printed black and white.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

DARK, LIGHT, INK = "#1f5c99", "#a9c7e4", "#333"
LEFT, TOP, BOTTOM = 36.0, 26.0, 24.0
"""Room around bars for the scale, the legend and the labels."""

STEP_LEFT, STEP_RIGHT, STEP_TOP, STEP_BOTTOM = 34.0, 46.0, 16.0, 22.0
"""Room around a step chart for the scale, the names of the levels, marks and days."""

LABEL_WIDTH = 78.0
"""Room a day label needs; labels closer together are left out."""

MARK_WIDTH = 14.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with two figures beside each other; None draws nothing."""

    label: str
    first: float | None
    second: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """A level reached on a day, such as a grade.

    :param score: 0 to 100, or None where the level was set rather than computed
    :param mark: name of the level, written where it changes
    :param label: the day as the reader writes it
    """

    day: date
    score: float | None
    mark: str
    label: str


@dataclass(frozen=True, slots=True)
class Level:
    """A line across a step chart: ``name`` begins at ``score``."""

    name: str
    score: float


# ----------------------------------------------------------------------
# Columns and rows
# ----------------------------------------------------------------------


def columns_svg(pairs: Sequence[Pair], names: tuple[str, str], *, width: float = 680.0, height: float = 190.0) -> str:
    """Draw two columns for each label, such as months.

    :param names: what the first and the second column mean
    :return: an ``<svg>`` element; empty text without labels
    """
    if not pairs:
        return ""
    top = nice_ceiling(_greatest(pairs))
    inner, room = height - TOP - BOTTOM, (width - LEFT - 6) / len(pairs)
    parts = _legend(names, LEFT, 12)
    for share in (0.0, 0.5, 1.0):
        y = TOP + (1 - share) * inner
        parts += [_line(LEFT, y, width, "#ccc"), _text(LEFT - 6, y + 3.5, f"{top * share:g}", "end")]
    thick = min(room * 0.36, 26.0)
    for place, pair in enumerate(pairs):
        middle = LEFT + (place + 0.5) * room
        for value, x, color in ((pair.first, middle - thick, DARK), (pair.second, middle, LIGHT)):
            if value:
                tall = value / top * inner
                parts.append(_bar(x, TOP + inner - tall, thick - 1, tall, color))
                parts.append(_text(x + thick / 2, TOP + inner - tall - 3, f"{value:g}", size=8))
        parts.append(_text(middle, height - 8, pair.label))
    return _svg(width, height, parts)


def rows_svg(pairs: Sequence[Pair], names: tuple[str, str], *, width: float = 680.0, label_width: float = 190.0) -> str:
    """Draw two bars for each label below each other, such as stages with median and P90.

    :param names: what the first and the second bar mean
    :return: an ``<svg>`` element; empty text without labels
    """
    if not pairs:
        return ""
    top = _greatest(pairs)
    room = 30.0
    inner = width - label_width - 50
    parts = _legend(names, label_width, 12)
    for place, pair in enumerate(pairs):
        y = TOP + place * room
        parts.append(_text(label_width - 8, y + 15, pair.label, "end"))
        for value, shift, color in ((pair.first, 0, DARK), (pair.second, 12, LIGHT)):
            if value is not None:
                long = max(value / top * inner, 1.0)
                parts.append(_bar(label_width, y + shift, long, 11, color))
                parts.append(_text(label_width + long + 4, y + shift + 9, f"{value:.1f}", "start", 9))
    return _svg(width, TOP + room * len(pairs), parts)


def _greatest(pairs: Sequence[Pair]) -> float:
    """Return the greatest figure, 1 where there is none but zero."""
    return max((value for pair in pairs for value in (pair.first, pair.second) if value), default=1.0)


def nice_ceiling(value: float) -> float:
    """Return the least of 4, 5, 10, 20, 40, 50, 100 … that is not below `value`."""
    power = 1.0
    while True:
        for step in (4, 5, 10, 20):
            if step * power >= value:
                return step * power
        power *= 10


# ----------------------------------------------------------------------
# Steps over time
# ----------------------------------------------------------------------


def steps_svg(
    steps: Sequence[Step], levels: Sequence[Level] = (), *, width: float = 680.0, height: float = 190.0
) -> str:
    """Draw scores as a step chart, with the mark wherever it changes.

    :param steps: in the order of time
    :param levels: the thresholds of the marks
    :return: an ``<svg>`` element; empty text without steps
    """
    if not steps:
        return ""
    points = step_points(steps, width, height)
    parts = _scale(levels, width, height)
    parts.append(f'<path d="{step_path(points)}" fill="none" stroke="{DARK}" stroke-width="2"/>')
    for step, (x, y) in zip(steps, points, strict=True):
        filled = "#fff" if step.score is None else DARK
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{filled}" stroke="{DARK}"/>')
    changes = [i for i, step in enumerate(steps) if not i or step.mark != steps[i - 1].mark]
    for chosen in _spread([points[i][0] for i in changes], MARK_WIDTH):
        x, y = points[changes[chosen]]
        # Beside the frame rather than on it.
        anchor = "start" if x < STEP_LEFT + 4 else "end" if x > width - STEP_RIGHT - 4 else "middle"
        shift = {"start": 4, "end": -4, "middle": 0}[anchor]
        parts.append(_text(x + shift, y - 6, steps[changes[chosen]].mark, anchor, 11, "bold"))
    for index in _spread([x for x, _y in points], LABEL_WIDTH):
        parts.append(_text(points[index][0], height - 6, steps[index].label))
    return _svg(width, height, parts)


def step_points(steps: Sequence[Step], width: float, height: float) -> list[tuple[float, float]]:
    """Return where each step lies on the drawing, in pixels from the upper left corner.

    Steps stand in the order of time. One without a score lies at the height of the one
    before (the first at the bottom): the level was set by hand, the score is not known. A
    single day lies in the middle.
    """
    if not steps:
        return []
    first, last = steps[0].day, steps[-1].day
    days = (last - first).days
    inner_width, inner_height = width - STEP_LEFT - STEP_RIGHT, height - STEP_TOP - STEP_BOTTOM
    points, score = [], 0.0
    for step in steps:
        if step.score is not None:
            score = min(max(step.score, 0.0), 100.0)
        share = (step.day - first).days / days if days else 0.5
        points.append((STEP_LEFT + share * inner_width, STEP_TOP + (1 - score / 100.0) * inner_height))
    return points


def step_path(points: Sequence[tuple[float, float]]) -> str:
    """Return the SVG path of a step chart: a score holds until the next one."""
    if not points:
        return ""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    return "".join([*path, *(f"H{x:.1f}V{y:.1f}" for x, y in points[1:])])


def _spread(places: Sequence[float], room: float) -> list[int]:
    """Return which of the rising ``places`` can be labelled without touching, from left to right; the last always is."""
    chosen: list[int] = []
    for index in reversed(range(len(places))):
        if not chosen or places[chosen[-1]] - places[index] >= room:
            chosen.append(index)
    return chosen[::-1]


def _scale(levels: Sequence[Level], width: float, height: float) -> list[str]:
    """Draw the frame, the scale on the left and the levels with their names on the right."""
    inner, right = height - STEP_TOP - STEP_BOTTOM, width - STEP_RIGHT
    parts = [
        f'<rect x="{STEP_LEFT:.1f}" y="{STEP_TOP:.1f}" width="{right - STEP_LEFT:.1f}" height="{inner:.1f}" '
        'fill="none" stroke="#bbb"/>'
    ]
    for score in (0, 50, 100):
        parts.append(_text(STEP_LEFT - 6, STEP_TOP + (1 - score / 100.0) * inner + 3.5, str(score), "end"))
    for level in levels:
        y = STEP_TOP + (1 - level.score / 100.0) * inner
        if 0 < level.score <= 100:
            parts.append(_line(STEP_LEFT, y, right, "#999", ' stroke-dasharray="4 3"'))
        parts.append(_text(right + 6, y + 3.5 if level.score else y, level.name, "start"))
    return parts


# ----------------------------------------------------------------------
# Marks on the paper
# ----------------------------------------------------------------------


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str = "middle", size: int = 10, weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
        f'fill="{INK}">{escape(text)}</text>'
    )


def _bar(x: float, y: float, width: float, height: float, color: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{color}"/>'


def _line(x: float, y: float, x2: float, color: str, more: str = "") -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y:.1f}" stroke="{color}"{more}/>'


def _legend(names: Sequence[str], x: float, y: float) -> list[str]:
    parts = []
    for name, color in zip(names, (DARK, LIGHT), strict=True):
        parts += [_bar(x, y - 9, 10, 10, color), _text(x + 15, y, name, "start")]
        # Chinese characters are as wide as two others.
        x += 36 + sum(11 if ord(letter) > 0x2E80 else 6 for letter in name)
    return parts
