from odoo.api import Environment

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.sales_department_base.hooks import keep_used_records


def uninstall_hook(env: Environment) -> None:
    """Remove the moulds, which keep what they refer to from going."""
    env = env(context={**env.context, MODULE_UNINSTALL_FLAG: True, "active_test": False})
    env["sale.sample.mould"].search([("company_id", "!=", False)]).unlink()
    keep_used_records(env, "sale_sample_mould")
