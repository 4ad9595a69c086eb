from odoo.api import Environment

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.sales_department_base.hooks import keep_used_records


def uninstall_hook(env: Environment) -> None:
    """Give back what requests reserve in budgets, and remove what keeps decisions and activity types from going."""
    env = env(context={**env.context, MODULE_UNINSTALL_FLAG: True, "active_test": False})
    requests = env["sale.sample.request"].search([("company_id", "!=", False)])
    requests.filtered(lambda request: request.state == "accepted")._budget_release()
    agreements = env["sale.sample.mould.agreement"].search([("company_id", "!=", False)])
    agreements.refund_ids.unlink()
    agreements.entry_ids.unlink()
    agreements.unlink()
    decisions = requests.fee_decision_ids
    decisions.filtered(lambda decision: decision.state == "approved")._budget_release()
    decisions.order_line_ids.sample_fee_decision_id = False  # orders stay, without the link
    requests.fee_decision_id = False
    decisions.unlink()
    keep_used_records(env, "sale_sample_fee")
