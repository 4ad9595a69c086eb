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


def company_cost(opened: float, cost: float, part: float) -> float:
    """Return what opened moulds cost the company when the customer shares the cost.

    Of each opened part the company carries the share decided. The fee is fixed, so what goes
    beyond the cost that was decided on is the company's alone.

    :param opened: what was opened so far costs
    :param cost: the cost that the fee was decided on, 0 or more
    :param part: of it, the company's
    """
    if cost <= 0:
        return opened
    return part * min(opened / cost, 1.0) + max(opened - cost, 0.0)
