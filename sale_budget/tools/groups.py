"""External ids of the groups that budgets ask for."""

SALESPERSON = "sales_team.group_sale_salesman"
SALES_MANAGER = "sales_team.group_sale_manager"
FINANCE = "sales_department_base.group_collaborator_finance"
BILLING = "account.group_account_invoice"
#: The right to go over a budget, with a reason.
OVERSPEND = "sale_budget.group_overspend"
