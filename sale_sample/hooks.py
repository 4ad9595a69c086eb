from odoo.api import Environment

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.sales_department_base.hooks import keep_used_records


def uninstall_hook(env: Environment) -> None:
    """Remove what keeps requests, rounds, types and activity types from going."""
    env = env(context={**env.context, MODULE_UNINSTALL_FLAG: True, "active_test": False})
    requests = env["sale.sample.request"].search([("company_id", "!=", False)])
    # those that are done, too
    env["mail.activity"].search([("activity_type_id.res_model", "=like", "sale.sample.%")]).unlink()
    env["sale.sample.kept"].search([("request_id", "in", requests.ids)]).unlink()
    requests.round_ids.unlink()
    requests.unlink()
    keep_used_records(env, "sale_sample")
