"""Opening a mould in stages: one size first, the others once orders carry them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StagedCosts:
    """What a mould costs, in its currency.

    :param full: with every size opened
    :param opened: so far
    :param saved: not spent, because sizes wait for orders
    """

    full: float
    opened: float
    saved: float


def staged_costs(once: float, each: float, sizes: int, opened: int) -> StagedCosts:
    """Return what opening all sizes costs, what the opened ones cost, and what waiting saves.

    :param once: parts made once
    :param each: parts made for each size
    :param sizes: number of sizes; 0 counts as one, a mould that lists no sizes
    :param opened: how many of them are opened
    :raises ValueError: more sizes are opened than there are
    """
    if opened > sizes:
        raise ValueError("more sizes are opened than the mould has")
    if not sizes:
        sizes = opened = 1
    return StagedCosts(once + each * sizes, once + each * opened, each * (sizes - opened))
