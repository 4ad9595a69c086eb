"""What closed leads teach about the traits of a good prospect.

A trait is judged by a two-by-two table: won and lost, with the trait and without it.

* Interval of a win rate: Wilson's score interval (E. B. Wilson, "Probable inference, the
  law of succession, and statistical inference", JASA 22 (1927), 209-212), which stays
  within 0 and 1 and holds for the small counts of a sales team.
* Strength of a trait: the logarithm of the odds ratio, one half added to each of the four
  counts so that none of them is zero (J. B. S. Haldane, Annals of Human Genetics 20
  (1956), 309-311; F. J. Anscombe, Biometrika 43 (1956), 461-464). Added up over
  independent traits it is the weight of evidence (I. J. Good, Biometrika 66 (1979), 393).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import log, sqrt

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""

ENOUGH = 5
"""Closed leads needed with a trait, and without it, before its weight is judged."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A win rate (0 to 1) with its interval; None when nothing was closed."""

    won: int
    closed: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TraitCounts:
    """Closed leads with a trait, without it, and those of which it is not known."""

    won_with: int = 0
    lost_with: int = 0
    won_without: int = 0
    lost_without: int = 0
    won_unknown: int = 0
    lost_unknown: int = 0

    @property
    def with_trait(self) -> Rate:
        """Win rate of the leads with the trait."""
        return win_rate(self.won_with, self.lost_with)

    @property
    def without_trait(self) -> Rate:
        """Win rate of the leads known not to have it."""
        return win_rate(self.won_without, self.lost_without)

    @property
    def unknown(self) -> int:
        """Closed leads of which nobody noted whether they have the trait."""
        return self.won_unknown + self.lost_unknown

    @property
    def lift(self) -> float | None:
        """Win rate with the trait over that without it; None where one of them is missing or zero."""
        above, below = self.with_trait.value, self.without_trait.value
        return above / below if above is not None and below else None

    @property
    def is_judged(self) -> bool:
        """Enough leads were closed on both sides."""
        return min(self.with_trait.closed, self.without_trait.closed) >= ENOUGH

    @property
    def strength(self) -> float:
        """Logarithm of the odds ratio, one half added to each count; 0 = the trait tells nothing."""
        return log((self.won_with + 0.5) / (self.lost_with + 0.5)) - log(
            (self.won_without + 0.5) / (self.lost_without + 0.5)
        )


COUNTS = tuple(field.name for field in fields(TraitCounts))
"""Names of the counts, which are those of the columns of a trait, too."""


def wilson_interval(won: int, closed: int, z: float = Z_95) -> tuple[float, float]:
    """Return the score interval of a rate; (0, 1) when nothing was closed.

    :raise ValueError: more won than closed, or negative counts
    """
    if not 0 <= won <= closed:
        raise ValueError(f"{won} won of {closed} closed")
    if not closed:
        return 0.0, 1.0
    rate, square = won / closed, z * z
    middle = (rate + square / (2 * closed)) / (1 + square / closed)
    half = z * sqrt(rate * (1 - rate) / closed + square / (4 * closed * closed)) / (1 + square / closed)
    # Exactly 0 and 1 at the ends, where rounding would leave 1e-17.
    return (0.0 if won == 0 else middle - half), (1.0 if won == closed else middle + half)


def win_rate(won: int, lost: int) -> Rate:
    """Return the win rate with its 95 % interval."""
    closed = won + lost
    return Rate(won, closed, won / closed if closed else None, *wilson_interval(won, closed))


def propose_weights(traits: Sequence[tuple[float, TraitCounts]]) -> list[float]:
    """Propose a weight for each trait of a profile, from its present weight and its counts.

    Traits with too few closed leads keep their weight. The others share the sum of their
    present weights in proportion to their strength, so that the sum of all weights stays;
    a trait with which less is won than without it gets 0. When no judged trait speaks for
    winning, all weights stay: a profile without weight would be of no use.

    :param traits: ``(present weight, counts)``
    :return: the proposals in the same order, rounded to one decimal
    """
    strengths = [max(counts.strength, 0.0) if counts.is_judged else None for _weight, counts in traits]
    total = sum(strength for strength in strengths if strength is not None)
    shared = sum(weight for (weight, _counts), strength in zip(traits, strengths, strict=True) if strength is not None)
    if total <= 0:
        return [weight for weight, _counts in traits]
    return [
        weight if strength is None else round(shared * strength / total, 1)
        for (weight, _counts), strength in zip(traits, strengths, strict=True)
    ]
