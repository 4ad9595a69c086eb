from odoo.api import Environment

from odoo.addons.sales_department_base.hooks import keep_used_records


def uninstall_hook(env: Environment) -> None:
    """Leave to the company the products that have moved in stock."""
    keep_used_records(env, "sale_sample_fee_stock")
