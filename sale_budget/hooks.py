from odoo.api import Environment

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.sales_department_base.hooks import keep_used_records


def uninstall_hook(env: Environment) -> None:
    """Remove the activities about budgets, and the budgets in the order in which they hold on to each other."""
    env = env(context={**env.context, MODULE_UNINSTALL_FLAG: True, "active_test": False})
    # those that are done, too; their types could not go otherwise
    env["mail.activity"].search([("activity_type_id.res_model", "=like", "sale.budget%")]).unlink()
    for model in ("sale.budget.entry", "sale.budget.amendment", "sale.budget.request", "sale.budget"):
        env[model].search([("company_id", "!=", False)]).unlink()
    keep_used_records(env, "sale_budget")
