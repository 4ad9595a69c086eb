"""Bars of the sample report, drawn as SVG on the server: paper has no JavaScript.

Colours are told apart in grey, too, as reports are often printed black and white.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

DARK, LIGHT = "#1f5c99", "#a9c7e4"
LEFT, TOP, BOTTOM = 36.0, 26.0, 24.0
INK = "#333"


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with two figures beside each other; None draws nothing."""

    label: str
    first: float | None
    second: float | None


def nice_ceiling(value: float) -> float:
    """Return the least of 1, 2, 4, 5, 10, 20, 40, 50 … that is not below `value`; at least 4."""
    if value <= 4:
        return 4.0
    power = 1.0
    while True:
        for step in (1, 2, 4, 5):
            if step * power >= value:
                return step * power
        power *= 10


def _text(x: float, y: float, text: str, anchor: str = "middle", size: int = 10) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{INK}">{escape(text)}</text>'


def _bar(x: float, y: float, width: float, height: float, color: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{color}"/>'


def _legend(names: Sequence[str], x: float, y: float) -> list[str]:
    parts = []
    for name, color in zip(names, (DARK, LIGHT), strict=True):
        parts += [_bar(x, y - 9, 10, 10, color), _text(x + 15, y, name, "start")]
        # Chinese characters are as wide as two others.
        x += 36 + sum(11 if ord(letter) > 0x2E80 else 6 for letter in name)
    return parts


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'
    )


def columns_svg(pairs: Sequence[Pair], names: tuple[str, str], *, width: float = 680.0, height: float = 190.0) -> str:
    """Draw two columns for each label, such as months.

    :param names: what the first and the second column mean
    :return: an ``<svg>`` element; empty text without labels
    """
    if not pairs:
        return ""
    top = nice_ceiling(max((value or 0.0 for pair in pairs for value in (pair.first, pair.second)), default=0.0))
    inner, room = height - TOP - BOTTOM, (width - LEFT - 6) / len(pairs)
    parts = _legend(names, LEFT, 12)
    for share in (0.0, 0.5, 1.0):
        y = TOP + (1 - share) * inner
        parts.append(f'<line x1="{LEFT:.1f}" y1="{y:.1f}" x2="{width:.1f}" y2="{y:.1f}" stroke="#ccc"/>')
        parts.append(_text(LEFT - 6, y + 3.5, f"{top * share:g}", "end"))
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
    top = max((value or 0.0 for pair in pairs for value in (pair.first, pair.second)), default=0.0) or 1.0
    room = 30.0
    height = TOP + room * len(pairs)
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
    return _svg(width, height, parts)
