"""What changed between two periods, as codes and numbers.

A report decides with this what is worth saying; the words are its own, in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Figures = Mapping[str, float | None]
"""Figures of a period by name; None where there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing to say.

    :param code: what is said: the name of a figure and "up", "down", "same", "new" or "none"
    :param now: the figure of the period
    :param before: that of the period before; None when there was none
    :param change: `now` less `before`, without a sign
    :param detail: key of what explains the change most
    """

    code: str
    now: float | None = None
    before: float | None = None
    change: float | None = None
    detail: str | None = None


def direction(change: float, least: float) -> Literal["same", "up", "down"]:
    """Return which way a figure went; changes smaller than `least` are none."""
    return "up" if change >= least else "down" if -change >= least else "same"


def moved(name: str, now: Figures, before: Figures, least: float) -> Sentence | None:
    """Return the sentence on a figure that may be missing in either period; None when nothing is worth saying.

    :param least: smallest change that is worth a sentence
    """
    value, earlier = now.get(name), before.get(name)
    if value is None:
        return None
    if earlier is None:
        return Sentence(f"{name}_new", value)
    change = value - earlier
    went = direction(change, least)
    return None if went == "same" else Sentence(f"{name}_{went}", value, earlier, abs(change))


def largest_change(now: Figures, before: Figures, *, upwards: bool, least: float) -> str | None:
    """Return the figure that grew (or shrank) most, such as a stage; None when none did by `least`."""
    sign = 1 if upwards else -1
    changes = {
        name: sign * (value - before[name])
        for name, value in now.items()
        if value is not None and before.get(name) is not None
    }
    name = max(changes, key=changes.__getitem__, default=None)
    return name if name is not None and changes[name] >= least else None
