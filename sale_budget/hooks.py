from odoo.api import Environment

from odoo.addons.sales_department_base.hooks import keep_used_records, remove_documents


def uninstall_hook(env: Environment) -> None:
    """Remove the activities about budgets, and the budgets in the order in which they hold on to each other."""
    documents = ("sale.budget.entry", "sale.budget.amendment", "sale.budget.request", "sale.budget")
    remove_documents(env, "sale_budget", *documents)
    keep_used_records(env, "sale_budget")
