from odoo.api import Environment

from odoo.addons.sales_department_base.hooks import keep_used_records, remove_documents


def uninstall_hook(env: Environment) -> None:
    """Remove requests with what was made of them; leave to the company what other documents hold on to."""
    remove_documents(env, "sale_sample", "sale.sample.kept", "sale.sample.round", "sale.sample.request")
    keep_used_records(env, "sale_sample")
