"""Names that several files share, here and in the addons that spend budgets."""

#: The right to go over a budget, with a reason.
OVERSPEND_GROUP = "sale_budget.group_overspend"
