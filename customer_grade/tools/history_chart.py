"""The score of a customer over time, drawn as SVG.

Paper has no JavaScript: the chart has to be finished markup. Colours are plain and told
apart in grey, because such cards are often printed black and white.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

LEFT, RIGHT, TOP, BOTTOM = 34.0, 46.0, 16.0, 22.0
"""Room around the plot for the scale, the names of the levels, marks and days."""

LABEL_WIDTH = 78.0
"""Room a day label needs; labels closer together are left out."""

MARK_WIDTH = 14.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A grade given on a day.

    :param score: 0 to 100, or None where the grade was set rather than computed
    :param mark: name of the grade, written where it changes
    :param label: the day as the reader writes it
    """

    day: date
    score: float | None
    mark: str
    label: str


@dataclass(frozen=True, slots=True)
class Level:
    """A line across the chart: ``name`` begins at ``score``."""

    name: str
    score: float


def step_points(entries: Sequence[Entry], width: float, height: float) -> list[tuple[float, float]]:
    """Return where each entry lies on the drawing, in pixels from the upper left corner.

    Entries stand in the order of time. One without a score lies at the height of the one
    before (the first at the bottom): the grade was set by hand, the score is not known. A
    single day lies in the middle.
    """
    if not entries:
        return []
    first, last = entries[0].day, entries[-1].day
    days = (last - first).days
    inner_width, inner_height = width - LEFT - RIGHT, height - TOP - BOTTOM
    points, score = [], 0.0
    for entry in entries:
        if entry.score is not None:
            score = min(max(entry.score, 0.0), 100.0)
        share = (entry.day - first).days / days if days else 0.5
        points.append((LEFT + share * inner_width, TOP + (1 - score / 100.0) * inner_height))
    return points


def step_path(points: Sequence[tuple[float, float]]) -> str:
    """Return the SVG path of a step chart: a score holds until the next one."""
    if not points:
        return ""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for x, y in points[1:]:
        path.append(f"H{x:.1f}V{y:.1f}")
    return "".join(path)


def _spread(places: Sequence[float], room: float) -> list[int]:
    """Return which of the rising ``places`` can be labelled without touching; the last always is."""
    chosen: list[int] = []
    for index in reversed(range(len(places))):
        if not chosen or places[chosen[-1]] - places[index] >= room:
            chosen.append(index)
    return chosen[::-1]


def _text(x: float, y: float, text: str, anchor: str = "middle", size: int = 10, weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
        f'fill="#333">{escape(text)}</text>'
    )


def _scale(levels: Sequence[Level], width: float, height: float) -> list[str]:
    """Draw the frame, the scale on the left and the levels with their names on the right."""
    inner = height - TOP - BOTTOM
    parts = [
        f'<rect x="{LEFT:.1f}" y="{TOP:.1f}" width="{width - LEFT - RIGHT:.1f}" height="{inner:.1f}" '
        'fill="none" stroke="#bbb"/>'
    ]
    for score in (0, 50, 100):
        parts.append(_text(LEFT - 6, TOP + (1 - score / 100.0) * inner + 3.5, str(score), "end"))
    for level in levels:
        y = TOP + (1 - level.score / 100.0) * inner
        if 0 < level.score <= 100:
            parts.append(
                f'<line x1="{LEFT:.1f}" y1="{y:.1f}" x2="{width - RIGHT:.1f}" y2="{y:.1f}" '
                'stroke="#999" stroke-dasharray="4 3"/>'
            )
        parts.append(_text(width - RIGHT + 6, y + 3.5 if level.score else y, level.name, "start"))
    return parts


def history_svg(
    entries: Sequence[Entry], levels: Sequence[Level] = (), *, width: float = 680.0, height: float = 190.0
) -> str:
    """Draw the scores as a step chart, with the grade wherever it changes.

    :param entries: in the order of time
    :param levels: the thresholds of the grades
    :return: an ``<svg>`` element; empty text without entries
    """
    if not entries:
        return ""
    points = step_points(entries, width, height)
    parts = _scale(levels, width, height)
    parts.append(f'<path d="{step_path(points)}" fill="none" stroke="#1f5c99" stroke-width="2"/>')
    for entry, (x, y) in zip(entries, points, strict=True):
        filled = "#fff" if entry.score is None else "#1f5c99"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{filled}" stroke="#1f5c99"/>')
    changes = [i for i, entry in enumerate(entries) if not i or entry.mark != entries[i - 1].mark]
    for chosen in _spread([points[i][0] for i in changes], MARK_WIDTH):
        x, y = points[changes[chosen]]
        # Beside the frame rather than on it.
        anchor = "start" if x < LEFT + 4 else "end" if x > width - RIGHT - 4 else "middle"
        shift = {"start": 4, "end": -4, "middle": 0}[anchor]
        parts.append(_text(x + shift, max(y - 6, 10), entries[changes[chosen]].mark, anchor, 11, "bold"))
    for index in _spread([x for x, _y in points], LABEL_WIDTH):
        x = points[index][0]
        parts.append(_text(x, height - 6, entries[index].label))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'
    )
