"""What records of this addon need, for the record factory of the tests."""


def _approved_line(world):
    """Return the line of the world's budget, which is approved."""
    line = world.make("sale.budget.line")
    if line.budget_id.state == "draft":
        line.budget_id.action_approve()
    return line


def fill(factory):
    """What is spent is spent from an approved budget."""
    factory.set_values("sale.budget", date_from="2026-01-01", owner_id=lambda world: world.user)
    factory.set_values("sale.budget.line", amount=1000.0)
    factory.set_values("sale.budget.amendment", line_id=_approved_line)
    factory.set_values("sale.budget.entry", line_id=_approved_line)
    factory.set_values("sale.budget.request.spend", amount=10.0)
    factory.set_values("sale.budget.threshold", share=lambda world: 0.4 + world.number / 100)
    factory.set_values(
        "sale.budget.overspend",
        res_model="sale.budget.request",
        res_ids=lambda world: str(world.make("sale.budget.request").id),
    )
