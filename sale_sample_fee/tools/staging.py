"""What moulds that are opened in stages cost the company."""


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
