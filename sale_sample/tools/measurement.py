"""Whether a measured value meets what the customer asked for.

A limit is a target with tolerances downwards and upwards. Bounds belong to the
limit: a value on the bound passes, as specification limits are read in
ISO 10576-1 (conformity when the result lies within the region, ends included).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

LimitKind = Literal["range", "at_least", "at_most", "text"]
Result = Literal["pass", "fail", "none"]

LIMIT_KINDS: tuple[str, ...] = get_args(LimitKind)

#: Share of what a bound is added up from that counts as noise of binary floats (0.1 + 0.2 > 0.3).
FLOAT_NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class Limit:
    """What a property may be.

    :param kind: "range" (target with tolerances), "at_least", "at_most" or
        "text" (described in words: a person judges it, arithmetic does not)
    :param target: in the unit of the property
    :param minus: tolerance below the target, not negative, in the same unit
    :param plus: tolerance above the target, not negative, in the same unit
    """

    kind: str
    target: float
    minus: float = 0.0
    plus: float = 0.0

    @property
    def lower(self) -> float | None:
        """The least value that passes, None where nothing bounds it below."""
        return self.target - self.minus if self.kind in ("range", "at_least") else None

    @property
    def upper(self) -> float | None:
        """The greatest value that passes, None where nothing bounds it above."""
        return self.target + self.plus if self.kind in ("range", "at_most") else None


def judge(value: float | None, limit: Limit) -> Result:
    """Return "pass" or "fail", or "none" where nothing was measured or words decide.

    :param value: in the unit of the limit, None while it was not measured
    :raises ValueError: when the limit is of no known kind
    """
    if limit.kind not in LIMIT_KINDS:
        raise ValueError(f"unknown kind of limit: {limit.kind!r}")
    if value is None or limit.kind == "text":
        return "none"
    noise = FLOAT_NOISE * (abs(limit.target) + limit.minus + limit.plus)
    if limit.lower is not None and value < limit.lower - noise:
        return "fail"
    if limit.upper is not None and value > limit.upper + noise:
        return "fail"
    return "pass"


def deviation(value: float, limit: Limit) -> float:
    """Return how far a value lies outside its limit: 0 within, negative below, positive above."""
    if judge(value, limit) != "fail":
        return 0.0
    if limit.lower is not None and value < limit.lower:
        return value - limit.lower
    return value - limit.upper


def summarise(results: Iterable[str]) -> Result:
    """Return the result of a whole round: one failure fails it, no judged value leaves it open."""
    seen = set(results)
    if "fail" in seen:
        return "fail"
    return "pass" if "pass" in seen else "none"
