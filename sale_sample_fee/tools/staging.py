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


def by_hand_change(expected: float, billed: float, actual: float, entered: float) -> float:
    """Return what must be entered by hand, or taken back, for moulds to cost what was expected or billed.

    Of the two the greater: a bill may be the first of several, and a dearer bill proves more than was expected.

    :param expected: what the moulds should cost the company, 0 or more
    :param billed: the company's share of the bills, net of credit
    :param actual: what the ledger says now
    :param entered: of that, entered by hand and not taken back; no more can be
    :return: to add; negative to take back
    """
    return max(max(expected, billed) - actual, -entered)
