"""Shoe sizes of the systems that customers order in, converted through the length of the foot.

Every system is linear in a length: ``size = (foot + allowance) / unit - offset``. Sources:

* **CN**: GB/T 3293.1 (identical to ISO 9407, Mondopoint): the length of the foot in millimetres,
  in steps of 5 mm.
* **EU**: length of the last in Paris points of 2/3 cm; the last is taken 15 mm longer than the foot.
* **UK**: length of the last in barleycorns of 1/3 inch, less 25; the last is taken two barleycorns
  longer than the foot. Children's sizes count from 13 barleycorns lower.
* **US**: as UK, less 24 for men, 22.5 for women (1.5 more than men, as on a Brannock device), and
  for children 12 1/3 more than men.

The smallest and largest sizes are those of feet of 85 to 335 mm; adults' sizes in inches begin at 194 mm, where
children's end.

Makers deviate by half a size: the conversion tells R&D which last is meant, it is no promise of fit.
"""

from dataclasses import dataclass
from typing import Literal

BARLEYCORN = 25.4 / 3
PARIS_POINT = 20 / 3

Problem = Literal["not_a_step", "too_small", "too_large"]


@dataclass(frozen=True, slots=True)
class System:
    """A size system.

    :param unit: millimetres between two whole sizes
    :param allowance: millimetres by which the measured length exceeds the foot
    :param offset: units that are not counted
    :param step: the least difference between two sizes
    :param smallest: smallest size there is
    :param largest: largest size there is
    """

    unit: float
    allowance: float
    offset: float
    step: float
    smallest: float
    largest: float


SYSTEMS: dict[str, System] = {
    "cn": System(1.0, 0.0, 0.0, 5.0, 85.0, 335.0),
    "eu": System(PARIS_POINT, 15.0, 0.0, 0.5, 15.0, 52.5),
    "uk": System(BARLEYCORN, 2 * BARLEYCORN, 25.0, 0.5, 0.0, 16.5),
    "us_men": System(BARLEYCORN, 2 * BARLEYCORN, 24.0, 0.5, 1.0, 17.5),
    "us_women": System(BARLEYCORN, 2 * BARLEYCORN, 22.5, 0.5, 2.5, 19.0),
    "uk_child": System(BARLEYCORN, 2 * BARLEYCORN, 12.0, 0.5, 0.0, 13.5),
    "us_child": System(BARLEYCORN, 2 * BARLEYCORN, 24.0 - 37 / 3, 0.5, 0.5, 13.5),
}


def foot_length(system: str, size: float) -> float:
    """Return the length of the foot, in millimetres, that a size is made for.

    :raises KeyError: when the system is not known
    """
    rule = SYSTEMS[system]
    return (size + rule.offset) * rule.unit - rule.allowance


def size_of_foot(system: str, millimetres: float) -> float:
    """Return the size nearest to a length of foot, rounded to the steps of the system."""
    rule = SYSTEMS[system]
    exact = (millimetres + rule.allowance) / rule.unit - rule.offset
    return round(exact / rule.step) * rule.step


def convert(size: float, source: str, target: str) -> float:
    """Return a size in another system, rounded to that system's steps."""
    return size_of_foot(target, foot_length(source, size))


def size_range(system: str) -> tuple[float, float]:
    """Return the smallest and the largest size of a system."""
    rule = SYSTEMS[system]
    return rule.smallest, rule.largest


def size_problem(system: str, size: float) -> Problem | None:
    """Return what is wrong with a size, None when nothing is."""
    smallest, largest = size_range(system)
    if size < smallest:
        return "too_small"
    if size > largest:
        return "too_large"
    steps = size / SYSTEMS[system].step
    return None if abs(steps - round(steps)) < 1e-6 else "not_a_step"


def size_label(size: float) -> str:
    """Return a size as it is written: 40, 6.5."""
    return f"{size:.1f}".removesuffix(".0")
