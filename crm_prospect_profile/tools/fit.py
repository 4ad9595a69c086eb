"""How well a prospect fits the profile of a good one."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TraitFit:
    """One trait of the profile, compared with a prospect.

    :param summary: in words, which values meet the trait
    :param met: None when nobody knows
    :param share: weight of the trait in per cent of all weights
    """

    name: str
    summary: str
    met: bool | None
    share: float


def fit_percent(traits: Iterable[TraitFit]) -> float:
    """Return the weight of the traits met, in per cent of all weights. What is not known counts as not met."""
    return sum(trait.share for trait in traits if trait.met)
