from odoo.api import Environment

from odoo.addons.sales_department_base.hooks import keep_used_records, remove_documents


def uninstall_hook(env: Environment) -> None:
    """Remove what was graded, and leave demo records that orders, invoices and requests go on naming."""
    remove_documents(
        env, "customer_grade", "customer.grade.assessment", "customer.grade.review", "customer.grading.scheme"
    )
    leads = env["crm.lead"].with_context(active_test=False)
    leads.search([("customer_grade_id", "!=", False)]).customer_grade_id = False  # leads hold on to their grades
    keep_used_records(env, "customer_grade")
