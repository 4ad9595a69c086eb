from odoo.api import Environment

from odoo.addons.sales_department_base.hooks import keep_used_records, remove_documents


def uninstall_hook(env: Environment) -> None:
    """Give back what is reserved in budgets, and remove decisions and agreements; requests, rounds and moulds stay."""
    requests = env["sale.sample.request"].with_context(active_test=False).search([])
    decisions = requests.fee_decision_ids
    requests.filtered(lambda request: request.state == "accepted")._budget_release()
    decisions.filtered(lambda decision: decision.state == "approved")._budget_release()
    decisions.order_line_ids.sample_fee_decision_id = False  # orders stay, without the link
    requests.fee_decision_id = False
    remove_documents(
        env,
        "sale_sample_fee",
        "sale.sample.refund",
        "sale.sample.refund.entry",
        "sale.sample.mould.agreement",
        "sale.sample.fee.decision",
    )
    keep_used_records(env, "sale_sample_fee")
