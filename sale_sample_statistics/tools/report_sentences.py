"""What changed between two periods, as codes and numbers.

The rule decides what is worth saying and in which order; the words are the caller's, in
the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Figures = Mapping[str, float | None]

COUNTS = ("requested", "made", "approved", "rejected")
"""Figures told as numbers: how many, and how many before."""

SETTLED_SHARES = ("on_time_needed", "on_time_promised", "first_round")
"""Figures told as percent, when they moved by :data:`POINTS` or more."""

SHARES = (*SETTLED_SHARES, "hit_rate")
"""All figures in percent. The hit rate is not told: the period before had more time to win orders."""

COSTS = ("cost", "mould_cost")
"""Figures in money, told when they are not zero."""

POINTS = 0.02
DAYS = 0.5
"""Smallest change of a median, in working days, that is worth a sentence."""


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


def _direction(change: float, least: float) -> str:
    return "same" if abs(change) < least else "up" if change > 0 else "down"


def _moved(name: str, now: Figures, before: Figures, least: float) -> Sentence | None:
    """Return the sentence on a figure that may be missing in either period."""
    value, earlier = now.get(name), before.get(name)
    if value is None:
        return None
    if earlier is None:
        return Sentence(f"{name}_new", value)
    change = value - earlier
    direction = _direction(change, least)
    return None if direction == "same" else Sentence(f"{name}_{direction}", value, earlier, abs(change))


def main_stage(now: Figures, before: Figures, longer: bool) -> str | None:
    """Return the stage whose median grew (shrank) most, or None when none did by :data:`DAYS`."""
    changes = {
        stage: value - before[stage]
        for stage, value in now.items()
        if value is not None and before.get(stage) is not None
    }
    if not changes:
        return None
    sign = 1 if longer else -1
    stage = max(changes, key=lambda key: sign * changes[key])
    return stage if sign * changes[stage] >= DAYS else None


def sentences(now: Figures, before: Figures, stages: Figures, stages_before: Figures) -> list[Sentence]:
    """Return what to say on a period, the most important first.

    :param now: figures of the period: counts, shares (0 to 1), `cycle` (median working
        days), `cost` and `mould_cost` (money); None where there is nothing to measure
    :param before: the same of the period before
    :param stages: median working days of each stage in the period
    :param stages_before: the same of the period before
    """
    if not any(now.get(name) for name in COUNTS):
        return [Sentence("nothing", 0.0, float(before.get("requested") or 0))]
    said = []
    for name in COUNTS:
        value, earlier = now.get(name) or 0, before.get(name) or 0
        if name == "requested" or value or earlier:
            direction = _direction(value - earlier, 0.5)
            said.append(Sentence(f"{name}_{direction}", value, earlier, abs(value - earlier)))
    cycle = _moved("cycle", now, before, DAYS)
    if cycle:
        if cycle.before is not None:
            stage = main_stage(stages, stages_before, longer=cycle.code == "cycle_up")
            cycle = Sentence(cycle.code, cycle.now, cycle.before, cycle.change, stage)
        said.append(cycle)
    elif now.get("cycle") is not None:
        said.append(Sentence("cycle_same", now["cycle"], before.get("cycle")))
    said += filter(None, (_moved(name, now, before, POINTS) for name in SETTLED_SHARES))
    said += filter(None, (_moved(name, now, before, 0.005) for name in COSTS if now.get(name)))
    return said
